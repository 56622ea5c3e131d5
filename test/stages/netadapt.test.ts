import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { openCpuBackend } from '../../src/cpu/index.ts';
import { cheaper, macsCost, netAdapt } from '../../src/nas/index.ts';
import type { Backend } from '../../src/net/index.ts';
import type { Architecture, Trial } from '../../src/stage/index.ts';
import { mainSpace } from '../nas/spaces.ts';
import { bytesOf, failureOf, interrupted, runStage, type Setup, stageSchema } from './harness.ts';
import { architecture, digests, space, supernet, train, validation } from './tiny.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openCpuBackend({ threads: 1 });
});
afterAll(() => backend.close());

const macs = macsCost(space);
const { min, max, minEncoding, maxEncoding } = macs.range();
const setup = (params: object = {}, more: object = {}): Setup => ({
  params: { recalibrationImages: 16, limit: { quantity: 'macs', fraction: 0.3 }, ...params } as never,
  inputs: { train, validation, space, supernet, ...more },
  inputDigests: digests,
  backend,
});

test('the proposals of a step: of each choice the least change that cuts enough', () => {
  const cost = macsCost(mainSpace);
  const { maxEncoding: dearest } = cost.range();
  const from = cost.cost(dearest);
  for (const cut of [0, 0.01 * from, 0.03 * from]) {
    const proposals = cheaper(mainSpace, cost, dearest, cut);
    expect(proposals.length).toBeGreaterThan(0);
    for (const proposal of proposals) expect(from - cost.cost(proposal)).toBeGreaterThanOrEqual(cut);
  }
  // more than any single change cuts: then each choice cuts what it can
  const most = cheaper(mainSpace, cost, dearest, from);
  expect(most.length).toBeGreaterThan(10);
  expect(most.every((proposal) => cost.cost(proposal) < from)).toBe(true);
  expect(cheaper(mainSpace, cost, cost.range().minEncoding, 0)).toEqual([]);
});

test.each([
  [0.1, 0.05],
  [0.3, 0.025],
  [0.6, 0.01],
])(
  'down to %d of the range in steps of %d it expects about as many evaluations as it takes',
  (fraction, reduction) => {
    const cost = macsCost(mainSpace);
    const { min: least, max: most, maxEncoding: dearest } = cost.range();
    const limit = least + fraction * (most - least);
    const strategy = netAdapt(mainSpace, { start: dearest, cost, limit, reduction, keep: 'ratio' });
    const rng = createRng(1);
    const expected: number[] = [];
    let made = 0;
    for (; !strategy.done!(); made++) {
      expected.push(made + strategy.left!()!);
      const proposal = strategy.propose(rng);
      if (proposal.ok) strategy.feedback(proposal.value.encoding, { fitness: rng.uniform() });
    }
    expect(strategy.left!()).toBe(0);
    expect(Math.min(...expected)).toBeGreaterThan(0.4 * made);
    expect(Math.max(...expected)).toBeLessThan(4.5 * made);
    expect(Math.abs(expected.at(-1)! - made)).toBeLessThan(0.2 * made);
  },
);

test('goes down from the given architecture, and gives the first that is within the limit', async () => {
  const start = [1, 2, 0, 1, 1, 1, 0];
  const { outputs, summary, read } = await runStage(
    'netadapt',
    setup({}, { architecture: architecture(start) }),
  );
  const trials = outputs!.trials as readonly Trial[];
  const limit = min + 0.3 * (max - min);
  expect(trials[0]).toMatchObject({ encoding: start, phase: 'start', origin: 'netadapt' });
  const found = outputs!.architecture as Architecture;
  expect(macs.cost(found.encoding)).toBeLessThanOrEqual(limit);
  const parents = [...new Set(trials.slice(1).map(({ parent }) => parent!))];
  expect(summary).toMatchObject({ steps: parents.length, evaluations: trials.length });
  for (const parent of parents) expect(trials[parent]!.cost).toBeGreaterThan(limit);
  expect(found.log).toMatchObject({ startAccuracy: trials[0]!.accuracy.value, startCost: trials[0]!.cost });
  const last = trials.filter(({ parent }) => parent === parents.at(-1));
  expect(last.map(({ encoding }) => encoding)).toContainEqual(found.encoding);
  const { properties } = await stageSchema('netadapt');
  expect([...read].sort()).toEqual(Object.keys(properties as object).sort());
});

test('without an architecture it begins with the dearest; stopped and resumed it ends with the same bytes', async () => {
  const whole = await runStage('netadapt', setup());
  expect((whole.outputs!.trials as readonly Trial[])[0]!.encoding).toEqual(maxEncoding);
  for (const at of [1, 2, whole.ticks.length - 1]) {
    const resumed = await interrupted('netadapt', setup(), at);
    expect(bytesOf(resumed.outputs), `stopped at tick ${at}`).toEqual(bytesOf(whole.outputs));
    expect(resumed.ticks).toHaveLength(whole.ticks.length - at);
  }
});

test('an architecture within the limit is given back', async () => {
  const { outputs, summary } = await runStage(
    'netadapt',
    setup({}, { architecture: architecture([...minEncoding]) }),
  );
  expect((outputs!.architecture as Architecture).encoding).toEqual(minEncoding);
  expect(summary).toMatchObject({ steps: 0, evaluations: 1 });
});

test('too few evaluations, and a limit that nothing meets, are failures', async () => {
  const few = await failureOf('netadapt', setup({ evaluations: 3 }));
  expect(few.code).toBe('too-few-evaluations');
  expect(few.message).toMatch(
    /^3 evaluations did not lead down to the limit of .* MACs: 0 steps cut .* MACs to /,
  );
  const { backend: _, ...without } = setup({ limit: { quantity: 'params', value: 3 } });
  expect((await failureOf('netadapt', without)).code).toBe('impossible-target');
});
