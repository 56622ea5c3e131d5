import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { readHolder, tryAcquire } from '../../src/base/locks.ts';
import { localExecutor } from '../../src/executors/index.ts';
import { DOUBLE, draftOf, end, start } from '../attempt/fixture.ts';
import { executorContract } from '../contract/executor.ts';
import { temporaryStore } from '../store/fixture.ts';

executorContract('local', () => localExecutor());

const groupOf = async (pid: number): Promise<number> =>
  Number((await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]!.split(' ')[2]);

test.skipIf(process.platform !== 'linux')(
  "the child is in the driver's process group, so that a terminal's signals reach it (skipped where there is no /proc)",
  async () => {
    const store = await temporaryStore();
    const bundle = `export default { async run() { await new Promise((done) => setTimeout(done, 300)); return { out: 1 }; } };`;
    const running = await start(store, draftOf('any'), bundle);
    expect(await groupOf(running.pid!)).toBe(await groupOf(process.pid));
    await end(running);
  },
);

test('whoever waits for the lock is told the process that works, not its driver', async () => {
  const store = await temporaryStore();
  const draft = draftOf('slow');
  const bundle = `export default { async run() { await new Promise((done) => setTimeout(done, 100)); return { out: 1 }; } };`;
  const running = await start(store, draft, bundle);
  await end(running);
  expect(readHolder(store.lockFile(draft.fingerprint))).toMatchObject({ pid: running.pid, purpose: 'slow' });
});

test('an entry that cannot run at all is a killed attempt with its exit code, and the log says why', async () => {
  const store = await temporaryStore();
  const attempt = await store.attempts.prepare(draftOf('any'), DOUBLE);
  const holder = { host: 'here', pid: process.pid, since: 0, purpose: 'test' };
  const lock = tryAcquire(store.lockFile(attempt.fingerprint), holder)!;
  const entry = path.join(store.root, 'nowhere.js');
  const { outcome } = await end(localExecutor({ entry }).start(attempt, { lock }));
  expect(outcome).toEqual({ status: 'killed', exitCode: 1 });
  expect(await readFile(attempt.log, 'utf8')).toContain('Cannot find module');
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s, which a terminal or a scheduler sends to all, stops an attempt that is too young to listen',
  async (signal) => {
    const store = await temporaryStore();
    const attempt = await store.attempts.prepare(draftOf('any'), DOUBLE);
    const holder = { host: os.hostname(), pid: process.pid, since: 0, purpose: 'test' };
    const lock = tryAcquire(store.lockFile(attempt.fingerprint), holder)!;
    const entry = path.join(store.root, 'deaf.mjs');
    await writeFile(entry, 'setInterval(() => {}, 1000);');
    const running = localExecutor({ entry }).start(attempt, { lock });
    process.kill(running.pid!, signal);
    expect((await end(running)).outcome).toEqual({ status: 'stopped' });
  },
);

test('an attempt can be run by hand, takes the lock itself, and refuses when it is held', async () => {
  const store = await temporaryStore();
  const main = path.resolve(import.meta.dirname, '../../dist/attempt/main.js');
  const draft = draftOf('double', { params: { value: 21 } });
  const attempt = await store.attempts.prepare(draft, DOUBLE);
  const holder = { host: 'here', pid: process.pid, since: 0, purpose: 'test' };
  const lock = tryAcquire(store.lockFile(draft.fingerprint), holder)!;
  const byHand = () => spawn(process.execPath, [main, attempt.directory], { stdio: 'ignore' });
  expect(await once(byHand(), 'exit')).toEqual([4, null]);
  expect(await store.records.find(draft.fingerprint)).toEqual({ damage: [] });
  lock.release();
  expect(await once(byHand(), 'exit')).toEqual([0, null]);
  expect((await store.records.find(draft.fingerprint)).record).toMatchObject({ n: 1, reason: 'first' });
});
