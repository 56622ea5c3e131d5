import type { StacksSpace } from '../../../schema/generated/artifacts/search-space.ts';
import type { NamedSpaceOptions } from './parts.ts';
import { identity, mbconv, stack } from './parts.ts';

const CANDIDATES = [
  identity,
  mbconv({ kernel: [3], expansion: [3] }),
  mbconv({ kernel: [5], expansion: [6] }),
];

/**
 * NAS-Bench-Macro (Su et al. 2021): stacks of 2, 3 and 3 layers, each left out, an inverted bottleneck of kernel 3 and
 * expansion 3, or one of kernel 5 and expansion 6. The options of `<layer>.op` are the digits of its codes.
 * CIFAR-10's sizes unless told.
 */
export const nasBenchMacroSpace = ({ input, classes }: NamedSpaceOptions = {}): StacksSpace => ({
  grammar: 'stacks',
  name: 'nas-bench-macro',
  input: input ?? { h: 32, w: 32, c: 3 },
  sides: [],
  classes: classes ?? 10,
  batchNorm: { decay: 0.9, epsilon: 1e-5 },
  rounding: 'divisible',
  squeeze: 'expanded',
  gate: 'hard-sigmoid',
  identities: 'last',
  stem: { filters: [32], kernel: [3], stride: 1, activation: 'relu6' },
  stacks: [
    [64, 2],
    [128, 3],
    [256, 3],
  ].map(([filters, depth], index) =>
    stack(`s${index + 1}`, {
      filters: [filters!],
      depth: [depth!],
      stride: 2,
      activation: 'relu6',
      first: CANDIDATES,
      others: CANDIDATES,
    }),
  ),
  head: { filters: [1280], hidden: [0], hiddenForm: 'bias', activation: 'relu6', dropout: 0 },
});
