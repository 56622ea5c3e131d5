import { expect, test } from 'vitest';
import { Arena } from '../../src/cpu/arena.ts';
import { runPlan } from '../../src/cpu/runner.ts';
import { Threads } from '../../src/cpu/threads.ts';
import { cases } from '../contract/backend-cases.ts';
import { builds } from './builds.ts';
import { descentOf, GUARD, guardedPlan } from './guarded.ts';

/** A NaN, which shows wherever it is read, and a plain number, which changes wherever it is updated. */
const SENTINELS = [0x7fc5_a5a5, 0x3f9a_5a5a];

const runs = (await builds()).flatMap((build) => SENTINELS.map((sentinel) => ({ ...build, sentinel })));

test.for(runs)(
  'no op writes outside its buffers, or reads what was not written: $name, $sentinel',
  async ({ kernels, missing, sentinel }, { skip }) => {
    if (kernels === undefined) return skip(missing);
    const threads = new Threads(kernels);
    const arena = new Arena(threads);
    const untouched = (at: number, count: number): boolean =>
      arena.ints(at, count).every((word) => word === sentinel);
    for (const [index, one] of cases.entries()) {
      const { plan, base, prepare, weights, release } = guardedPlan(
        arena,
        kernels.lanes,
        one,
        descentOf(index),
        sentinel,
      );
      await runPlan(threads, arena, plan, base, { threads: 2 }, prepare);
      expect(plan.buffers.length, one.name).toBeGreaterThan(5);
      for (const [, end] of plan.buffers) {
        expect(untouched(end, GUARD / 4), `${one.name}: a guard at ${end - base}`).toBe(true);
      }
      for (const { name, at, count } of weights) {
        expect(untouched(at + count * 4, 16), `${one.name}: ${name}`).toBe(true);
        expect(arena.floats(at, count).some(Number.isNaN), `${one.name}: ${name} has NaN`).toBe(false);
      }
      release();
    }
    await threads.close();
  },
);
