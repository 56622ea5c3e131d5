import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCpuBackend } from '../../src/cpu/index.ts';
import {
  canonicalEncoding,
  enasMacroSpace,
  enasMicroSpace,
  nasBenchMacroSpace,
  type SearchSpace,
} from '../../src/nas/index.ts';
import type { Backend } from '../../src/net/index.ts';
import type { Architecture, Supernet, Trial } from '../../src/stage/index.ts';
import { runStage } from './harness.ts';
import { digests, train, validation } from './tiny.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openCpuBackend({ threads: 1 });
});
afterAll(() => backend.close());

const { height: h, width: w, channels: c, classes } = train.info;
const sizes = { input: { h, w, c }, classes: classes.length };
const stacks = nasBenchMacroSpace(sizes);
const spaces: readonly SearchSpace[] = [
  enasMacroSpace({ ...sizes, layers: 4, filters: 4 }),
  { ...enasMicroSpace({ ...sizes, layers: 3, filters: 4 }), nodes: 2 },
  {
    ...stacks,
    stem: { ...stacks.stem, filters: [8] },
    stacks: stacks.stacks.slice(0, 2).map((stack) => ({ ...stack, filters: [8], depth: [2] })),
    head: { ...stacks.head, filters: [16] },
  },
];

test.each(spaces.map((space) => [space.name, space] as const))('every search takes %s', async (_, space) => {
  const run = async (type: Parameters<typeof runStage>[0], params: object, more: object = {}) => {
    const inputs = { train, validation, space, ...more };
    const { outputs } = await runStage(type, {
      params: params as never,
      inputs,
      inputDigests: digests,
      backend,
    });
    return outputs as { supernet: Supernet; trials: Trial[]; architecture: Architecture };
  };
  const few = { batch: 8, augment: { pad: 0, flip: false } };
  const { supernet: warm } = await run('supernet-warmup', { epochs: 2, opWarmup: 1, ...few });
  const recalibrationImages = 16;
  const searched = await run(
    'controller-search',
    { ...few, steps: 3, samples: 2, derive: 3, validationBatch: 8, reward: 'accuracy', recalibrationImages },
    { supernet: warm },
  );
  const limit = { quantity: 'macs', fraction: 0.9 };
  const random = await run(
    'random-search',
    { limit, evaluations: 4, recalibrationImages },
    { supernet: searched.supernet },
  );
  const evolved = await run(
    'evolutionary-refinement',
    { limit, evaluations: 4, recalibrationImages, strategy: { kind: 'aging-evolution', population: 2 } },
    { supernet: searched.supernet },
  );
  for (const { trials, architecture } of [searched, random, evolved]) {
    for (const { encoding } of [...trials, architecture]) {
      expect(canonicalEncoding(space, encoding)).toEqual(encoding);
    }
  }
  // an architecture has one rating, whoever asks
  const rated = new Map([...random.trials, ...evolved.trials].map((trial) => [`${trial.encoding}`, trial]));
  const best = random.trials.reduce((a, b) => (b.accuracy.value > a.accuracy.value ? b : a));
  expect(random.architecture.encoding).toEqual(best.encoding);
  expect(rated.get(`${best.encoding}`)!.accuracy).toEqual(best.accuracy);
  expect(searched.supernet.weights).not.toEqual(warm.weights);
});
