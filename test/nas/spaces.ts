import type { MobilenetSpace, StacksSpace } from '../../src/nas/index.ts';
import { mobilenetV3Space } from '../../src/nas/index.ts';

/** The space of the main pipeline. */
export const mainSpace: MobilenetSpace = mobilenetV3Space({
  input: { h: 28, w: 28, c: 1 },
  classes: 10,
  width: 0.5,
});

/** Three blocks, of which the second may be left out: 6 · 13 · 2 architectures, few enough to enumerate. */
export const smallSpace: MobilenetSpace = {
  grammar: 'mobilenet',
  name: 'small',
  input: { h: 5, w: 6, c: 2 },
  classes: 3,
  batchNorm: { decay: 0.9, epsilon: 1e-3 },
  stem: { filters: 8, kernel: 3, stride: 1, activation: 'h-swish' },
  blocks: [
    {
      id: 'one',
      output: 8,
      stride: 2,
      activation: 'relu',
      kernel: [3, 5],
      expansion: [1, 2, 4],
      squeezeExcite: [true],
      identity: false,
    },
    {
      id: 'two',
      output: 8,
      stride: 1,
      activation: 'h-swish',
      kernel: [3, 5, 7],
      expansion: [2, 3],
      squeezeExcite: [false, true],
      identity: true,
    },
    {
      id: 'three',
      output: 16,
      stride: 1,
      activation: 'h-swish',
      kernel: [3],
      expansion: [3],
      squeezeExcite: [true, false],
      identity: false,
    },
  ],
  head: { filters: 24, hidden: 0, activation: 'h-swish', dropout: 0.2 },
};

/** Two stacks of one or two inverted bottlenecks with elastic kernels, depths and expansions. */
export const elasticSpace: StacksSpace = {
  grammar: 'stacks',
  name: 'elastic',
  input: { h: 5, w: 6, c: 2 },
  sides: [],
  classes: 3,
  batchNorm: { decay: 0.9, epsilon: 1e-3 },
  rounding: 'divisible',
  squeeze: 'expanded',
  gate: 'hard-sigmoid',
  identities: 'kept',
  derivedKernels: true,
  stem: { filters: [8], kernel: [3], stride: 1, activation: 'h-swish' },
  stacks: [false, true].map((squeeze, index) => {
    const layer = {
      op: 'mbconv' as const,
      kernel: [3, 5, 7],
      expansion: [2, 3, 4],
      squeezeExcite: [squeeze],
      skip: ['identity' as const],
    };
    return {
      id: `s${index}`,
      filters: [8 * (index + 1)],
      depth: [1, 2],
      stride: 2 as const,
      activation: 'h-swish' as const,
      same: false,
      first: [layer],
      others: [layer],
    };
  }),
  head: { filters: [24], hidden: [16], hiddenForm: 'plain', activation: 'h-swish', dropout: 0.1 },
};

/** The same, for images of two sides. */
export const sidedSpace: StacksSpace = { ...elasticSpace, name: 'sided', sides: [4, 7] };

const swish = 'swish' as const;

/**
 * Every kind of choice that a space of stacks has but the side of the image, and none of ReLU's kinks: a stack that takes the
 * stem's width and may be left out, one whose layers are all the same, one whose second layer may be left out.
 */
export const variedSpace: StacksSpace = {
  ...elasticSpace,
  name: 'varied',
  derivedKernels: false,
  stem: { filters: [8, 16], kernel: [3, 5], stride: 1, activation: swish },
  stacks: [
    {
      id: 'a',
      filters: [],
      depth: [1],
      stride: 1,
      activation: swish,
      same: false,
      first: [{ op: 'separable', kernel: [3], squeezeExcite: [false], skip: ['none'] }, { op: 'identity' }],
      others: [],
    },
    {
      id: 'b',
      filters: [8, 24],
      depth: [1, 2],
      stride: 1,
      activation: swish,
      same: true,
      first: [
        { op: 'conv', kernel: [1], squeezeExcite: [false], skip: ['none', 'identity'] },
        { op: 'mbconv', kernel: [3], squeezeExcite: [false], skip: ['none', 'identity'], expansion: [2, 3] },
      ],
      others: [],
    },
    {
      id: 'c',
      filters: [8, 16],
      depth: [2],
      stride: 2,
      activation: swish,
      same: false,
      first: [{ op: 'universal', start: [0, 3], kernel: [3], expansion: [2] }],
      others: [
        { op: 'mbconv', kernel: [3], squeezeExcite: [false, true], skip: ['identity'], expansion: [2] },
        { op: 'identity' },
      ],
    },
  ],
  head: { filters: [8, 16], hidden: [8], hiddenForm: 'batch-norm', activation: swish, dropout: 0.1 },
};

/** Layers that are left out come last: 3 · 5 layers of one stack and of another, in many encodings. */
export const sortedSpace: StacksSpace = {
  ...variedSpace,
  name: 'sorted',
  identities: 'last',
  stem: { ...variedSpace.stem, filters: [8], kernel: [3] },
  stacks: [8, 16].map((filters, index) => {
    const layer = { op: 'mbconv' as const, squeezeExcite: [false], skip: ['identity' as const] };
    const candidates = [
      { op: 'identity' as const },
      { ...layer, kernel: [3], expansion: [2] },
      { ...layer, kernel: [5], expansion: [3] },
    ];
    return {
      id: `s${index}`,
      filters: [filters],
      depth: [3 - index],
      stride: 2,
      activation: swish,
      same: false,
      first: candidates,
      others: candidates,
    };
  }),
  head: { ...variedSpace.head, filters: [8] },
};
