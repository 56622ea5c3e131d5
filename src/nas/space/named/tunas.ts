import type { Candidate, SpaceStack, StacksSpace } from '../../../schema/generated/artifacts/search-space.ts';
import type { NamedSpaceOptions } from './parts.ts';
import { identity, imagenet, mbconv, separable, stack } from './parts.ts';

const STRIDES = [2, 2, 2, 1, 2];
const LAYERS = 4;

/** `max(8, floor(8ths + 1/2) · 8)`: TuNAS's rounding of scaled channels. */
const nearest = (channels: number): number => Math.max(8, Math.floor(channels / 8 + 0.5) * 8);

/** Base channels times the multipliers, rounded, each once. */
const scaled = (base: number): number[] => [
  ...new Set([0.5, 0.625, 0.75, 1, 1.25, 1.5, 2].map((multiplier) => nearest(base * multiplier))),
];

const rules = { rounding: 'nearest', squeeze: 'expanded', gate: 'sigmoid' } as const;

/** Five stacks of four layers, of which all but the first may be left out. */
const body = (
  filters: readonly number[][],
  candidate: Parameters<typeof mbconv>[0],
  activations: readonly SpaceStack['activation'][],
): SpaceStack[] =>
  STRIDES.map((stride, index) =>
    stack(`s${index + 2}`, {
      filters: filters[index]!,
      depth: [LAYERS],
      stride,
      activation: activations[index]!,
      first: [mbconv({ ...candidate, skip: ['none'] })],
      others: [mbconv(candidate), identity],
    }),
  );

/** The skeleton that both Proxyless spaces share: nine widths (TuNAS release, mobile_search_space_v3). */
function proxyless(name: string, filters: readonly number[][], options: NamedSpaceOptions): StacksSpace {
  const candidate = { kernel: [3, 5, 7], expansion: [3, 6] };
  const activation = 'relu';
  return {
    ...imagenet(options),
    ...rules,
    name,
    stem: { filters: filters[0]!, kernel: [3], stride: 2, activation },
    stacks: [
      stack('s1', {
        filters: filters[1]!,
        activation,
        first: [separable({ kernel: [3, 5, 7], skip: ['none'] })],
      }),
      ...body(
        filters.slice(2, 7),
        candidate,
        STRIDES.map(() => activation),
      ),
      stack('s7', { filters: filters[7]!, activation, first: [mbconv({ ...candidate, skip: ['none'] })] }),
    ],
    head: { filters: filters[8]!, hidden: [0], hiddenForm: 'bias', activation, dropout: 0.15 },
  };
}

export interface TunasProxylessOptions extends NamedSpaceOptions {
  /**
   * Channels of the stem, the separable convolution, the five stacks, the last layer and the head;
   * default 32, 16, 32, 40, 80, 96, 192, 320, 1280 (ProxylessNAS-Mobile).
   */
  readonly filters?: readonly number[];
}

/** TuNAS's `proxylessnas_search`: kernels, expansions and depths of ProxylessNAS's space, widths fixed. */
export function tunasProxylessSpace(options: TunasProxylessOptions = {}): StacksSpace {
  const { filters = [32, 16, 32, 40, 80, 96, 192, 320, 1280] } = options;
  return proxyless(
    'tunas-proxyless',
    filters.map((width) => [width]),
    options,
  );
}

/** TuNAS's `proxylessnas_enlarged_search`: the widths are searched, too, at seven multiples of their bases. */
export const tunasProxylessEnlargedSpace = (options: NamedSpaceOptions = {}): StacksSpace =>
  proxyless('tunas-proxyless-enlarged', [16, 16, 16, 32, 64, 128, 256, 512, 1024].map(scaled), options);

/**
 * TuNAS's `mobilenet_v3_like_search`: squeeze-and-excitation and six expansions in every layer, h-swish from the third
 * stack on, one width for the stem and the separable convolution behind it, a hidden layer in the head.
 */
export function tunasMobilenetV3LikeSpace(options: NamedSpaceOptions = {}): StacksSpace {
  const kernel = [3, 5, 7];
  const sepconv: Candidate = separable({ kernel });
  return {
    ...imagenet(options),
    ...rules,
    name: 'tunas-mobilenet-v3-like',
    stem: { filters: scaled(16), kernel: [3, 5], stride: 2, activation: 'h-swish' },
    stacks: [
      stack('s1', { filters: [], activation: 'relu', first: [sepconv, identity] }),
      ...body(
        [16, 32, 64, 128, 256].map(scaled),
        { kernel, expansion: [1, 2, 3, 4, 5, 6], squeezeExcite: [false, true] },
        ['relu', 'relu', 'h-swish', 'h-swish', 'h-swish'],
      ),
    ],
    head: {
      filters: scaled(512),
      hidden: scaled(1024),
      hiddenForm: 'bias',
      activation: 'h-swish',
      dropout: 0.25,
    },
  };
}
