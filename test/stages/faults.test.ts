import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from '../../src/net/index.ts';
import type { CheckpointState } from '../../src/stage/contract.ts';
import { openOracle } from '../contract/backend.ts';
import { type Fault, faultyBackend } from '../contract/faulty-backend.mjs';
import { bytesOf, type Ended, runStage, type Setup } from './harness.ts';
import { digests } from './tiny.ts';
import { trainingCases } from './training-cases.ts';

/** The resume law on TensorFlow.js, its plain kernels, with a device that fails at one call after another. */

let oracle: Backend;
beforeAll(async () => {
  oracle = await openOracle();
});
afterAll(() => oracle.close());

/** The first calls fill the models; the others lie in training, searching and deriving. */
const FAILING: readonly Fault[] = [
  { code: 'out-of-memory', message: 'it ran out of memory', call: 1 },
  { code: 'out-of-memory', message: 'it ran out of memory', call: 7 },
  { code: 'device-lost', message: 'it lost its device', call: 12 },
];

describe.each(trainingCases)('$name', ({ type, setup }) => {
  const on = (fault: Fault): Setup => ({
    ...setup,
    inputDigests: digests,
    backend: faultyBackend(oracle, fault),
  });
  let undisturbed: Ended;
  beforeAll(async () => {
    undisturbed = await runStage(type, on({}));
  });

  test('ends with its device, which the failure names, and goes on from its last checkpoint to the same bytes', async () => {
    for (const fault of FAILING) {
      let last: CheckpointState | undefined;
      const failed = runStage(type, on(fault), {
        onCheckpoint: (checkpoint) => {
          last = checkpoint;
        },
      });
      await expect(failed, `call ${fault.call}`).rejects.toMatchObject({
        backendFailure: true,
        code: fault.code,
        message: fault.message,
      });
      expect(last !== undefined, `a checkpoint before call ${fault.call}`).toBe(fault.call !== 1);
      // without a checkpoint the next attempt is the undisturbed one
      if (last === undefined) continue;
      const resumed = await runStage(type, on({}), { resume: last });
      expect(bytesOf(resumed.outputs), `failed at call ${fault.call}`).toEqual(bytesOf(undisturbed.outputs));
    }
  }, 180_000);

  test('answers that come late change nothing, and no call is made before the one before has answered', async () => {
    const late = await runStage(type, on({ lateMs: 1 }));
    expect(bytesOf(late.outputs)).toEqual(bytesOf(undisturbed.outputs));
  });
});
