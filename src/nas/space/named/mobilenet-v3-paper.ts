import type { SpaceStack, StacksSpace } from '../../../schema/generated/artifacts/search-space.ts';
import type { NamedSpaceOptions } from './parts.ts';
import { imagenet, mbconv, separable, stack } from './parts.ts';

/** Output channels, stride, activation of a block; the first block has no expansion. */
type Row = readonly [output: number, stride: number, activation: SpaceStack['activation']];

const LARGE: readonly Row[] = [
  [16, 1, 'relu'],
  [24, 2, 'relu'],
  [24, 1, 'relu'],
  [40, 2, 'relu'],
  [40, 1, 'relu'],
  [40, 1, 'relu'],
  [80, 2, 'h-swish'],
  [80, 1, 'h-swish'],
  [80, 1, 'h-swish'],
  [80, 1, 'h-swish'],
  [112, 1, 'h-swish'],
  [112, 1, 'h-swish'],
  [160, 2, 'h-swish'],
  [160, 1, 'h-swish'],
  [160, 1, 'h-swish'],
];

const SMALL: readonly Row[] = [
  [16, 2, 'relu'],
  [24, 2, 'relu'],
  [24, 1, 'relu'],
  [40, 2, 'h-swish'],
  [40, 1, 'h-swish'],
  [40, 1, 'h-swish'],
  [48, 1, 'h-swish'],
  [48, 1, 'h-swish'],
  [96, 2, 'h-swish'],
  [96, 1, 'h-swish'],
  [96, 1, 'h-swish'],
];

const space = (
  name: string,
  rows: readonly Row[],
  expansions: { readonly [channels: number]: readonly number[] },
  [filters, hidden]: readonly [number, number],
  options: NamedSpaceOptions,
): StacksSpace => ({
  ...imagenet(options),
  name,
  stem: { filters: [16], kernel: [3], stride: 2, activation: 'h-swish' },
  stacks: rows.map(([output, stride, activation], index) => {
    const common = { kernel: [3, 5], squeezeExcite: [false, true] };
    const channels = rows[index - 1]?.[0];
    const expansion = [...(expansions[channels ?? 0] ?? [3, 4, 6])];
    const first = channels === undefined ? separable(common) : mbconv({ ...common, expansion });
    return stack(`b${index + 1}`, { filters: [output], stride, activation, first: [first] });
  }),
  head: { filters: [filters], hidden: [hidden], hiddenForm: 'bias', activation: 'h-swish', dropout: 0.2 },
});

/** Kernels, expansions and squeeze-and-excitation in the skeleton of MobileNetV3-Large (Howard et al. 2019, table 1). */
export const mobilenetV3LargeSpace = (options: NamedSpaceOptions = {}): StacksSpace =>
  space('mobilenet-v3-large', LARGE, { 80: [2.3, 2.5, 3, 4, 6] }, [960, 1280], options);

/** Kernels, expansions and squeeze-and-excitation in the skeleton of MobileNetV3-Small (Howard et al. 2019, table 2). */
export const mobilenetV3SmallSpace = (options: NamedSpaceOptions = {}): StacksSpace =>
  space('mobilenet-v3-small', SMALL, { 16: [3, 4.5, 6], 24: [3, 11 / 3, 4, 6] }, [576, 1024], options);
