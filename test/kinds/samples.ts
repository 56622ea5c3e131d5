import { createRng } from '../../src/base/rng.ts';
import {
  childNetwork,
  choicesOf,
  describeArchitecture,
  mobilenetV3Space,
  randomEncoding,
  supernetWeights,
} from '../../src/nas/index.ts';
import { countNetwork } from '../../src/net/index.ts';
import type {
  Architecture,
  Controller,
  Correlation,
  EvaluatedModel,
  LatencyMeasurement,
  LatencyTable,
  Split,
  Supernet,
  TrainedModel,
  Trial,
} from '../../src/stage/index.ts';
import { initialise } from '../../src/train/initialise.ts';

/** A small sound value of every kind of artifact. */

const rng = createRng(3);
const spaceDigest = '5e'.repeat(32);

export const space = mobilenetV3Space({
  input: { h: 28, w: 28, c: 1 },
  classes: 3,
  width: 0.125,
  kernels: [3, 5],
  expansions: [1, 2],
});

const encoding = [...randomEncoding(space, rng.fork('encoding'))];
const network = childNetwork(space, encoding);
const { params, macs } = countNetwork(network);
const accuracy = { value: 0.5, provenance: 'inherited', split: 'validation', images: 40 } as const;

export const split: Split = {
  info: {
    name: 'toy train',
    count: 4,
    height: 2,
    width: 3,
    channels: 2,
    classes: ['left', 'middle', 'right'],
    mean: [0.25, 0.5],
    deviation: [0.125, 1],
  },
  images: Uint8Array.from({ length: 48 }, (_, i) => (i * 37) % 256),
  labels: Uint8Array.of(2, 0, 1, 0),
};

export const architecture: Architecture = {
  space: spaceDigest,
  encoding,
  description: describeArchitecture(space, encoding),
  choices: choicesOf(space, encoding),
  costs: { params, macs, latency: 0.75 },
  accuracy,
  origin: 'controller',
  log: { samples: 40, entropy: 3.5 },
};

export const supernet: Supernet = {
  info: { space: spaceDigest, steps: 120, phases: ['warm-up', 'search'] },
  weights: initialise(supernetWeights(space), rng.fork('supernet')),
};

export const controller: Controller = {
  info: {
    space: spaceDigest,
    controller: 'factorised',
    steps: 60,
    baseline: 0.625,
    entropy: 12.5,
    probabilities: { 'b1.kernel': [0.5, 0.25, 0.25], 'b1.block': [0.125, 0.875] },
  },
  weights: new Map([
    ['logits/b1.kernel', { shape: [3], data: Float32Array.of(0.5, -0.25, -0.25) }],
    ['logits/b1.block', { shape: [2], data: Float32Array.of(-1, 1) }],
  ]),
};

const trial = (index: number, value: number, reward: number): Trial => ({
  index,
  encoding: [...randomEncoding(space, rng.fork(index))],
  origin: 'controller',
  accuracy: { ...accuracy, value },
  costs: { params: params + index, macs },
  cost: macs,
  target: macs + 1,
  reward,
  phase: index < 2 ? 'search' : 'derive',
});

export const trials: readonly Trial[] = [
  trial(0, 0.5, 0.4),
  trial(1, 0.75, 0.7),
  { ...trial(2, 0.75, 0.6), parent: 1 },
];

export const model: TrainedModel = {
  info: {
    classes: ['left', 'middle', 'right'],
    mean: [0.25],
    deviation: [0.5],
    input: { h: 28, w: 28, c: 1 },
    architecture: { space: spaceDigest, encoding },
    training: { epochs: 1.5, images: 4, accuracy: { ...accuracy, provenance: 'trained' } },
  },
  network,
  weights: initialise(network.weights, rng.fork('model')),
};

const rates = { precision: 0.5, recall: 0.5, f1: 0.5 };

export const evaluation: EvaluatedModel = {
  metrics: {
    accuracy: { value: 0.75, provenance: 'trained', split: 'test', images: 4 },
    top5: 1,
    margin: 0.3,
    negativeLogLikelihood: 0.625,
    classes: [
      { class: 'left', support: 2, precision: 1, recall: 0.5, f1: 2 / 3 },
      { class: 'middle', support: 1, ...rates },
      { class: 'right', support: 1, precision: 1, recall: 1, f1: 1 },
    ],
    macro: rates,
    weighted: rates,
    confusion: [
      [1, 1, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    costs: { params, macs, latency: 0.75 },
  },
  probabilities: Float32Array.of(0.5, 0.25, 0.25, 0.25, 0.5, 0.25, 0.125, 0.75, 0.125, 0, 0, 1),
  labels: Uint8Array.of(0, 0, 1, 2),
};

const device = {
  name: 'bench laptop',
  arch: 'x64',
  backend: 'cpu',
  instructionSet: 'wasm-simd128',
  threads: 1,
};

export const latencyTable: LatencyTable = {
  space: spaceDigest,
  device,
  batch: 1,
  unit: 'ms',
  precision: 0.03,
  overhead: 0.0625,
  overheadMargin: 0,
  entries: [
    { key: 'conv 28x28x1 k3', median: 0.125, spread: 0.01, margin: 0.005, samples: 50 },
    { key: 'dense 64 3', median: 0.0625, spread: 0, margin: 0, samples: 50 },
  ],
  validation: {
    networks: 5,
    pairs: [
      { encoding: [0, 1, 2], predicted: 0.5, margin: 0.0625, measured: 0.53125 },
      { encoding: [1, 1, 2], predicted: 0.25, margin: 0.0625, measured: 0.5 },
    ],
    meanAbsolutePercentageError: 0.04,
    summedError: 0.02,
    r2: 0.5,
    kendallTau: 0.9,
  },
};

export const correlation: Correlation = {
  cheap: 'inherited',
  pairs: [
    { encoding: [0, 1, 2], cheap: 0.25, trained: 0.5, macs: 1000 },
    { encoding: [1, 1, 2], cheap: 0.5, trained: 0.75, macs: 900 },
  ],
  images: 100,
  kendall: { value: 1, low: 0, high: 1 },
  spearman: { value: 1, low: 0, high: 1 },
  bySize: {
    kendall: { value: -1, low: -1, high: 0 },
    spearman: { value: -1, low: -1, high: 0 },
  },
  resamples: 200,
};

export const latencyMeasurement: LatencyMeasurement = {
  device,
  batch: 1,
  median: 1.25,
  p10: 1.125,
  p90: 1.5,
  margin: 0.03125,
  samples: 200,
  predicted: 1.2,
};
