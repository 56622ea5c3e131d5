import * as path from 'node:path';
import { type Clock, systemClock } from '../base/clock.ts';
import { ensureDirectory, type Files, nodeFiles, readTextIfWhole } from '../base/files.ts';
import { createGate, type Gate } from '../base/gate.ts';
import { isHeld } from '../base/locks.ts';
import { type Failure, fail, ok, type Result } from '../base/result.ts';
import { type Adoption, createAdoption } from './adopt.ts';
import { type Attempts, createAttempts } from './attempts.ts';
import { type Cache, createCache } from './cache.ts';
import { type Checkpoints, createCheckpoints } from './checkpoints.ts';
import { type CommitRequest, type Committed, commit } from './commit.ts';
import { type Damage, ensurePlace } from './damage.ts';
import { checkStore, type FsckReport } from './fsck/fsck.ts';
import { type CollectOptions, collectGarbage } from './gc/collect.ts';
import type { GcPlan } from './gc/plan.ts';
import { layout } from './layout.ts';
import { type Basis, filesOf, type Lookups, openLookups, pathsOf } from './lookups.ts';
import { createObjects, type Objects } from './objects.ts';
import { createPins, type Pins } from './pins.ts';
import { sweepPrivate } from './private.ts';
import { createRecords, type Records } from './records.ts';
import { createRuns, type Runs } from './runs.ts';

/** Version of the layout and of the formats of everything that is not versioned itself. */
export const FORMAT = 1;

/** What `store.json` says. */
export const formatText = `${JSON.stringify({ format: FORMAT })}\n`;

/** The format that `store.json` names; nothing when it names none. */
export function parseFormat(text: string | undefined): number | undefined {
  try {
    const { format } = JSON.parse(text ?? '') as { format?: unknown };
    return Number.isInteger(format) ? (format as number) : undefined;
  } catch {
    return undefined;
  }
}

/** What has been made, and how: artifacts by digest, records by fingerprint, attempts, runs. */
export interface Store {
  /** Absolute path. */
  readonly root: string;
  readonly objects: Objects;
  readonly records: Records;
  /** Everything on disk that some lookups and artifacts depend on. */
  pathsOf(basis: Basis): string[];
  /** What an artifact depends on; nothing when it is not there whole. */
  basisOf(artifact: string): Promise<Basis | undefined>;
  /** The lookups of records that are kept under a name. */
  lookups(name: string): Promise<Lookups>;
  readonly checkpoints: Checkpoints;
  readonly attempts: Attempts;
  readonly runs: Runs;
  readonly pins: Pins;
  /** Takes in what another store made. */
  readonly adoption: Adoption;
  /** Shared by who looks something up and then says that it uses it; held alone by who collects garbage. */
  readonly gate: Gate;
  readonly cache: Cache;
  /** Lock file of a fingerprint, for src/base/locks.ts; its directory exists. */
  lockFile(fingerprint: string): string;
  /** Whether an attempt at the fingerprint is under way. */
  isBusy(fingerprint: string): boolean;
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
    const notDirectory = /^(ENOTDIR|EEXIST)$/.test((error as NodeJS.ErrnoException).code ?? '');
    const reason = notDirectory ? 'there is a file in its way' : (error as Error).message;
    const message = `${at.root} cannot be used as a store: ${reason}`;
    return fail({ code: 'store-unusable', message });
  }
  const objects = createObjects(files, at, clock);
  const records = createRecords(files, at, objects);
  const gate = createGate(at.gate);
  const cache = createCache(files, at);
  const store: Store = {
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
    check: (repair) => checkStore({ store, files, at, clock }, repair),
    collect: (options) => collectGarbage({ store, files, at, clock }, options),
    commit: (request) => gate.shared(() => commit(objects, records, request)),
  };
  return ok(store);
}
