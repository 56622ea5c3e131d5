import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { acquire, describeHolder, type LockHolder, readHolder, tryAcquire } from '../../src/base/locks.ts';

const built = pathToFileURL(path.resolve(import.meta.dirname, '../../dist/base/locks.js')).href;
const me: LockHolder = { host: 'here', pid: process.pid, since: 5, purpose: 'test' };

async function lockFile(): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'naspipe-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return path.join(directory, 'lock');
}

/** A process that takes the lock, starts a child that inherits it, and says both their ids. */
async function driverWithChild(file: string): Promise<{ driver: number; child: number }> {
  const script = `
    import { spawn } from 'node:child_process';
    import { tryAcquire } from ${JSON.stringify(built)};
    const lock = tryAcquire(${JSON.stringify(file)}, { host: 'h', pid: process.pid, since: 0, purpose: 'driver' });
    // The child starts one of its own, which must not keep the lock alive.
    const grandchild = "require('child_process').spawn('sleep', ['5'], { stdio: 'ignore' });";
    const child = spawn(process.execPath, ['-e', grandchild + 'setInterval(() => {}, 1000)'],
      { stdio: ['ignore', 'ignore', 'ignore', lock.descriptor] });
    setTimeout(() => console.log(child.pid), 300);
    setInterval(() => {}, 1000);`;
  const driver = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(driver.stdout, 'data')) as [Buffer];
  return { driver: driver.pid!, child: Number(line.toString()) };
}

/** Milliseconds until the lock is free, at most 5000. */
async function untilFree(file: string): Promise<number> {
  const started = performance.now();
  const lock = await acquire(file, me, { everyMs: 5, signal: AbortSignal.timeout(5000) });
  lock?.release();
  return performance.now() - started;
}

test('a lock is exclusive, says who holds it, and is free after release', async () => {
  const file = await lockFile();
  const lock = tryAcquire(file, me);
  expect(tryAcquire(file, { ...me, purpose: 'other' })).toBeUndefined();
  expect(readHolder(file)).toEqual(me);
  lock!.release();
  lock!.release();
  expect(tryAcquire(file, me)).toBeDefined();
});

test('waiting tells of the holder once, and gets the lock when it is free', async () => {
  const file = await lockFile();
  const lock = tryAcquire(file, me)!;
  const told: (LockHolder | undefined)[] = [];
  const waiting = acquire(file, { ...me, since: 6 }, { waiting: (other) => told.push(other), everyMs: 5 });
  await sleep(50);
  lock.release();
  expect(await waiting).toBeDefined();
  expect(told).toEqual([me]);
});

test('waiting tells of another holder, not of a child that goes on with the lock or of what is not written yet', async () => {
  const file = await lockFile();
  const first = tryAcquire(file, me)!;
  const told: (LockHolder | undefined)[] = [];
  const over = new AbortController();
  const waiting = acquire(
    file,
    { ...me, since: 9 },
    { waiting: (other) => told.push(other), everyMs: 2, signal: over.signal },
  );
  await sleep(20);
  await writeFile(file, '');
  await sleep(20);
  describeHolder(first.descriptor, { ...me, pid: 1 });
  await sleep(20);
  expect(told).toEqual([me]);
  // another takes it in between: both happen before the waiting one looks again
  first.release();
  tryAcquire(file, { ...me, pid: 2, since: 7 });
  await sleep(20);
  expect(told).toEqual([me, { ...me, pid: 2, since: 7 }]);
  over.abort();
  expect(await waiting).toBeUndefined();
});

test('waiting ends with its signal', async () => {
  const file = await lockFile();
  tryAcquire(file, me);
  expect(await acquire(file, me, { signal: AbortSignal.timeout(30), everyMs: 5 })).toBeUndefined();
});

test('a child that inherited the lock holds it after its parent was killed, and nobody after the child was', async () => {
  const file = await lockFile();
  const { driver, child } = await driverWithChild(file);
  expect(tryAcquire(file, me)).toBeUndefined();
  process.kill(driver, 'SIGKILL');
  await sleep(200);
  expect(tryAcquire(file, me)).toBeUndefined();
  process.kill(child, 'SIGKILL');
  expect(await untilFree(file)).toBeLessThan(2000);
});

test('letting go in the parent does not take the lock from the child', async () => {
  const file = await lockFile();
  const lock = tryAcquire(file, me)!;
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    stdio: ['ignore', 'ignore', 'ignore', lock.descriptor],
  });
  lock.release();
  expect(tryAcquire(file, me)).toBeUndefined();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await untilFree(file)).toBeLessThan(2000);
});
