import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../src/base/index.ts';
import { openCpuBackend } from '../../src/cpu/index.ts';
import { horizonOf } from '../../src/engine/identity/horizon.ts';
import { loadProject } from '../../src/engine/index.ts';
import type { Backend } from '../../src/net/index.ts';
import { repository } from '../engine/project.ts';
import { bytesOf, runStage, type Setup, stageSchema } from './harness.ts';
import { architecture, digests, space, supernet, train, trial, validation } from './tiny.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openCpuBackend({ threads: 1 });
});
afterAll(() => backend.close());

type Params = { readonly [name: string]: Json };

const weights: Params = {
  batch: 8,
  learningRate: { kind: 'step', rate: 0.05, every: 0.5, factor: 0.7, warmup: 0.3 },
  augment: { pad: 1, flip: true, cutout: 2 },
};
const search = { train, validation, space, supernet };
const limit = { quantity: 'macs', fraction: 0.6 };

interface Case {
  readonly type: string;
  readonly params: Params;
  readonly inputs: Setup['inputs'];
  readonly horizon: string;
  readonly shorter: number;
  readonly longer: number;
  /** Ticks of the shorter one after its last training step; 0: that is its end. */
  readonly after: number;
  /** Params under which the horizon is none. */
  readonly unless: readonly Params[];
}

const cosine: Params = { learningRate: { kind: 'cosine', rate: 0.05 } };

const cases: readonly Case[] = [
  {
    type: 'supernet-warmup',
    params: { ...weights, opWarmup: 0, filterWarmup: 0 },
    inputs: { train, space },
    horizon: 'epochs',
    shorter: 1,
    longer: 1.6,
    after: 0,
    unless: [cosine, { opWarmup: 0.1 }, { filterWarmup: 0.1 }],
  },
  {
    type: 'controller-search',
    params: {
      ...weights,
      samples: 2,
      validationBatch: 7,
      controllerStart: 0,
      controllerRamp: 1,
      controllerRate: 0.1,
      target: { quantity: 'macs', fraction: 0.4 },
      derive: 3,
      recalibrationImages: 16,
    },
    inputs: search,
    horizon: 'steps',
    shorter: 4,
    longer: 7,
    after: 3,
    unless: [cosine, { controllerStart: 0.25 }, { controllerRamp: 2 }],
  },
  {
    type: 'evolutionary-refinement',
    params: {
      limit,
      strategy: { kind: 'aging-evolution', population: 4, tournament: 2 },
      start: 2,
      recalibrationImages: 16,
    },
    inputs: { ...search, trials: [trial(0, [0, 0, 0, 0, 0, 0, 0], 0.5, 7)] },
    horizon: 'evaluations',
    shorter: 5,
    longer: 9,
    after: 0,
    unless: [],
  },
  {
    type: 'random-search',
    params: { limit, recalibrationImages: 16 },
    inputs: search,
    horizon: 'evaluations',
    shorter: 3,
    longer: 6,
    after: 0,
    unless: [],
  },
  {
    type: 'proxyless-finetune',
    params: {
      ...weights,
      gateStart: 0,
      gateEvery: 2,
      gateBatch: 7,
      gateRate: 0.2,
      target: { quantity: 'macs', fraction: 0.5 },
      derive: 2,
      recalibrationImages: 16,
    },
    inputs: { ...search, architecture: architecture([0, 1, 0, 1, 0, 1, 0]) },
    horizon: 'steps',
    shorter: 4,
    longer: 7,
    after: 4,
    unless: [cosine, { gateStart: 0.1 }],
  },
  {
    type: 'final-train',
    params: { ...weights, emaDecay: 0.9, clipNorm: 1 },
    inputs: { train, space, architecture: architecture([0, 1, 0, 1, 0, 1, 0]) },
    horizon: 'epochs',
    shorter: 1,
    longer: 1.6,
    after: 0,
    unless: [cosine],
  },
];

test('every shipped stage type that declares a horizon is here', async () => {
  const types = await fs.readdir(path.join(repository, 'stages'));
  const declared = await Promise.all(
    types.map(async (type) => {
      const { properties } = (await stageSchema(type)) as { properties: { [name: string]: object } };
      return Object.entries(properties).flatMap(([param, of]) =>
        'x-horizon' in of ? [`${type} ${param}`] : [],
      );
    }),
  );
  expect(cases.map(({ type, horizon }) => `${type} ${horizon}`).sort()).toEqual(declared.flat().sort());
});

describe.each(cases)('$type, more $horizon', (of) => {
  const setup = (value: number): Setup => ({
    params: { ...of.params, [of.horizon]: value },
    inputs: of.inputs,
    inputDigests: digests,
    backend,
  });

  test('goes on from the end of fewer, and ends with the bytes of a run that was never shorter', async () => {
    const undisturbed = await runStage(of.type, setup(of.longer));
    const whole = await runStage(of.type, setup(of.shorter));
    const last = whole.ticks.length;
    for (const stopAt of new Set([last - of.after, last])) {
      const { checkpoint } = await runStage(of.type, setup(of.shorter), { stopAt });
      const extended = await runStage(of.type, setup(of.longer), { resume: checkpoint! });
      expect(bytesOf(extended.outputs), `from tick ${stopAt} of ${last}`).toEqual(
        bytesOf(undisturbed.outputs),
      );
      expect(extended.ticks).toHaveLength(undisturbed.ticks.length - (last - of.after));
    }
  });

  test('only under the params that make it true', async () => {
    const { types } = await loadProject(repository);
    const type = types.types.get(of.type)!;
    const params = setup(of.longer).params as Params;
    expect(horizonOf({ type, params })).toBe(of.horizon);
    for (const change of of.unless)
      expect(horizonOf({ type, params: { ...params, ...change } })).toBeUndefined();
  });
});
