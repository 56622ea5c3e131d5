import * as path from 'node:path';
import { type Clock, systemClock } from '../base/clock.ts';
import { ensureDirectory, type Files, nodeFiles, readTextIfWhole } from '../base/files.ts';
import { createGate } from '../base/gate.ts';
import { isHeld } from '../base/locks.ts';
import { type Failure, fail, ok, type Result } from '../base/result.ts';
import { systemFailure } from '../base/system-failure.ts';
import { createAdoption } from './adopt.ts';
import { createAttempts } from './attempts.ts';
import { createCache } from './cache.ts';
import { createCheckpoints } from './checkpoints.ts';
import { type CommitRequest, type Committed, commit } from './commit.ts';
import { type Damage, ensurePlace } from './damage.ts';
import { FORMAT, formatText, parseFormat } from './format.ts';
import { checkStore } from './fsck/fsck.ts';
import type { FsckReport } from './fsck/report.ts';
import { type CollectOptions, collectGarbage } from './gc/collect.ts';
import type { GcPlan } from './gc/plan.ts';
import { layout } from './layout.ts';
import { filesOf, openLookups, pathsOf } from './lookups.ts';
import { createObjects } from './objects.ts';
import type { StoreParts } from './parts.ts';
import { createPins } from './pins.ts';
import { sweepPrivate } from './private.ts';
import { createRecords } from './records.ts';
import { createRuns } from './runs.ts';

/** What has been made, and how: artifacts by digest, records by fingerprint, attempts, runs. */
export interface Store extends StoreParts {
  /** Removes what no run, pin or attempt under way needs; says what went, or with `dryRun` what would go. */
  collect(options: CollectOptions): Promise<GcPlan>;
  /** Checks all of the store, every byte; with `repair` mends what it finds. */
  check(repair: boolean): Promise<FsckReport>;
  /** Keeps a finished stage: objects first, then the record. */
  commit(request: CommitRequest): Promise<Committed>;
}

export interface StoreOptions {
  readonly files?: Files;
  readonly clock?: Clock;
  /** Told of what is found damaged and moved aside, where the call that finds it has no other way to say so. */
  readonly onDamage?: (damage: Damage) => void;
  /** Open a store although its `store.json` is damaged, to repair it. */
  readonly evenIfDamaged?: boolean;
}

/** Why a directory cannot be used, to end a sentence. */
function whyUnusable(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOTDIR':
    case 'EEXIST':
      return 'there is a file in its way';
    case 'ENOENT':
      return 'it is a link that leads nowhere';
    case 'ELOOP':
      return 'its links lead in a circle';
    default:
      return systemFailure(error)?.message ?? (error as Error).message;
  }
}

/**
 * Opens the store in a directory, creating it when needed. Fails with `store-format` when a naspipe of another format
 * made it, `store-unusable` when the directory cannot be used.
 */
export async function openStore(
  root: string,
  { files = nodeFiles, clock = systemClock, onDamage = () => {}, evenIfDamaged = false }: StoreOptions = {},
): Promise<Result<Store, Failure<'store-format' | 'store-unusable'>>> {
  const at = layout(path.resolve(root));
  try {
    await ensureDirectory(files, at.root);
    for (const damage of await ensurePlace(files, at, at.locks)) onDamage(damage);
    if (!(await files.stat(at.format))) await files.createExclusive(at.format, formatText);
    const format = parseFormat(await readTextIfWhole(files, at.format));
    if (format === undefined && !evenIfDamaged) {
      const message = `${at.format} is damaged; npx pipe fsck --repair writes it anew`;
      return fail({ code: 'store-unusable', message });
    }
    if (format !== undefined && format !== FORMAT) {
      const message = `${at.root} has store format ${format}; this naspipe reads format ${FORMAT}: use the naspipe that made it, or another store with --store`;
      return fail({ code: 'store-format', message });
    }
    await sweepPrivate(files, at, clock);
  } catch (error) {
    const message = `${at.root} cannot be used as a store: ${whyUnusable(error)}`;
    return fail({ code: 'store-unusable', message });
  }
  const objects = createObjects(files, at, clock);
  const records = createRecords(files, at, objects);
  const gate = createGate(at.gate);
  const cache = createCache(files, at);
  const parts: StoreParts = {
    root: at.root,
    objects,
    records,
    pathsOf: (basis) => pathsOf(at, basis),
    async basisOf(artifact) {
      const names = await filesOf(objects, artifact);
      return names && { numbers: [], files: { [artifact]: names } };
    },
    lookups: (name) => openLookups({ files, at, clock, cache, records, objects }, name),
    checkpoints: createCheckpoints(files, at, clock),
    attempts: createAttempts(files, at, clock),
    runs: createRuns({ files, at, clock, gate, onDamage }),
    adoption: createAdoption(files, at, records),
    pins: createPins(files, at, clock),
    gate,
    cache,
    lockFile: at.lock,
    isBusy: (fingerprint) => isHeld(at.lock(fingerprint)),
  };
  const all = { store: parts, files, at, clock };
  return ok({
    ...parts,
    check: (repair) => checkStore(all, repair),
    collect: (options) => collectGarbage(all, options),
    commit: (request) => gate.shared(() => commit(objects, records, request)),
  });
}
