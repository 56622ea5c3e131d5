import * as os from 'node:os';
import * as path from 'node:path';
import { systemClock } from '../base/clock.ts';
import { nodeFiles } from '../base/files.ts';
import { describeHolder, readHolder, tryAcquire } from '../base/locks.ts';
import { type ArtifactKind, isKind, kinds, partOf } from '../kinds/index.ts';
import { ATTEMPT_FILES, openJournal, openStore, readRequest } from '../store/index.ts';
import { type AttemptParts, runAttempt } from './attempt.ts';
import { guardProcess, refuse } from './process.ts';
import { listenForStop } from './stop.ts';

export interface ServeOptions {
  /** Number of an inherited descriptor that holds the fingerprint's lock; absent: the lock is taken here. */
  readonly lock?: number;
  /** Standard input comes from a driver, and its end means that the driver is gone. */
  readonly channel: boolean;
}

/** What attempts have in common: the machine's files and clock, and what is known of kinds. */
export const surroundings: Pick<AttemptParts, 'files' | 'clock' | 'findKind' | 'findPart'> = {
  files: nodeFiles,
  clock: systemClock,
  findKind: (name) => (isKind(name) ? kinds[name] : undefined),
  findPart: (kind, essence, value) =>
    isKind(kind) ? partOf(kinds[kind] as ArtifactKind<never>, essence, value) : undefined,
};

/** Runs the attempt of a directory in this process, on the backend that `chooseBackend` opens, and ends the process. */
export async function serveAttempt(
  directory: string,
  { lock, channel }: ServeOptions,
  chooseBackend: AttemptParts['chooseBackend'],
): Promise<never> {
  const request = await readRequest(nodeFiles, directory);
  if (!request) {
    const file = path.join(directory, ATTEMPT_FILES.request);
    refuse(`${file} is missing or damaged; run the pipeline again`);
  }
  if (request.v !== 1) refuse(`internal error: expected a request of version 1, got ${request.v}`);
  const opened = await openStore(request.store);
  if (!opened.ok) refuse(opened.failures.map(({ message }) => message).join('; '));
  const store = opened.value;

  const file = store.lockFile(request.fingerprint);
  const holder = { host: os.hostname(), pid: process.pid, since: Date.now(), purpose: request.stage };
  if (lock !== undefined) describeHolder(lock, { ...holder, since: readHolder(file)?.since ?? holder.since });
  else if (!tryAcquire(file, holder)) {
    refuse('another attempt at this stage is under way');
  }

  const lines = path.join(directory, ATTEMPT_FILES.journal);
  const journal = openJournal(nodeFiles, lines, request.attempt, systemClock);
  journal.write({ type: 'attempt-started', pid: process.pid, host: holder.host });
  const end = guardProcess(journal);
  const stop = listenForStop(channel ? process.stdin : undefined);
  return end(await runAttempt({ directory, request, store, journal, stop, chooseBackend, ...surroundings }));
}
