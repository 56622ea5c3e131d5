import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { openCpuBackend } from '../../src/cpu/index.ts';
import {
  childNetwork,
  enasMacroSpace,
  latencyCost,
  latencyKeys,
  predictLatency,
  profileItems,
  randomEncoding,
} from '../../src/nas/index.ts';
import type { Backend } from '../../src/net/index.ts';
import type { LatencyTable } from '../../src/stage/index.ts';
import { openTfBackend } from '../../src/tf/index.ts';
import { orFail, searchCosts } from '../../src/train/index.ts';
import { latencyTable } from '../../stages/latency-profile/table.ts';
import { failureOf, runStage, type Setup, stageSchema } from './harness.ts';
import { digests, space, spaceDigest, table, tableSum, train } from './tiny.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openCpuBackend({ threads: 1 });
});
afterAll(() => backend.close());

const device = { name: 'a desk', arch: 'x64', backend: 'cpu', instructionSet: 'wasm-simd128', threads: 1 };
const encoding = [0, 1, 0, 1, 0, 1, 0];

/** Params that the stage itself must look at: what runs the passes is chosen for it. */
const paramsOf = async (type: string): Promise<string[]> => {
  const { properties } = (await stageSchema(type)) as { properties: Record<string, { 'x-device'?: string }> };
  return Object.keys(properties)
    .filter((param) => properties[param]!['x-device'] !== 'runtime')
    .sort();
};

const profile = (): Setup => ({
  params: { warmup: 1, repeats: 3, mostRepeats: 3, networks: 4 },
  inputs: { space },
  inputDigests: digests,
  backend,
  device,
});

test('a profile has every layer shape once, sorted, and validates itself on whole networks', async () => {
  const { outputs, ticks, read } = await runStage('latency-profile', profile());
  const found = outputs!.table as LatencyTable;
  const keys = profileItems(space).map(({ key }) => key);
  expect(found.entries.map(({ key }) => key)).toEqual(keys);
  expect(found.entries.every(({ median, samples }) => median > 0 && samples === 3)).toBe(true);
  expect(found.device).toEqual({ ...device, threads: 1 });
  expect(found.space).toBe(spaceDigest);
  expect(found.validation.networks).toBe(2);
  expect(ticks).toHaveLength(keys.length + 4);
  expect([...read].sort()).toEqual(await paramsOf('latency-profile'));
});

test('TensorFlow.js measures as well', async () => {
  const opened = await openTfBackend({ runtime: 'cpu' });
  if (!opened.ok) throw new Error(opened.failures[0]!.message);
  const { outputs } = await runStage('latency-profile', { ...profile(), backend: opened.value });
  const { entries, validation } = outputs!.table as LatencyTable;
  expect(entries.map(({ key }) => key)).toEqual(profileItems(space).map(({ key }) => key));
  expect(entries.every(({ median }) => median > 0)).toBe(true);
  expect(validation.networks).toBe(2);
});

test('an interrupted profile keeps what it has measured', async () => {
  const { checkpoint } = await runStage('latency-profile', profile(), { stopAt: 5 });
  const { entries } = checkpoint!.state as unknown as { entries: LatencyTable['entries'] };
  expect(entries).toHaveLength(5);
  const { outputs, ticks } = await runStage('latency-profile', profile(), { resume: checkpoint! });
  const found = outputs!.table as LatencyTable;
  for (const entry of entries) expect(found.entries).toContainEqual(entry);
  expect(ticks[0]!.step).toBe(6);
});

test('overhead and errors of a table by arithmetic', () => {
  const networks = [
    { encoding, ms: tableSum(encoding) - table.overhead + 2 },
    { encoding: [0, 0, 0, 0, 0, 0, 0], ms: tableSum([0, 0, 0, 0, 0, 0, 0]) - table.overhead + 4 },
    // Held out: predictions are off by -1 and by 0 ms.
    { encoding, ms: tableSum(encoding) - table.overhead + 4 },
    { encoding: [1, 1, 0, 1, 0, 1, 0], ms: tableSum([1, 1, 0, 1, 0, 1, 0]) - table.overhead + 3 },
  ];
  const found = latencyTable(space, spaceDigest, device, 0.03, [...table.entries].reverse(), networks);
  expect(found.overhead).toBeCloseTo(3, 9);
  expect(found.entries).toEqual(table.entries);
  const [a, b] = [networks[2]!.ms, networks[3]!.ms];
  expect(found.validation.networks).toBe(2);
  const { pairs } = found.validation;
  expect(pairs!.map(({ encoding, measured }) => ({ encoding, ms: measured }))).toEqual(networks.slice(2));
  for (const { encoding, predicted, margin } of pairs!) {
    const told = predictLatency(found, latencyKeys(space, encoding));
    expect(told).toEqual({ ok: true, value: { ms: predicted, margin } });
  }
  expect(pairs!.map(({ predicted, measured }) => predicted - measured)).toEqual([
    expect.closeTo(-1, 9),
    expect.closeTo(0, 9),
  ]);
  expect(found.validation.summedError).toBeCloseTo(1 / (a + b), 9);
  expect(found.validation.meanAbsolutePercentageError).toBeCloseTo(1 / a / 2, 9);
});

test.each([1, 2, 3])('no latency is negative, however noisy the times are (%i)', (seed) => {
  const rng = createRng(seed);
  const small = enasMacroSpace({ input: { h: 8, w: 8, c: 1 }, classes: 3, layers: 4, filters: 4 });
  for (const noisy of [space, small]) {
    const entries = profileItems(noisy).map(({ key }) => {
      const median = 10 * rng.uniform() ** 3;
      return { key, median, spread: 1, margin: 5, samples: 3 };
    });
    // pieces were timed on a loaded machine, whole networks were not
    const networks = Array.from({ length: 8 }, () => ({
      encoding: randomEncoding(noisy, rng),
      ms: 0.1 * rng.uniform(),
    }));
    const found = latencyTable(noisy, spaceDigest, device, 0.03, entries, networks);
    const cost = orFail(latencyCost(noisy, spaceDigest, found));
    const { min, minEncoding } = cost.range();
    const medians = new Map(entries.map(({ key, median }) => [key, median]));
    const longest = Math.max(...latencyKeys(noisy, minEncoding).map((key) => medians.get(key)!));
    expect(found.overhead).toBeLessThan(0);
    expect(longest).toBeGreaterThan(0);
    expect(min).toBeCloseTo(longest, 9);
    for (const { encoding } of networks) expect(cost.cost(encoding)).toBeGreaterThanOrEqual(min);
  }
});

const { classes, mean, deviation } = train.info;
const accuracy = { value: 0.5, provenance: 'trained', split: 'train', images: 40 } as const;
const model = {
  info: {
    classes,
    mean,
    deviation,
    input: space.input,
    architecture: { space: spaceDigest, encoding },
    training: { epochs: 1, images: 40, accuracy },
  },
  network: childNetwork(space, encoding),
  weights: new Map(),
};
const measurement = (params: object, inputs: object): Setup => ({
  params: { repeats: 7, mostRepeats: 7, warmup: 1, ...params } as never,
  inputs: { model, ...inputs },
  inputDigests: digests,
  backend,
  device,
});

test('a measurement has ordered quantiles of all its samples, and the prediction of the table', async () => {
  const { outputs, read } = await runStage('measure-latency', measurement({}, { table, space }));
  const found = outputs!.measurement as { p10: number; median: number; p90: number; samples: number };
  expect(found).toMatchObject({ device, batch: 1, samples: 7, predicted: tableSum(encoding) });
  expect(0 < found.p10 && found.p10 <= found.median && found.median <= found.p90).toBe(true);
  expect([...read].sort()).toEqual(await paramsOf('measure-latency'));
});

test('a table needs its space, the space of the model, and one image a pass', async () => {
  expect(await failureOf('measure-latency', measurement({}, { table }))).toEqual({
    code: 'incomplete-inputs',
    message: 'to predict the latency, space is needed, too',
  });
  const other = { ...model, info: { ...model.info, architecture: { space: '6'.repeat(64), encoding } } };
  const { code } = await failureOf('measure-latency', measurement({}, { model: other, table, space }));
  expect(code).toBe('space-mismatch');
  expect((await failureOf('measure-latency', measurement({ batch: 4 }, { table, space }))).code).toBe(
    'incomparable-batch',
  );
});

test('a table of another space is an error, for a measurement and for every search', async () => {
  const other = { ...table, space: '6'.repeat(64) };
  const failure = await failureOf('measure-latency', measurement({}, { table: other, space }));
  const message = `the latency table was measured for the space 666666666666…, not for ${spaceDigest.slice(0, 12)}… (${space.name})`;
  expect(failure).toEqual({ code: 'table-of-another-space', message });
  const wanted = { quantity: 'latency', fraction: 0.5 } as const;
  expect(() => searchCosts({ space, table: other }, spaceDigest, wanted, 'limit')).toThrow(message);
  expect(() => searchCosts({ space, table: other }, spaceDigest, null, 'limit')).toThrow(message);
});
