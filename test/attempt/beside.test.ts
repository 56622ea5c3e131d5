import { expect, test } from 'vitest';
import { createContext } from '../../src/attempt/context.ts';
import type { Json } from '../../src/base/canonical.ts';
import { readSafetensors } from '../../src/net/safetensors.ts';
import type { AttemptRequest } from '../../src/schema/generated/attempt-request.ts';
import type { AttemptEvent } from '../../src/schema/generated/journal.ts';
import { fingerprintOf } from '../../src/store/index.ts';
import { temporaryStore } from '../store/fixture.ts';
import { draftOf } from './fixture.ts';

/** A stage with a checkpoint due at every tick, whose writing ends when the test says so. */
function slowDisk() {
  let now = 0;
  const events: AttemptEvent[] = [];
  const begun: { step: number; tensors: Uint8Array; end: (error?: Error) => void }[] = [];
  const stop = { requested: false };
  const running = createContext({
    request: { ...draftOf('any'), checkpointSeconds: 1 } as unknown as AttemptRequest,
    inputs: {},
    resume: undefined,
    files: { read: async () => undefined, dataset: async () => undefined },
    program: async () => ({}),
    remember: async () => {
      throw new Error('nothing is remembered here');
    },
    journal: { write: (event) => events.push(event), close: () => {} },
    stop,
    clock: { now: () => now, elapsed: () => now },
    saveCheckpoint: ({ step }, _, tensors) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) =>
          error === undefined ? resolve({ seq: begun.length, bytes: 1 }) : reject(error);
        begun.push({ step, tensors, end });
      }),
  });
  const weights = Float32Array.of(0);
  const tick = (step: number): Promise<void> => {
    now += 1000;
    weights[0] = step;
    return running.context.tick({ step, total: 9 }, () => {
      now += 3; // what copying takes
      return { state: step, tensors: new Map([['w', { shape: [1], data: weights }]]) };
    });
  };
  const types = () => events.map(({ type }) => type).filter((type) => type !== 'progress');
  return { running, tick, begun, stop, types, events };
}

const weightOf = (tensors: Uint8Array): number => {
  const read = readSafetensors(tensors);
  if (!read.ok) throw new Error(read.failures[0]!.message);
  return read.value.get('w')!.data[0]!;
};

test('a stage goes on while its checkpoint is written, of the state as it was; one is written at a time', async () => {
  const { running, tick, begun, types, events } = slowDisk();
  await tick(1);
  await tick(2);
  await tick(3);
  expect(begun.map(({ step }) => step)).toEqual([1]);
  expect(types()).toEqual([]);
  begun[0]!.end();
  await running.settled();
  expect(weightOf(begun[0]!.tensors)).toBe(1);
  expect(events.at(-1)).toMatchObject({ type: 'checkpoint-saved', step: 1, ms: 2003, pauseMs: 3 });
  // saving took two seconds, so the next is due when that is 2 % of the time
  for (let step = 4; step < 120; step++) await tick(step);
  expect(begun.map(({ step }) => step)).toEqual([1, 104]);
});

test('a stop waits for the one that is being written, then saves where the stage is', async () => {
  const { tick, begun, stop, running, types } = slowDisk();
  await tick(1);
  stop.requested = true;
  const stopped = tick(2);
  begun[0]!.end();
  await expect.poll(() => begun.length).toBe(2);
  begun[1]!.end();
  await expect(stopped).rejects.toBeDefined();
  expect(running.stoppedAt).toEqual({ step: 2 });
  expect(types()).toEqual(['checkpoint-saved', 'checkpoint-saved']);
});

test('a full disk costs the checkpoint; a mistake of ours ends the stage at its next tick, or after it', async () => {
  const full = slowDisk();
  await full.tick(1);
  full.begun[0]!.end(Object.assign(new Error('full'), { code: 'ENOSPC' }));
  await full.running.settled();
  expect(full.types()).toEqual(['checkpoint-failed']);

  const broken = slowDisk();
  await broken.tick(1);
  broken.begun[0]!.end(new Error('internal error: expected a checkpoint, got none'));
  await expect(broken.running.settled()).rejects.toThrow('internal error: expected a checkpoint');
  await expect(broken.tick(2)).rejects.toThrow('internal error: expected a checkpoint');
});

test('the store writes the state as it was when it was asked to', async () => {
  const store = await temporaryStore();
  const { preimage } = draftOf('any');
  const fingerprint = fingerprintOf(preimage);
  const state: { trials: Json[] } = { trials: [1] };
  const saving = store.checkpoints.save({
    fingerprint,
    attempt: 'a',
    step: 1,
    total: 2,
    computeMs: 0,
    state,
    tensors: new Uint8Array(8),
  });
  state.trials.push(2);
  await saving;
  expect((await store.checkpoints.load(fingerprint)).checkpoint!.state).toEqual({ trials: [1] });
});
