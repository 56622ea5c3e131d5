import { availableParallelism } from 'node:os';
import { setImmediate as immediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Digest } from './digest.ts';
import { hashFile } from './hash-file.ts';

/** A file and its size, which only says how to share the work. */
export type SizedFile = readonly [file: string, size: number];

/** What opening and closing a file costs, in bytes that could be hashed meanwhile. */
const OPENING = 8 * 1024;
/** Costs that hold up everything else together: some milliseconds. */
const AT_ONCE = 8 << 20;
/** Costs above which starting threads pays. */
const ALONE = 64 << 20;
const MAX_THREADS = 8;

const costOf = ([, size]: SizedFile): number => size + OPENING;

/** Splits files into parts of about the same cost, in their order; a large file is a part of its own. */
function* partsOf(files: readonly SizedFile[]): Generator<readonly string[]> {
  let part: string[] = [];
  let cost = 0;
  for (const each of files) {
    part.push(each[0]);
    cost += costOf(each);
    if (cost < AT_ONCE) continue;
    yield part;
    part = [];
    cost = 0;
  }
  if (part.length > 0) yield part;
}

async function here(files: readonly SizedFile[]): Promise<Digest[]> {
  const found: Digest[] = [];
  for (const part of partsOf(files)) {
    if (found.length > 0) await immediate();
    for (const file of part) found.push(hashFile(file));
  }
  return found;
}

interface Answer {
  readonly digests?: readonly Digest[];
  readonly error?: { readonly message: string; readonly code: string };
}

/** Gives one thread part after part until none is left. */
const serve = (
  worker: Worker,
  parts: Iterator<readonly [number, readonly string[]]>,
  found: (part: number, digests: readonly Digest[]) => void,
): Promise<void> =>
  new Promise((resolve, reject) => {
    let part = 0;
    const next = () => {
      const { done, value } = parts.next();
      if (done) return resolve();
      part = value[0];
      worker.postMessage(value[1]);
    };
    worker.on('message', ({ digests, error }: Answer) => {
      if (error) return reject(Object.assign(new Error(error.message), error));
      found(part, digests!);
      next();
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a thread that hashes ended with code ${code}`)));
    next();
  });

async function inThreads(files: readonly SizedFile[], threads: number): Promise<Digest[]> {
  const parts = [...partsOf(files)];
  const digests: (readonly Digest[])[] = [];
  const left = parts.entries();
  const worker = new URL('../../dist/base/hash-worker.js', import.meta.url);
  const workers = parts.slice(0, threads).map(() => new Worker(worker, { execArgv: [] }));
  try {
    await Promise.all(
      workers.map((each) =>
        serve(each, left, (part, found) => {
          digests[part] = found;
        }),
      ),
    );
  } finally {
    for (const each of workers) void each.terminate();
  }
  return digests.flat();
}

/**
 * sha256 of many files, in their order: here when there is little to do, else in threads, one a core. Rejects with
 * Node's errors when one cannot be read.
 */
export async function hashFiles(
  files: readonly SizedFile[],
  threads = Math.min(availableParallelism(), MAX_THREADS),
): Promise<Digest[]> {
  const cost = files.reduce((sum, each) => sum + costOf(each), 0);
  return cost <= ALONE ? here(files) : inThreads(files, threads);
}
