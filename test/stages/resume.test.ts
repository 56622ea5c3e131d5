import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/index.ts';
import { openCpuBackend } from '../../src/cpu/index.ts';
import { trialFront } from '../../src/nas/index.ts';
import type { Backend } from '../../src/net/index.ts';
import type { Trial } from '../../src/stage/index.ts';
import { bytesOf, type Ended, interrupted, runStage, type Setup, stageSchema } from './harness.ts';
import { digests } from './tiny.ts';
import { strategyCases, trainingCases } from './training-cases.ts';

let backend: Backend;
/** Models that stages have built and not closed. */
let open = 0;
beforeAll(async () => {
  const real = await openCpuBackend({ threads: 1 });
  backend = {
    info: real.info,
    async build(...of) {
      const model = await real.build(...of);
      const close = model.close.bind(model);
      open++;
      model.close = async () => {
        open--;
        await close();
      };
      return model;
    },
    time: (...of) => real.time(...of),
    close: () => real.close(),
  };
});
afterEach(() => expect(open, 'models left open when a stage ended or was stopped').toBe(0));
afterAll(() => backend.close());

describe.each([...trainingCases, ...strategyCases])(
  '$name',
  ({ type, setup, ticks, stopAt, estimated = false, unread = [] }) => {
    const full = (): Setup => ({ ...setup, inputDigests: digests, backend });
    let undisturbed: Ended;
    beforeAll(async () => {
      undisturbed = await runStage(type, full());
    });

    test('ends with the same bytes when it is stopped and resumed', async () => {
      expect(undisturbed.ticks).toHaveLength(ticks);
      for (const at of stopAt) {
        const resumed = await interrupted(type, full(), at);
        expect(bytesOf(resumed.outputs), `stopped at tick ${at}`).toEqual(bytesOf(undisturbed.outputs));
        expect(resumed.ticks).toHaveLength(ticks - at);
      }
    });

    test('counts its steps through all its phases, so that a step names one place', () => {
      const counted = undisturbed.ticks.map(({ step, total }) => [step, total]);
      if (estimated) {
        expect(counted.map(([step]) => step)).toEqual(undisturbed.ticks.map((_, at) => at + 1));
        for (const [step, total] of counted.slice(0, -1)) {
          expect(total).toBeGreaterThan(step!);
          expect(total).toBeLessThan(3 * ticks);
        }
        expect(counted.at(-1)).toEqual([ticks, ticks]);
        return;
      }
      expect(counted).toEqual(undisturbed.ticks.map((_, at) => [at + 1, ticks]));
    });

    test('reads every param that its schema has', async () => {
      const { properties } = (await stageSchema(type)) as { properties: object };
      const read = Object.keys(properties).filter((name) => !unread.includes(name));
      expect([...undisturbed.read].sort()).toEqual(read.sort());
    });

    test('a search says how many architectures are on its front, and the hypervolume', () => {
      const trials = undisturbed.outputs!.trials as readonly Trial[] | undefined;
      if (trials === undefined) return;
      const front = trials.length > 0 ? trialFront(trials).length : 0;
      expect(undisturbed.summary).toMatchObject({ front, hypervolume: expect.any(Number) });
    });

    test('another seed gives other bytes, unless nothing is drawn', async () => {
      const other = await runStage(type, { ...full(), seed: 2 });
      const { random } = (await stageSchema(type))['x-stage'] as { readonly random: boolean };
      expect(canonicalJson(bytesOf(other.outputs)) !== canonicalJson(bytesOf(undisturbed.outputs))).toBe(
        random,
      );
    });
  },
);
