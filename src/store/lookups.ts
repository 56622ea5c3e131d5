import * as path from 'node:path';
import type { Clock } from '../base/clock.ts';
import { digestBytes } from '../base/digest.ts';
import type { Files } from '../base/files.ts';
import { isSettled } from '../base/settled.ts';
import type { Lineage, StageRecord } from '../schema/generated/record.ts';
import type { Cache } from './cache.ts';
import type { Damage } from './damage.ts';
import type { Layout } from './layout.ts';
import type { Objects } from './objects.ts';
import { divergenceAmong, type Records, standing } from './records.ts';
import { MANIFEST } from './tree.ts';

/** What planning and running want to know of a record. */
export type FoundRecord = Pick<
  StageRecord,
  'n' | 'determinism' | 'outputs' | 'summary' | 'attempt' | 'accepted'
> & {
  /** Which of the fingerprint's records should have equal outputs and have not. */
  readonly diverged?: string;
  readonly times: Pick<StageRecord['times'], 'computeMs' | 'finishedAt'>;
  readonly lineage: Pick<Lineage, 'inputs' | 'numerics' | 'branched'>;
};

/**
 * Looks fingerprints up as `Records.find` does. What was found the last time is believed for as long as the file system
 * says that neither the records of the fingerprint nor the files of their outputs have changed since, so that what has
 * not changed is not read.
 */
export interface Lookups {
  find(fingerprint: string): Promise<{ readonly record?: FoundRecord; readonly damage: readonly Damage[] }>;
  /** What must be as it is for these lookups to find what they found; nothing when that cannot be said of all of them. */
  basis(fingerprints: Iterable<string>): readonly Basis[] | undefined;
  /** Keeps what was found for the next time. */
  keep(): Promise<void>;
}

/** What a lookup depends on: the records of a fingerprint, and the files of artifacts. */
export interface Basis {
  /** Absent of an artifact that comes from outside. */
  readonly fingerprint?: string;
  /** Numbers of all records of the fingerprint. */
  readonly numbers: readonly number[];
  /** Digest of an artifact → its files. */
  readonly files: { readonly [digest: string]: readonly string[] };
}

/** What was found, and what must be as it was for it to hold. */
interface Kept extends Basis {
  readonly record: FoundRecord;
  /** Digest of what the file system says of all these. */
  readonly stats: string;
}

interface KeptLookups {
  readonly v: 1;
  readonly found: { readonly [fingerprint: string]: Kept };
}

/** Lookups that were not asked for again are kept as well, up to so many times the number of those that were. */
const SPARE = 2;

const recordOf = (record: StageRecord, diverged: string | undefined): FoundRecord => {
  const { n, determinism, outputs, summary, attempt, accepted, times, lineage } = record;
  return {
    n,
    determinism,
    outputs,
    summary,
    attempt,
    ...(accepted !== undefined && { accepted }),
    ...(diverged !== undefined && { diverged }),
    times: { computeMs: times.computeMs, finishedAt: times.finishedAt },
    lineage: {
      ...(lineage.inputs !== undefined && { inputs: lineage.inputs }),
      ...(lineage.numerics !== undefined && { numerics: lineage.numerics }),
      ...(lineage.branched !== undefined && { branched: lineage.branched }),
    },
  };
};

/** Everything on disk that a lookup depends on. */
export function pathsOf(at: Layout, { fingerprint, numbers, files }: Basis): string[] {
  const paths: string[] = [];
  if (fingerprint !== undefined) {
    const records = `${at.records}/${fingerprint}`;
    paths.push(records);
    for (const n of numbers) paths.push(`${records}/${n}.json`);
  }
  for (const digest of Object.keys(files)) {
    const object = `${at.objects}/${digest.slice(0, 2)}/${digest}`;
    paths.push(object);
    for (const name of files[digest]!) paths.push(`${object}/${name}`);
    const below = files[digest]!.filter((name) => name.includes('/'));
    if (below.length > 0) paths.push(...new Set(below.map((name) => path.dirname(`${object}/${name}`))));
  }
  return paths;
}

/** The files of an artifact, its manifest among them; nothing when the store has it not whole. */
export async function filesOf(objects: Objects, digest: string): Promise<readonly string[] | undefined> {
  const manifest = await objects.manifest(digest);
  return manifest && [MANIFEST, ...manifest.entries.map(([file]) => file)];
}

/** What the file system says of some paths, and whether that was settled at a time (ms); nothing when one is missing. */
async function statsOf(
  files: Files,
  paths: readonly string[],
  started?: number,
): Promise<{ readonly stats: string; readonly settled: boolean } | undefined> {
  let text = '';
  let settled = true;
  for (const stat of await files.statAll(paths)) {
    if (stat === undefined) return undefined;
    const directory = stat.kind === 'directory';
    // of a directory the names in it count, not its own
    const at = directory ? stat.modified : stat.changed;
    text += `${stat.device} ${stat.inode} ${directory ? 0 : stat.size} ${stat.modified} ${at}\n`;
    if (started !== undefined && settled) settled = isSettled(at, started);
  }
  return { stats: digestBytes(text).slice(0, 32), settled };
}

export interface LookupsParts {
  readonly files: Files;
  readonly at: Layout;
  readonly clock: Clock;
  readonly cache: Cache;
  readonly records: Records;
  readonly objects: Objects;
}

/** The lookups that are kept under a name, such as a pipeline's. */
export async function openLookups(parts: LookupsParts, name: string): Promise<Lookups> {
  const { files, at, clock, cache, records, objects } = parts;
  const place = `lookups/${name}.json`;
  const before = await cache.find<KeptLookups>(place);
  const known = new Map(Object.entries(before?.v === 1 ? before.found : {}));
  const asked = new Map<string, Kept>();
  let changed = false;

  /** What may be believed the next time; nothing when something changed so lately that it may change again unseen. */
  async function keptOf(
    fingerprint: string,
    record: StageRecord,
    started: number,
  ): Promise<Kept | undefined> {
    const numbers = await records.numbers(fingerprint);
    const all = (await records.list(fingerprint)).records;
    const last = standing(all).at(-1);
    if (last?.n !== record.n) return undefined;
    const names: { [digest: string]: readonly string[] } = {};
    for (const { digest } of Object.values(record.outputs).map((output) => output!)) {
      const own = await filesOf(objects, digest);
      if (own === undefined) return undefined;
      names[digest] = own;
    }
    const found = await statsOf(files, pathsOf(at, { fingerprint, numbers, files: names }), started);
    if (!found?.settled) return undefined;
    return { record: recordOf(record, divergenceAmong(all)), numbers, files: names, stats: found.stats };
  }

  return {
    async find(fingerprint) {
      const kept = known.get(fingerprint);
      if (kept !== undefined) {
        const now = await statsOf(files, pathsOf(at, { ...kept, fingerprint }));
        if (now?.stats === kept.stats) {
          asked.set(fingerprint, kept);
          return { record: kept.record, damage: [] };
        }
      }
      const started = clock.now();
      const { record, diverged, damage } = await records.find(fingerprint);
      if (record === undefined) return { damage };
      const next = damage.length > 0 ? undefined : await keptOf(fingerprint, record, started);
      if (next !== undefined) {
        asked.set(fingerprint, next);
        changed = true;
      }
      return { record: recordOf(record, diverged), damage };
    },
    basis(fingerprints) {
      const found: Basis[] = [];
      for (const fingerprint of new Set(fingerprints)) {
        const kept = asked.get(fingerprint);
        if (kept === undefined) return undefined;
        found.push({ fingerprint, numbers: kept.numbers, files: kept.files });
      }
      return found;
    },
    async keep() {
      if (!changed) return;
      changed = false;
      const spare = [...known].filter(([fingerprint]) => !asked.has(fingerprint));
      const found = [...asked, ...spare].slice(0, SPARE * asked.size);
      await cache.keep(place, { v: 1, found: Object.fromEntries(found) } satisfies KeptLookups);
    },
  };
}
