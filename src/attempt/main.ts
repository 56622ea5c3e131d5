import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../base/clock.ts';
import { nodeFiles } from '../base/files.ts';
import { describeHolder, tryAcquire } from '../base/locks.ts';
import { type ArtifactKind, isKind, kinds, partOf } from '../kinds/index.ts';
import { ATTEMPT_FILES, openJournal, openStore, readRequest } from '../store/index.ts';
import { type AttemptParts, runAttempt } from './attempt.ts';
import { type BackendWish, chooseBackend, probe } from './backends.ts';
import { ATTEMPT_EXIT, guardProcess } from './process.ts';
import { listenForStop } from './stop.ts';

/**
 * Entry of the child process.
 *
 *     main.js <attempt directory> [--lock <descriptor>] [--channel]   runs an attempt
 *     main.js --probe [--quick] [--backend cpu|tf] [--threads n]      prints what can train, as JSON
 *
 * `--lock`: number of an inherited descriptor that holds the fingerprint's lock; without it the lock is taken here.
 * `--channel`: standard input comes from a driver, and its end means that the driver is gone.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    probe: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    backend: { type: 'string' },
    threads: { type: 'string' },
    lock: { type: 'string' },
    channel: { type: 'boolean', default: false },
  },
});

/** Time for which each backend is timed by a full probe, milliseconds. */
const PROBE_MS = 500;

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(ATTEMPT_EXIT.internal);
}

async function printProbe(): Promise<void> {
  const { backend, threads } = values;
  if (backend !== undefined && backend !== 'cpu' && backend !== 'tf') refuse(`no backend "${backend}"`);
  const wish: BackendWish = {
    ...(backend === undefined ? {} : { backend }),
    ...(threads === undefined ? {} : { threads: Number(threads) }),
  };
  const found = await probe(wish, values.quick ? 0 : PROBE_MS);
  process.stdout.write(`${JSON.stringify(found, null, 2)}\n`, () => process.exit(0));
}

async function attempt(directory: string): Promise<never> {
  const request = await readRequest(nodeFiles, directory);
  if (!request) {
    const file = path.join(directory, ATTEMPT_FILES.request);
    refuse(`${file} is missing or damaged; run the pipeline again`);
  }
  if (request.v !== 1) refuse(`internal error: expected a request of version 1, got ${request.v}`);
  const opened = await openStore(request.store);
  if (!opened.ok) refuse(opened.failures.map(({ message }) => message).join('; '));
  const store = opened.value;

  const holder = { host: os.hostname(), pid: process.pid, since: Date.now(), purpose: request.stage };
  if (values.lock !== undefined) describeHolder(Number(values.lock), holder);
  else if (!tryAcquire(store.lockFile(request.fingerprint), holder)) {
    refuse('another attempt at this stage is under way');
  }

  const file = path.join(directory, ATTEMPT_FILES.journal);
  const journal = openJournal(nodeFiles, file, request.attempt, systemClock);
  journal.write({ type: 'attempt-started', pid: process.pid, host: holder.host });
  const end = guardProcess(journal);
  const parts: AttemptParts = {
    directory,
    request,
    store,
    files: nodeFiles,
    clock: systemClock,
    journal,
    stop: listenForStop(values.channel ? process.stdin : undefined),
    findKind: (name) => (isKind(name) ? kinds[name] : undefined),
    findPart: (kind, essence, value) =>
      isKind(kind) ? partOf(kinds[kind] as ArtifactKind<never>, essence, value) : undefined,
    chooseBackend,
  };
  return end(await runAttempt(parts));
}

if (values.probe) await printProbe();
else if (positionals.length === 1) await attempt(path.resolve(positionals[0]!));
else refuse('usage: main.js <attempt directory> | --probe');
