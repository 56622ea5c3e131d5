import { readdir, rm, truncate } from 'node:fs/promises';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { acquire, tryAcquire } from '../../src/base/locks.ts';
import { createRng } from '../../src/base/rng.ts';
import type { Store } from '../../src/store/index.ts';
import { temporaryStore } from '../store/fixture.ts';
import { attemptOnce, COUNT, countDraft, driverOf, type Ended, end, start } from './fixture.ts';

const digestOf = (ended: Ended): string => {
  const { outcome } = ended;
  if (outcome.status !== 'committed') throw new Error(`not committed: ${JSON.stringify(outcome)}`);
  return outcome.event.outputs.out!.digest;
};

/** Milliseconds a step, so that an attempt is still under way when its journal has been read. */
const SLOW = 20;

const references = new Map<number, Promise<string>>();

/** Digest of the output of an attempt that nothing happened to. */
function undisturbed(steps: number): Promise<string> {
  const known =
    references.get(steps) ??
    temporaryStore().then(async (store) => digestOf(await attemptOnce(store, countDraft(steps), COUNT)));
  references.set(steps, known);
  return known;
}

/** Starts an attempt and does something to it once it has saved a checkpoint of that step. */
async function disturbed(
  store: Store,
  steps: number,
  at: number,
  disturb: (running: Awaited<ReturnType<typeof start>>) => void,
): Promise<Ended> {
  const running = await start(store, countDraft(steps, SLOW), COUNT);
  return end(running, ({ event }) => {
    if (event.type === 'checkpoint-saved' && event.step === at) disturb(running);
  });
}

/** As `countDraft(steps)`, but slower: what a stage waits for is no part of its fingerprint here. */
const sameAs = (steps: number) => ({
  ...countDraft(steps),
  fingerprint: countDraft(steps, SLOW).fingerprint,
});

test('an attempt killed again and again at random moments ends with the bits of an undisturbed one', async () => {
  const steps = 30;
  const rng = createRng(1).fork('moments');
  const store = await temporaryStore();
  let kills = 0;
  let resumed = 0;
  for (;;) {
    const running = await start(store, countDraft(steps, SLOW), COUNT);
    let seen = 0;
    const limit = 1 + rng.integer(10);
    const wait = rng.integer(4);
    const ended = await end(running, ({ event }) => {
      if (event.type === 'attempt-resumed') resumed++;
      if (event.type === 'checkpoint-saved' && ++seen === limit) setTimeout(running.kill, wait);
    });
    if (ended.outcome.status === 'committed') {
      const opened = await store.objects.open(digestOf(ended));
      expect(opened.ok).toBe(true);
      break;
    }
    expect(ended.outcome).toEqual({ status: 'killed', signal: 'SIGKILL' });
    kills++;
  }
  expect(kills).toBeGreaterThan(2);
  expect(resumed).toBeGreaterThanOrEqual(kills - 1);
  const { record } = await store.records.find(countDraft(steps, SLOW).fingerprint);
  expect(record!.outputs.out!.digest).toBe(await undisturbed(steps));
  expect(record!.times.resumedFrom).toBeGreaterThan(0);
  expect(record!.times.computeMs).toBeGreaterThan(record!.times.attemptMs);
});

test.each([
  ['asked to by its driver', (running: Awaited<ReturnType<typeof start>>) => running.stop()],
  ['by SIGTERM', (running: Awaited<ReturnType<typeof start>>) => process.kill(running.pid!, 'SIGTERM')],
  ['by SIGUSR2', (running: Awaited<ReturnType<typeof start>>) => process.kill(running.pid!, 'SIGUSR2')],
])('stopped %s, it saves a checkpoint and goes on from there', async (_, stop) => {
  const store = await temporaryStore();
  const { outcome } = await disturbed(store, 30, 5, stop);
  const step = outcome.status === 'stopped' ? outcome.step! : 0;
  expect(step).toBeGreaterThan(5);
  expect(await store.records.find(countDraft(30, SLOW).fingerprint)).toEqual({ damage: [] });
  const again = await attemptOnce(store, sameAs(30), COUNT);
  expect(again.entries[1]!.event).toMatchObject({ type: 'attempt-resumed', step, total: 30 });
  expect(digestOf(again)).toBe(await undisturbed(30));
});

test('SIGINT, which a terminal sends to all, does not stop it', async () => {
  const store = await temporaryStore();
  const ended = await disturbed(store, 12, 3, (running) => process.kill(running.pid!, 'SIGINT'));
  expect(ended.outcome.status).toBe('committed');
});

test('when the driver is killed, the attempt holds the lock, saves a checkpoint, stops, and lets go', async () => {
  const store = await temporaryStore();
  const draft = countDraft(400, 10);
  const attempt = await store.attempts.prepare(draft, COUNT);
  const driver = await driverOf(store, attempt);
  while (!(await store.attempts.entries(attempt)).some(({ event }) => event.type === 'checkpoint-saved')) {
    await sleep(20);
  }
  driver.kill('SIGKILL');
  const file = store.lockFile(draft.fingerprint);
  const me = { host: 'here', pid: process.pid, since: 0, purpose: 'next' };
  const lock = await acquire(file, me, { everyMs: 10, signal: AbortSignal.timeout(10_000) });
  expect(lock).toBeDefined();
  const last = (await store.attempts.entries(attempt)).at(-1)!.event;
  expect(last).toMatchObject({ type: 'attempt-stopped' });
  expect((await store.checkpoints.newest(draft.fingerprint))!.step).toBe((last as { step: number }).step);
  lock!.release();
});

test('a second attempt cannot have the lock while the first one runs, whatever its driver does', async () => {
  const store = await temporaryStore();
  const draft = countDraft(40, 5);
  const running = await start(store, draft, COUNT);
  const me = { host: 'here', pid: process.pid, since: 0, purpose: 'second' };
  expect(tryAcquire(store.lockFile(draft.fingerprint), me)).toBeUndefined();
  await end(running);
  expect(tryAcquire(store.lockFile(draft.fingerprint), me)).toBeDefined();
});

test('a torn newest checkpoint: the one before serves, and the bits are the same', async () => {
  const store = await temporaryStore();
  await disturbed(store, 30, 8, (running) => running.stop());
  const home = path.join(store.root, 'attempts', countDraft(30, SLOW).fingerprint, 'checkpoints');
  const newest = Math.max(...(await readdir(home)).map(Number));
  await truncate(path.join(home, `${newest}`, 'tensors.safetensors'), 10);
  const again = await attemptOnce(store, sameAs(30), COUNT);
  expect(again.entries.map(({ event }) => event.type)).toContain('attempt-resumed');
  expect(digestOf(again)).toBe(await undisturbed(30));

  for (const seq of await readdir(home)) await rm(path.join(home, seq, 'state.json'));
  const fresh = await attemptOnce(store, sameAs(30), COUNT);
  expect(fresh.entries[1]!.event).toMatchObject({ type: 'not-resumed' });
  expect(digestOf(fresh)).toBe(digestOf(again));
});

test('a checkpoint that was saved with other arithmetic is not used, and that is said', async () => {
  const store = await temporaryStore();
  const draft = countDraft(30);
  const { fingerprint } = draft;
  await store.checkpoints.save({
    fingerprint,
    attempt: 'elsewhere',
    step: 4,
    total: 30,
    computeMs: 0,
    numerics: { backend: 'tf/tfjs-node', instructionSet: 'avx2', numericsVersion: 1 },
    state: { step: 4, trail: [] },
    tensors: new Uint8Array(0),
  });
  const ended = await attemptOnce(store, draft, COUNT);
  expect(ended.entries[1]!.event).toEqual({
    type: 'not-resumed',
    why: 'checkpoint 1: it was saved with tf/tfjs-node, avx2, numerics version 1, and this is no backend',
  });
  expect(digestOf(ended)).toBe(await undisturbed(30));
});

test('the last checkpoint survives the commit; a lost artifact is made again from it, a fresh attempt ignores it', async () => {
  const store = await temporaryStore();
  const draft = countDraft(30);
  const first = await attemptOnce(store, draft, COUNT);
  await rm(store.objects.directory(digestOf(first)), { recursive: true });
  const repaired = await attemptOnce(store, draft, COUNT);
  expect(repaired.outcome).toMatchObject({ event: { reason: 'repair' } });
  expect(repaired.entries[1]!.event).toMatchObject({ type: 'attempt-resumed', step: 30 });
  const fresh = await attemptOnce(store, { ...draft, fresh: true }, COUNT);
  expect(fresh.entries.map(({ event }) => event.type)).not.toContain('attempt-resumed');
  expect([digestOf(repaired), digestOf(fresh)]).toEqual([digestOf(first), digestOf(first)]);
});

test('a stage that swallows its stop is stopped all the same', async () => {
  const store = await temporaryStore();
  const swallowing = COUNT.replace('await tick(', 'try { await tick(').replace(
    '      }));\n    }',
    '      })); } catch { break; }\n    }',
  );
  expect(swallowing).toContain('catch { break; }');
  const running = await start(store, countDraft(200, SLOW), swallowing);
  const { outcome } = await end(running, ({ event }) => {
    if (event.type === 'checkpoint-saved' && event.step === 3) running.stop();
  });
  expect(outcome.status).toBe('stopped');
  expect(await store.records.find(countDraft(200, SLOW).fingerprint)).toEqual({ damage: [] });
});
