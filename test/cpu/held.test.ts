import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Longer than any machine takes: a thread that passed a barrier by itself leaves a job that never ends. */
const LIMIT_MS = 30_000;

async function held(threads: number): Promise<string> {
  const script = path.join(import.meta.dirname, 'held.mjs');
  const options = { timeout: LIMIT_MS, killSignal: 'SIGKILL' } as const;
  const { stdout } = await promisify(execFile)(process.execPath, [script, `${threads}`], options).catch(
    (error: { killed?: boolean }) => {
      if (error.killed) throw new Error(`${threads} threads did not end within ${LIMIT_MS / 1000} s`);
      throw error;
    },
  );
  return stdout.trim();
}

test('threads that wait long for one that is held off its core compute the same bytes', async () => {
  const [one, two, three] = await Promise.all([1, 2, 3].map(held));
  expect(one).toMatch(/^[0-9a-f]{64}$/);
  expect([two, three]).toEqual([one, one]);
});
