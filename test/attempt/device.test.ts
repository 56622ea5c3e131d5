import * as path from 'node:path';
import { expect, test } from 'vitest';
import { localExecutor } from '../../src/executors/index.ts';
import type { Store } from '../../src/store/index.ts';
import type { Fault } from '../contract/faulty-backend.mjs';
import { temporaryStore } from '../store/fixture.ts';
import { draftOf, end, start, TRAIN } from './fixture.ts';

/** Attempts by an entry that opens TensorFlow.js on its plain kernels, with a device that fails. */
const executor = localExecutor({ entry: path.join(import.meta.dirname, 'tf-entry.mjs') });
const draft = draftOf('train', { params: { steps: 4 }, needs: { backend: true, device: false } });
const attempt = async (store: Store, fault: Fault) => {
  const env = { ...process.env, FAULTS: JSON.stringify({ train: fault }) };
  return end(await start(store, draft, TRAIN, { executor, env }));
};

const failures = [
  {
    code: 'out-of-memory',
    message: 'the tf backend (tfjs-cpu) ran out of memory (OOM when allocating tensor); use a smaller batch',
  },
  {
    code: 'device-lost',
    message: 'the tf backend (tfjs-cpu) lost its device (CUDA_ERROR_LAUNCH_FAILED); run again',
  },
] as const;

test.each(failures)(
  '$code fails the stage in a sentence, without a stack; run again, it goes on to the same bytes',
  async (failure) => {
    const undisturbed = await attempt(await temporaryStore(), {});
    expect(undisturbed.outcome).toMatchObject({ status: 'committed' });

    const store = await temporaryStore();
    // Calls of a stage without a checkpoint: step, read for the checkpoint, step, read, step.
    const { outcome, entries } = await attempt(store, { ...failure, call: 5 });
    expect(outcome).toEqual({ status: 'failed', ...failure });
    expect(entries.at(-1)!.event).toEqual({ type: 'attempt-failed', ...failure });
    expect((await store.checkpoints.newest(draft.fingerprint))!.step).toBe(2);

    const again = await attempt(store, { lateMs: 20 });
    expect(again.entries.map(({ event }) => event)).toContainEqual({
      type: 'attempt-resumed',
      step: 2,
      total: 4,
      checkpoint: 2,
    });
    expect(again.outcome).toMatchObject({
      event: { outputs: (undisturbed.outcome as { event: { outputs: object } }).event.outputs },
    });
  },
);
