import type { Candidate, StacksSpace } from '../../../schema/generated/artifacts/search-space.ts';
import type { NamedSpaceOptions } from './parts.ts';
import { imagenet, stack } from './parts.ts';

export interface MnasSpaceOptions extends NamedSpaceOptions {
  /** Channels of the stem and of the seven blocks, before multipliers; default MobileNetV2's. */
  readonly filters?: readonly number[];
  /** Layers of the seven blocks, before plus or minus one; default MobileNetV2's. */
  readonly depths?: readonly number[];
  /** Strides of the seven blocks; default MobileNetV2's. */
  readonly strides?: readonly number[];
  /** Default ReLU. */
  readonly activation?: 'relu' | 'swish';
}

const MOBILENET_V2 = {
  filters: [32, 16, 24, 32, 64, 96, 160, 320],
  depths: [1, 2, 3, 4, 3, 3, 1],
  strides: [1, 2, 2, 2, 1, 2, 1],
};

/** Convolution, separable convolution or inverted bottleneck, with all that MNAS leaves to choose. */
const attributes = { kernel: [3, 5], squeezeExcite: [false, true], skip: ['none', 'identity', 'pool'] };
const CANDIDATES = [
  { op: 'conv', ...attributes },
  { op: 'separable', ...attributes },
  { op: 'mbconv', ...attributes, expansion: [3, 6] },
] as Candidate[];

/**
 * MNAS's factorised hierarchy (Tan et al. 2019 §4.1): seven blocks of identical layers, each choosing its operation,
 * kernel, squeeze-and-excitation, skip, its filters times 0.75, 1 or 1.25, and one layer less or more.
 */
export function mnasSpace(options: MnasSpaceOptions = {}): StacksSpace {
  const { filters = MOBILENET_V2.filters, depths = MOBILENET_V2.depths, activation = 'relu' } = options;
  const { strides = MOBILENET_V2.strides } = options;
  const widths = (base: number): number[] => [
    ...new Set(
      [0.75, 1, 1.25].map((multiplier) => Math.max(8, Math.floor((base * multiplier) / 8 + 0.5) * 8)),
    ),
  ];
  return {
    ...imagenet(options),
    squeeze: 'input',
    gate: 'sigmoid',
    name: 'mnas',
    stem: { filters: [filters[0]!], kernel: [3], stride: 2, activation },
    stacks: depths.map((depth, index) =>
      stack(`b${index + 1}`, {
        filters: widths(filters[index + 1]!),
        depth: [depth - 1, depth, depth + 1].filter((layers) => layers > 0),
        stride: strides[index]!,
        activation,
        same: true,
        first: CANDIDATES,
      }),
    ),
    head: { filters: [1280], hidden: [0], hiddenForm: 'bias', activation, dropout: 0.2 },
  };
}
