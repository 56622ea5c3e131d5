import { expect, test } from 'vitest';
import { createContext } from '../../src/attempt/context.ts';
import type { AttemptRequest } from '../../src/schema/generated/attempt-request.ts';
import type { AttemptEvent } from '../../src/schema/generated/journal.ts';
import { draftOf } from './fixture.ts';

/**
 * Ticks of a stage on a clock of the test's own: a step takes `stepMs`, a checkpoint `saveMs` of its number. Returns the
 * seconds at which checkpoints were begun.
 */
async function cadence(
  { seconds, steps, stepMs }: { seconds: number; steps: number; stepMs: number },
  saveMs: (n: number) => number,
  fails: (n: number) => boolean = () => false,
): Promise<{ at: number[]; events: AttemptEvent['type'][] }> {
  let now = 0;
  const at: number[] = [];
  const events: AttemptEvent['type'][] = [];
  const clock = { now: () => now, elapsed: () => now };
  const { context } = createContext({
    request: { ...draftOf('any'), checkpointSeconds: seconds } as unknown as AttemptRequest,
    inputs: {},
    resume: undefined,
    files: { read: async () => undefined, dataset: async () => undefined },
    program: async () => ({}),
    remember: async () => {
      throw new Error('nothing is remembered here');
    },
    journal: { write: ({ type }) => events.push(type), close: () => {} },
    stop: { requested: false },
    clock,
    async saveCheckpoint() {
      at.push(now / 1000);
      now += saveMs(at.length);
      if (fails(at.length)) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      return { seq: at.length, bytes: 1 };
    },
  });
  for (let step = 1; step <= steps; step++) {
    now += stepMs;
    await context.tick({ step, total: steps + 1 }, () => ({ state: step, tensors: new Map() }));
  }
  return { at, events };
}

test('a checkpoint is due when the seconds have passed since the one before was saved', async () => {
  const { at } = await cadence({ seconds: 10, steps: 100, stepMs: 500 }, () => 100);
  expect(at).toEqual([10, 20.1, 30.2, 40.3, 50.4]);
});

test('one that took long makes the next one later, so that saving takes 2 % of the time; a quick one brings the pace back', async () => {
  const { at } = await cadence({ seconds: 10, steps: 145, stepMs: 1000 }, (n) => (n === 2 ? 2000 : 100));
  // the second takes 2 s: 100 s pass after it
  expect(at).toEqual([10, 20.1, 122.1, 132.2, 142.3]);
  const slow = await cadence({ seconds: 10, steps: 2000, stepMs: 1000 }, () => 1500);
  expect(slow.at.slice(1).map((second, i) => second - slow.at[i]! - 1.5)).toEqual(
    slow.at.slice(1).map(() => 75),
  );
});

test('one that failed late counts as well', async () => {
  const { at, events } = await cadence(
    { seconds: 10, steps: 120, stepMs: 1000 },
    () => 1000,
    (n) => n === 1,
  );
  expect(at).toEqual([10, 61, 112]);
  expect(events.filter((type) => type.startsWith('checkpoint'))).toEqual([
    'checkpoint-failed',
    'checkpoint-saved',
    'checkpoint-saved',
  ]);
});

test('with 0 seconds one is due at every step, however long it takes', async () => {
  const { at } = await cadence({ seconds: 0, steps: 5, stepMs: 1000 }, () => 10_000);
  expect(at).toEqual([1, 12, 23, 34, 45]);
});
