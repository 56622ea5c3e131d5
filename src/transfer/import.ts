import * as os from 'node:os';
import * as path from 'node:path';
import type { ArchiveFailure } from '../archive/index.ts';
import { systemClock } from '../base/clock.ts';
import type { Files } from '../base/files.ts';
import { acquire } from '../base/locks.ts';
import { type Failure, fail, ok, type Result } from '../base/result.ts';
import type { RunResult } from '../schema/generated/run-result.ts';
import type { Store } from '../store/index.ts';
import { MANIFEST, parseManifest } from '../store/tree.ts';
import { missingUses, USES, useLine } from '../store/uses.ts';
import { readExport } from './read.ts';
import { type Unit, unitsOf } from './units.ts';
import { verifyExport } from './verify.ts';

/** What was taken in. */
export interface Imported {
  readonly run: string;
  readonly pipeline: string;
  /** Artifacts and records that the store did not have. */
  readonly artifacts: number;
  readonly records: number;
  /** The store had the run already. */
  readonly known: boolean;
}

export type ImportFailure = ArchiveFailure | Failure<'run-exists'>;

/** Holds the lock of a fingerprint while something is done with its records or attempts. */
async function withLock<T>(store: Store, fingerprint: string, work: () => Promise<T>): Promise<T> {
  const holder = { host: os.hostname(), pid: process.pid, since: systemClock.now(), purpose: 'import' };
  const lock = await acquire(store.lockFile(fingerprint), holder);
  if (!lock) throw new Error('internal error: expected a lock that is waited for, got none');
  try {
    return await work();
  } finally {
    lock.release();
  }
}

async function putObject(store: Store, { directory, tree }: Unit): Promise<boolean> {
  const { kind, kindVersion } = parseManifest(new TextDecoder().decode(tree.get(MANIFEST)))!;
  const files = new Map(tree);
  files.delete(MANIFEST);
  const { digest, reused } = await store.objects.put(kind, kindVersion, files);
  if (!directory.endsWith(digest)) throw new Error(`internal error: expected ${directory}, got ${digest}`);
  return !reused;
}

/**
 * Takes an exported run into a store: artifacts, records, attempts, and last the run. Everything is checked first; of an
 * archive that is damaged or leads elsewhere nothing is taken. Fails with `run-exists` when the store has another run of that
 * id. A run that was taken in before stays as it is; what is missing of it is added.
 */
export async function importRun(
  store: Store,
  files: Files,
  file: string,
): Promise<Result<Imported, ImportFailure>> {
  const verified = await verifyExport(files, file);
  if (!verified.ok) return verified;
  const { result } = verified.value;
  const directory = store.runs.directory(result.run);
  const known = (await files.stat(directory)) !== undefined;
  if (known) {
    const other = (await store.runs.results(result.run)) as RunResult | undefined;
    if (JSON.stringify(other) !== JSON.stringify(result)) {
      const message = `the store has another run ${result.run}; import into another store with --store`;
      return fail({ code: 'run-exists', message });
    }
  }
  return store.gate.shared(async () => {
    const taken = { artifacts: 0, records: 0 };
    let run: Unit | undefined;
    for await (const found of unitsOf(readExport(files, file))) {
      if (!found.ok) return found;
      if ('manifest' in found.value) continue;
      const unit = found.value;
      if (unit.what === 'object' && (await putObject(store, unit))) taken.artifacts++;
      if (unit.what === 'run') run = unit;
      if (unit.what === 'attempt') await store.adoption.place(unit.directory, unit.tree);
      if (unit.what === 'checkpoint') await placeCheckpoint(store, files, unit);
    }
    for (const record of verified.value.records) {
      const kept = await withLock(store, record.fingerprint, () => store.adoption.record(record));
      if (kept) taken.records++;
    }
    if (run) await placeRun(store, files, result, run);
    return ok({ run: result.run, pipeline: result.pipeline, ...taken, known });
  });
}

/** A store's own checkpoints are at least as good; number 0, which a branch begins from, is there once. */
const placeCheckpoint = (store: Store, files: Files, { directory, tree }: Unit): Promise<boolean> => {
  const [, fingerprint = '', , number] = directory.split('/');
  return withLock(store, fingerprint, async () => {
    const there = await files.list(path.join(store.root, path.dirname(directory)));
    const rivals = there.filter((name) => (name === '0') === (number === '0'));
    return rivals.length === 0 && (await store.adoption.place(directory, tree));
  });
};

/**
 * The run's directory whole, with what it relies on; then those of its links that are not there. `latest` stays where it
 * is; a store without one gets it.
 */
async function placeRun(store: Store, files: Files, result: RunResult, unit: Unit): Promise<void> {
  const { run, pipeline, stages } = result;
  const uses = missingUses([], result).map(useLine).join('');
  await store.adoption.place(unit.directory, new Map([...unit.tree, [USES, new TextEncoder().encode(uses)]]));
  const directory = store.runs.directory(run);
  for (const [id, stage] of Object.entries(stages)) {
    const place = path.join(directory, id);
    const outputs = Object.entries(stage!.outputs);
    if (outputs.length > 0) await files.makeDirectory(place);
    for (const [port, { digest } = { digest: '' }] of outputs) {
      const [target, link] = [path.relative(place, store.objects.directory(digest)), path.join(place, port)];
      if ((await files.readLink(link)) !== target) await files.link(target, link);
    }
  }
  for (const name of ['latest', `latest-${pipeline}`]) {
    const link = store.runs.directory(name);
    if ((await files.readLink(link)) === undefined) await files.link(run, link);
  }
}
