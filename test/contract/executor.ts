import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { tryAcquire } from '../../src/base/locks.ts';
import type { Executor } from '../../src/executors/index.ts';
import type { RequestDraft, Store } from '../../src/store/index.ts';
import { COUNT, countDraft, draftOf, end } from '../attempt/fixture.ts';
import { temporaryStore } from '../store/fixture.ts';

const holder = { host: 'here', pid: process.pid, since: 0, purpose: 'contract' };

const body = (text: string): string => `export default { async run(context) { ${text} } };`;

/** What every executor promises. */
export function executorContract(name: string, create: () => Executor): void {
  const begin = async (store: Store, draft: RequestDraft, bundle: string) => {
    const attempt = await store.attempts.prepare(draft, bundle);
    const lock = tryAcquire(store.lockFile(draft.fingerprint), holder)!;
    const running = create().start(attempt, { lock });
    lock.release();
    return running;
  };
  const run = async (bundle: string) => {
    const store = await temporaryStore();
    const running = await begin(store, draftOf('any'), bundle);
    return { running, ...(await end(running)) };
  };

  describe(`executor ${name}`, () => {
    test('an attempt that succeeds is committed, and its record is in the store', async () => {
      const store = await temporaryStore();
      const draft = countDraft(3);
      const running = await begin(store, draft, COUNT);
      const { outcome, entries } = await end(running);
      const { record } = await store.records.find(draft.fingerprint);
      expect(outcome).toMatchObject({ status: 'committed', event: { record: 1, outputs: record!.outputs } });
      expect(record!.attempt).toBe(running.attempt.id);
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, i) => i + 1));
      expect(entries.at(-1)!.event.type).toBe('attempt-committed');
    });

    test("a stage's failure comes with its words and its stack", async () => {
      const { outcome, entries } = await run(body(`throw new RangeError('too far')`));
      expect(outcome).toMatchObject({
        status: 'failed',
        code: 'stage-threw',
        message: 'RangeError: too far',
      });
      expect(outcome.status === 'failed' && outcome.stack).toContain('bundle.mjs');
      expect(entries.at(-1)!.event.type).toBe('attempt-failed');
    });

    test('what it prints, and the stack of what it throws, are in its log', async () => {
      const { running } = await run(
        body(`console.log('to out'); console.error('to err'); throw new Error('bad')`),
      );
      const log = await readFile(running.attempt.log, 'utf8');
      expect(log.split('\n').slice(0, 2)).toEqual(['to out', 'to err']);
      expect(log).toContain('Error: bad\n    at ');
    });

    test('stopped, it says where it would go on', async () => {
      const store = await temporaryStore();
      const running = await begin(store, countDraft(500, 5), COUNT);
      const { outcome } = await end(running, ({ event }) => {
        if (event.type === 'progress') running.stop();
      });
      expect(outcome).toEqual({ status: 'stopped', step: expect.any(Number) });
    });

    test('killed, it leaves its last checkpoint', async () => {
      const store = await temporaryStore();
      const draft = countDraft(500, 5);
      const running = await begin(store, draft, COUNT);
      const { outcome } = await end(running, ({ event }) => {
        if (event.type === 'checkpoint-saved') running.kill();
      });
      expect(outcome).toEqual({ status: 'killed', signal: 'SIGKILL' });
      expect((await store.checkpoints.newest(draft.fingerprint))!.step).toBeGreaterThan(0);
    });

    test('a process that dies without a word is told apart from a failure', async () => {
      const { outcome } = await run(body('process.abort()'));
      expect(outcome).toEqual({ status: 'killed', signal: 'SIGABRT' });
    });

    test('stopping and killing what has ended does nothing', async () => {
      const { running, outcome } = await run(body('return { out: 1 }'));
      running.stop();
      running.kill();
      expect(outcome.status).toBe('committed');
    });

    test('the attempt holds the lock until its process is gone, although the caller has let go', async () => {
      const store = await temporaryStore();
      const draft = countDraft(20, 5);
      const running = await begin(store, draft, COUNT);
      expect(tryAcquire(store.lockFile(draft.fingerprint), holder)).toBeUndefined();
      await end(running);
      expect(tryAcquire(store.lockFile(draft.fingerprint), holder)).toBeDefined();
    });
  });
}
