import { createRng } from '../../src/base/rng.ts';
import { model } from '../../src/kinds/model.ts';
import {
  childNetwork,
  choicesOf,
  describeArchitecture,
  type Encoding,
  latencyKeys,
  macsCost,
  paramsCost,
  profileItems,
  supernetWeights,
} from '../../src/nas/index.ts';
import type {
  Architecture,
  Essences,
  LatencyTable,
  Split,
  Supernet,
  TrainedModel,
  Trial,
} from '../../src/stage/index.ts';
import { initialise } from '../../src/train/index.ts';
import { smallSpace } from '../nas/spaces.ts';

/** The space of the stage tests: three blocks on images of 5x6 pixels with 2 channels, 3 classes. */
export const space = smallSpace;
export const spaceDigest = '5'.repeat(64);

/** Noisy images whose class shows in the brightness of a row, so that a few steps learn something. */
export function split(name: string, count: number): Split {
  const rng = createRng(3).fork(name);
  const { h, w, c } = space.input;
  const labels = Uint8Array.from({ length: count }, (_, i) => i % space.classes);
  const images = Uint8Array.from({ length: count * h * w * c }, (_, i) => {
    const label = labels[Math.floor(i / (h * w * c))]!;
    const row = Math.floor(i / (w * c)) % h;
    return 60 + rng.integer(60) + (row === label ? 90 : 0);
  });
  const info = {
    name,
    count,
    height: h,
    width: w,
    channels: c,
    classes: ['top', 'upper', 'middle'],
    mean: [0.4, 0.4],
    deviation: [0.2, 0.2],
  };
  return { info, images, labels };
}

export const train = split('train', 40);
export const validation = split('validation', 21);
export const test = split('test', 23);

/** Initial weights as a supernet. */
export const supernet: Supernet = {
  info: { space: spaceDigest, steps: 4, phases: ['warm-up'] },
  weights: initialise(supernetWeights(space), createRng(9)),
};

/** A network of the space as initialised, with a classifier that leans to the first class, as a model. */
export const teacher: Essences['model']['predictor'] = {
  info: {
    classes: train.info.classes,
    mean: [0.5, 0.3],
    deviation: [0.3, 0.2],
    input: space.input,
    architecture: { space: spaceDigest, encoding: [1, 0, 1, 0, 1, 0, 1] },
  },
  network: childNetwork(space, [1, 0, 1, 0, 1, 0, 1]),
  weights: new Map(
    [...initialise(childNetwork(space, [1, 0, 1, 0, 1, 0, 1]).weights, createRng(4))].map(
      ([name, { shape, data }]) => {
        if (name === 'classifier.bias') return [name, { shape, data: Float32Array.of(3, 0, 0) }];
        const factor = name === 'classifier.weight' ? 200 : 1;
        return [name, { shape, data: data.map((value) => factor * value) }];
      },
    ),
  ),
  weightsFrom: { provenance: 'trained' },
};

/** What of a model a stage sees that reads its predictor only. */
export const predictorOf = (of: TrainedModel): Essences['model']['predictor'] =>
  model.essences!.predictor!.of(of) as Essences['model']['predictor'];

const costsOf = (encoding: Encoding) => ({
  macs: macsCost(space).cost(encoding),
  params: paramsCost(space).cost(encoding),
});

export const architecture = (encoding: Encoding): Architecture => ({
  space: spaceDigest,
  encoding: [...encoding],
  description: describeArchitecture(space, encoding),
  choices: choicesOf(space, encoding),
  costs: costsOf(encoding),
  origin: 'user',
  log: {},
});

export const trial = (index: number, encoding: Encoding, value: number, images: number): Trial => ({
  index,
  encoding: [...encoding],
  origin: 'controller',
  accuracy: { value, provenance: 'inherited', split: 'validation', images },
  costs: costsOf(encoding),
  cost: costsOf(encoding).macs,
  phase: images === validation.info.count ? 'derive' : 'search',
});

/** A table in which every layer shape takes a time of its own, from 1 ms upwards, and a network 0.5 ms besides. */
export const table: LatencyTable = {
  space: spaceDigest,
  device: { name: 'a desk', arch: 'x64', backend: 'cpu', instructionSet: 'none', threads: 1 },
  batch: 1,
  unit: 'ms',
  precision: 0.03,
  overhead: 0.5,
  overheadMargin: 0,
  entries: profileItems(space).map(({ key }, i) => ({
    key,
    median: 1 + i / 10,
    spread: 0,
    margin: 0,
    samples: 1,
  })),
  validation: { networks: 0, meanAbsolutePercentageError: 0, summedError: 0, r2: 0.5, kendallTau: 0 },
};

/** The sum that the table gives for an architecture, in ms. */
export const tableSum = (encoding: Encoding): number =>
  latencyKeys(space, encoding).reduce(
    (sum, key) => sum + table.entries.find((entry) => entry.key === key)!.median,
    table.overhead,
  );

export const digests = { space: spaceDigest };
