import * as path from 'node:path';
import { expect, test } from 'vitest';
import { runAttempt } from '../../src/attempt/attempt.ts';
import { systemClock } from '../../src/base/clock.ts';
import { type Files, nodeFiles } from '../../src/base/files.ts';
import { isKind, kinds } from '../../src/kinds/index.ts';
import type { AttemptRequest } from '../../src/schema/generated/attempt-request.ts';
import type { AttemptEvent } from '../../src/schema/generated/journal.ts';
import { type Fault, type FileCall, faultyFiles } from '../base/faulty-files.ts';
import { open, temporaryRoot } from '../store/fixture.ts';
import { COUNT, countDraft } from './fixture.ts';

const QUIET = COUNT.replace(/console.log.*/, '');

/** An attempt inside this process, on a file system with faults. */
async function attemptWith(faultAt: (call: FileCall) => Fault | undefined) {
  const root = await temporaryRoot();
  const draft = countDraft(4);
  const store = await open(root);
  const attempt = await store.attempts.prepare(draft, QUIET);
  const request = (await store.attempts.request(attempt)) as AttemptRequest;
  const events: AttemptEvent[] = [];
  const files: Files = faultyFiles(faultAt).files;
  const ended = await runAttempt({
    directory: attempt.directory,
    request,
    store: await open(root, files),
    files: nodeFiles,
    clock: systemClock,
    journal: { write: (event) => void events.push(event), close: () => {} },
    stop: { requested: false },
    findPart: () => undefined,
    findKind: (name) => (isKind(name) ? kinds[name] : undefined),
    chooseBackend: () => Promise.reject(new Error('no backend is needed')),
  });
  return { ended, events, store, draft };
}

test('a disk too full for a checkpoint costs the checkpoint, not the training', async () => {
  const { ended, events } = await attemptWith(({ method, file }) =>
    method === 'writeNew' && file.includes(`${path.sep}checkpoints${path.sep}`) ? 'ENOSPC' : undefined,
  );
  expect(ended).toMatchObject({ type: 'attempt-committed', record: 1 });
  expect(events.map(({ type }) => type)).not.toContain('checkpoint-saved');
  const failed = events.filter(({ type }) => type === 'checkpoint-failed');
  expect(failed).toHaveLength(1);
  expect(failed[0]).toMatchObject({
    why: expect.stringMatching(/^no space is left on the disk \(.*\); free some/),
  });
});

test('a disk too full for the outputs is a failure that says so, and the last checkpoint remains', async () => {
  const { ended, store, draft } = await attemptWith(({ method, file }) =>
    method === 'writeNew' && file.includes(`${path.sep}tmp${path.sep}`) && file.includes('artifacts')
      ? 'ENOSPC'
      : undefined,
  );
  expect(ended).toMatchObject({ type: 'attempt-failed', code: 'no-space' });
  expect(await store.records.find(draft.fingerprint)).toEqual({ damage: [] });
  expect((await store.checkpoints.newest(draft.fingerprint))!.step).toBe(4);
});

test('a disk that fails to take the record is a failure, and nothing is committed', async () => {
  const { ended, store, draft } = await attemptWith(({ method, file }) =>
    method === 'createExclusive' && file.includes('records') ? 'EIO' : undefined,
  );
  expect(ended).toMatchObject({ type: 'attempt-failed', code: 'input-output' });
  expect(await store.records.find(draft.fingerprint)).toEqual({ damage: [] });
});
