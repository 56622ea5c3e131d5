import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { openCpuBackend } from '../../src/cpu/index.ts';
import { resized } from '../../src/data/index.ts';
import {
  childNetwork,
  choiceBlocks,
  latencyKeys,
  macsCost,
  profileItems,
  randomEncoding,
} from '../../src/nas/index.ts';
import type { Backend, Model, Network } from '../../src/net/index.ts';
import type {
  Architecture,
  EvaluatedModel,
  LatencyTable,
  Supernet,
  TrainedModel,
  Trial,
} from '../../src/stage/index.ts';
import { sidedSpace, smallSpace } from '../nas/spaces.ts';
import { bytesOf, runStage, type Setup } from './harness.ts';
import { digests, predictorOf, spaceDigest, teacher, test as testSplit, train, validation } from './tiny.ts';

/** Sides of the images that models were given, by kind of call. */
let seen: { [call: string]: number[] } = {};
let backend: Backend;
beforeAll(async () => {
  const real = await openCpuBackend({ threads: 1 });
  backend = { ...real, info: real.info, time: real.time.bind(real), close: () => real.close() } as Backend;
  backend.build = async (...of) => watched(await real.build(...of));
});
afterAll(() => backend.close());

function watched(model: Model): Model {
  for (const call of ['step', 'evaluate', 'recalibrate'] as const) {
    const own = model[call].bind(model) as (path: Network, ...rest: unknown[]) => unknown;
    const noted = (path: Network, ...rest: unknown[]) => {
      seen[call] = [...(seen[call] ?? []), path.input.h];
      return own(path, ...rest);
    };
    (model as unknown as { [call: string]: unknown })[call] = noted;
  }
  return model;
}

const sidesOf = (call: string): number[] => [...new Set(seen[call])].sort((a, b) => a - b);
const few = { batch: 8, augment: { pad: 1, flip: false, cutout: 0 } };
const run = async (type: string, params: object, inputs: object, more: Partial<Setup> = {}) => {
  seen = {};
  return runStage(type, {
    params: params as never,
    inputs: { train, space: sidedSpace, ...inputs },
    inputDigests: { ...digests, train: '7'.repeat(64) },
    backend,
    ...more,
  });
};

const side = choiceBlocks(sidedSpace).findIndex(({ id }) => id === 'resolution.side');
const drawn = randomEncoding(sidedSpace, createRng(3));
const [small, large] = [drawn.with(side, 0), drawn.with(side, 1)];
const chosen = (encoding: readonly number[]) => ({ space: spaceDigest, encoding: [...encoding] });
let warm: Supernet;
beforeAll(async () => {
  warm = (await run('supernet-warmup', { ...few, epochs: 2 }, {})).outputs!.supernet as Supernet;
});

test('a supernet is trained on images of every side, one a step', async () => {
  await run('supernet-warmup', { ...few, epochs: 2 }, {});
  expect(seen.step).toHaveLength(10);
  expect(sidesOf('step')).toEqual([4, 7]);
});

test('progressive shrinking draws a side for all sub-networks of a step, and its teacher sees it as well', async () => {
  const phases = [
    { epochs: 1, rate: 0.05 },
    { epochs: 1, rate: 0.05, kernel: 3, subnets: 3 },
  ];
  const mode = { kind: 'progressive-shrinking', phases };
  await run('supernet-warmup', { ...few, mode }, {});
  expect(sidesOf('step')).toEqual([4, 7]);
  expect(seen.evaluate).toEqual(seen.step!.slice(5));
  // a teacher of its own is asked at the side that it was trained at
  await run('supernet-warmup', { ...few, mode }, { teacher });
  expect(sidesOf('step')).toEqual([4, 7]);
  expect(sidesOf('evaluate')).toEqual([teacher.network.input.h]);
});

test('every search chooses among the sides, and rates each at its own', async () => {
  const recalibrationImages = 16;
  const inputs = { validation, supernet: warm };
  const limit = { quantity: 'macs', fraction: 1 };
  const searches: [string, object][] = [
    ['random-search', { limit, evaluations: 8, recalibrationImages }],
    [
      'evolutionary-refinement',
      { limit, evaluations: 8, recalibrationImages, strategy: { kind: 'aging-evolution', population: 4 } },
    ],
    [
      'controller-search',
      {
        ...few,
        steps: 4,
        samples: 3,
        derive: 3,
        validationBatch: 8,
        reward: 'accuracy',
        recalibrationImages,
      },
    ],
    ['netadapt', { limit: { quantity: 'macs', fraction: 0.2 }, recalibrationImages }],
  ];
  const rated = new Map<string, Trial['accuracy']>();
  for (const [type, params] of searches) {
    const { trials } = (await run(type, params, inputs)).outputs as { trials: Trial[] };
    expect(new Set(trials.map(({ encoding }) => encoding[side])), type).toEqual(new Set([0, 1]));
    expect(sidesOf('evaluate'), type).toEqual([4, 7]);
    expect(sidesOf('recalibrate'), type).toEqual([4, 7]);
    for (const { encoding, accuracy, costs } of trials) {
      expect(costs.macs).toBe(macsCost(sidedSpace).cost(encoding));
      if (type === 'random-search') rated.set(`${encoding}`, accuracy);
    }
  }
  for (const [key, accuracy] of [...rated].slice(0, 3)) {
    const architecture = chosen(key.split(',').map(Number));
    const { model } = (await run('inherit', { recalibrationImages }, { ...inputs, architecture }))
      .outputs as {
      model: TrainedModel;
    };
    expect(model.info.training.accuracy).toEqual(accuracy);
  }
});

test.each([
  [4, small],
  [7, large],
])(
  'a network for images of %i pixels is trained, and evaluated on any split, at that side',
  async (pixels, encoding) => {
    const trained = await run(
      'final-train',
      { ...few, epochs: 1 },
      { validation, architecture: chosen(encoding) },
    );
    const model = trained.outputs!.model as TrainedModel;
    expect(model.info.input).toEqual({ h: pixels, w: pixels, c: 2 });
    expect([...sidesOf('step'), ...sidesOf('evaluate')]).toEqual([pixels, pixels]);
    const evaluated = async (images: typeof testSplit) => {
      const { outputs } = await run(
        'evaluate',
        {},
        { model: predictorOf(model), test: images, space: undefined },
      );
      return bytesOf((outputs!.evaluation as EvaluatedModel).probabilities);
    };
    const bytes = await evaluated(testSplit);
    expect(await evaluated(resized(testSplit, pixels, pixels))).toEqual(bytes);
    // images are resized before they are augmented: the same as if the data had been
    const ready = {
      train: resized(train, pixels, pixels),
      validation: resized(validation, pixels, pixels),
      architecture: chosen(encoding),
    };
    const again = await run('final-train', { ...few, epochs: 1 }, ready);
    expect(bytesOf((again.outputs!.model as TrainedModel).weights)).toEqual(bytesOf(model.weights));
  },
);

test('a latency profile measures the layers of each side, and predicts and times networks of both', async () => {
  const device = { name: 'a desk', arch: 'x64', backend: 'cpu', instructionSet: 'wasm-simd128', threads: 1 };
  const { outputs } = await run(
    'latency-profile',
    { warmup: 1, repeats: 2, mostRepeats: 2, networks: 6 },
    {},
    { device },
  );
  const { entries, validation: found } = outputs!.table as LatencyTable;
  expect(entries.map(({ key }) => key)).toEqual(profileItems(sidedSpace).map(({ key }) => key));
  const [less, more] = [small, large].map((encoding) => latencyKeys(sidedSpace, encoding));
  expect(less!.filter((key) => more!.includes(key))).toEqual([]);
  for (const key of [...less!, ...more!])
    expect(
      entries.some((entry) => entry.key === key),
      key,
    ).toBe(true);
  expect(found.networks).toBe(3);
});

test('a network that was scaled in resolution is trained on the images that there are', async () => {
  const params = { phi: 1, depth: 1, width: 1, resolution: 1.5 };
  const scaled = await run('scale', params, {
    space: smallSpace,
    architecture: chosen([0, 1, 0, 1, 0, 1, 0]),
  });
  const { space } = scaled.outputs as { space: typeof smallSpace };
  const { h, w } = smallSpace.input;
  expect(space.input).toMatchObject({ h: Math.round(1.5 * h), w: 1.5 * w });
  await run('final-train', { ...few, epochs: 0.4 }, { space, architecture: chosen([]) });
  expect(sidesOf('step')).toEqual([space.input.h]);
  const colour = { ...space, input: { ...space.input, c: 3 } };
  await expect(run('final-train', few, { space: colour, architecture: chosen([]) })).rejects.toMatchObject({
    code: 'channels-differ',
    message:
      'the network takes images of 3 channels, but those of train have 2; make the space from the images that it is used with',
  });
});

test('successive halving trains each network at its own side', async () => {
  const { outputs } = await run(
    'successive-halving',
    { ...few, networks: 4, eta: 2, epochs: 0.4 },
    { validation },
  );
  const trials = outputs!.trials as Trial[];
  const pixels = trials.map(({ encoding }) => childNetwork(sidedSpace, encoding).input.h);
  expect([...new Set(pixels)].sort()).toEqual(sidesOf('step'));
  expect((outputs!.architecture as Architecture).encoding).toHaveLength(drawn.length);
});
