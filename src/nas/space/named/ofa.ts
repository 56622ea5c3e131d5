import type { StacksSpace } from '../../../schema/generated/artifacts/search-space.ts';
import type { NamedSpaceOptions } from './parts.ts';
import { imagenet, mbconv, separable, stack } from './parts.ts';

const WIDTHS = {
  1: { channels: [16, 16, 24, 40, 80, 112, 160], head: 960, hidden: 1280 },
  1.2: { channels: [24, 24, 32, 48, 96, 136, 192], head: 1152, hidden: 1536 },
} as const;

const STACKS = [
  { stride: 2, activation: 'relu', squeeze: false },
  { stride: 2, activation: 'relu', squeeze: true },
  { stride: 2, activation: 'h-swish', squeeze: false },
  { stride: 1, activation: 'h-swish', squeeze: true },
  { stride: 2, activation: 'h-swish', squeeze: true },
] as const;

/**
 * Once-for-All's MobileNetV3 space (Cai et al. 2020): in each of five stacks a depth of 2, 3 or 4, in each layer a
 * kernel of 3, 5 or 7 and an expansion of 3, 4 or 6, and the side of the image where `sides` lists several.
 */
export function ofaMobilenetV3Space(
  options: NamedSpaceOptions & { readonly width?: 1 | 1.2; readonly sides?: readonly number[] } = {},
): StacksSpace {
  const { channels, head, hidden } = WIDTHS[options.width ?? 1];
  return {
    ...imagenet(options),
    name: 'ofa-mobilenet-v3',
    derivedKernels: true,
    sides: [...(options.sides ?? [])],
    stem: { filters: [channels[0]], kernel: [3], stride: 2, activation: 'h-swish' },
    stacks: [
      stack('s1', { filters: [channels[1]], activation: 'relu', first: [separable({ kernel: [3] })] }),
      ...STACKS.map(({ stride, activation, squeeze }, index) => {
        const layer = [mbconv({ kernel: [3, 5, 7], expansion: [3, 4, 6], squeezeExcite: [squeeze] })];
        const filters = [channels[index + 2]!];
        const depth = [2, 3, 4];
        return stack(`s${index + 2}`, { filters, depth, stride, activation, first: layer, others: layer });
      }),
    ],
    head: { filters: [head], hidden: [hidden], hiddenForm: 'plain', activation: 'h-swish', dropout: 0.1 },
  };
}
