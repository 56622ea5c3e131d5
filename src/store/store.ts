import * as path from 'node:path';
import { type Clock, systemClock } from '../base/clock.ts';
import { ensureDirectory, type Files, nodeFiles, readTextIfWhole } from '../base/files.ts';
import { type Failure, fail, ok, type Result } from '../base/result.ts';
import { type Attempts, createAttempts } from './attempts.ts';
import { type Checkpoints, createCheckpoints } from './checkpoints.ts';
import { type CommitRequest, type Committed, commit } from './commit.ts';
import { layout } from './layout.ts';
import { createObjects, type Objects } from './objects.ts';
import { sweepPrivate } from './private.ts';
import { createRecords, type Records } from './records.ts';
import { createRuns, type Runs } from './runs.ts';

/** Version of the layout and of the formats of everything that is not versioned itself. */
const FORMAT = 1;

/** What has been made, and how: artifacts by digest, records by fingerprint, attempts, runs. */
export interface Store {
  /** Absolute path. */
  readonly root: string;
  readonly objects: Objects;
  readonly records: Records;
  readonly checkpoints: Checkpoints;
  readonly attempts: Attempts;
  readonly runs: Runs;
  /** Lock file of a fingerprint, for src/base/locks.ts; its directory exists. */
  lockFile(fingerprint: string): string;
  /** Keeps a finished stage: objects first, then the record. */
  commit(request: CommitRequest): Promise<Committed>;
}

export interface StoreOptions {
  readonly files?: Files;
  readonly clock?: Clock;
}

/**
 * Opens the store in a directory, creating it when needed. Fails with `store-format` when a naspipe of another format
 * made it, `store-unusable` when the directory cannot be used.
 */
export async function openStore(
  root: string,
  { files = nodeFiles, clock = systemClock }: StoreOptions = {},
): Promise<Result<Store, Failure<'store-format' | 'store-unusable'>>> {
  const at = layout(path.resolve(root));
  try {
    await ensureDirectory(files, at.root);
    await ensureDirectory(files, at.locks);
    const created = await files.createExclusive(at.format, `${JSON.stringify({ format: FORMAT })}\n`);
    const text = created ? undefined : await readTextIfWhole(files, at.format);
    if (text !== undefined && JSON.parse(text).format !== FORMAT) {
      const message = `${at.root} has store format ${JSON.parse(text).format}; this naspipe reads format ${FORMAT}`;
      return fail({ code: 'store-format', message });
    }
    await sweepPrivate(files, at, clock);
  } catch (error) {
    const message = `${at.root} cannot be used as a store: ${(error as Error).message}`;
    return fail({ code: 'store-unusable', message });
  }
  const objects = createObjects(files, at, clock);
  const records = createRecords(files, at, objects);
  return ok({
    root: at.root,
    objects,
    records,
    checkpoints: createCheckpoints(files, at, clock),
    attempts: createAttempts(files, at, clock),
    runs: createRuns(files, at, clock),
    lockFile: at.lock,
    commit: (request) => commit(objects, records, request),
  });
}
