import * as path from 'node:path';
import { bytes as bytesText } from '../../base/size.ts';
import type { Layout } from '../layout.ts';
import { evict } from './budget.ts';
import type { Facts, StageFacts } from './facts.ts';
import type { Leftover } from './leftovers.ts';
import { forgettable, type Remembered } from './remembered.ts';
import { firmRoots, type Kept, lineageOf, outputsOf, runsThatStay, withProducers } from './roots.ts';

export interface GcOptions {
  /** Of each pipeline, only the last so many runs keep what they made; the others are removed. Absent: all stay. */
  readonly keepLast?: number;
  /** Bytes that artifacts and attempts may take; absent: no limit. */
  readonly budget?: number;
  /** What changed less than this ago stays, milliseconds. */
  readonly graceMs: number;
  /** Bytes that may be remembered, evaluations of architectures among it; the oldest goes first. Default: 256 MB. */
  readonly remembered?: number;
}

const REMEMBERED = 256e6;

/** One thing that goes. */
export interface Removal {
  readonly what: 'run' | 'record' | 'attempt' | 'checkpoints' | 'artifact' | 'cache' | 'leftover';
  /** Run id, fingerprint, attempt id, digest, or path below the store. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/** What one step of the collection decided. */
export interface GcStep {
  readonly name: 'runs' | 'roots' | 'mark' | 'grace' | 'budget' | 'cache' | 'sweep';
  /** In one sentence without a full stop. */
  readonly found: string;
}

/** What goes, why, and what it would cost to have it back. */
export interface GcPlan {
  readonly steps: readonly GcStep[];
  readonly removals: readonly Removal[];
  /** Bytes that become free. */
  readonly bytes: number;
  /** Time to make again what goes, milliseconds: of every stage that loses an output or its only checkpoint. */
  readonly computeMs: number;
  /** Bytes of artifacts and attempts that stay. */
  readonly staying: number;
  /** Bytes by which what stays is over the budget; 0 without one. */
  readonly over: number;
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** Decides what goes. Pure: `now` in milliseconds since 1970. */
export function planGc(
  at: Layout,
  facts: Facts,
  {
    leftovers,
    remembered,
  }: { readonly leftovers: readonly Leftover[]; readonly remembered: readonly Remembered[] },
  { keepLast, budget, graceMs, remembered: most = REMEMBERED }: GcOptions,
  now: number,
): GcPlan {
  const { runs, stages, objects, pins } = facts;
  const steps: GcStep[] = [];
  const removals: Removal[] = [];
  const isYoung = (changedAt: number): boolean => now - changedAt < graceMs;

  const staying = runsThatStay(facts, keepLast);
  for (const { id, bytes } of runs) {
    if (!staying.some((run) => run.id === id))
      removals.push({ what: 'run', name: id, path: at.run(id), bytes });
  }
  steps.push({ name: 'runs', found: `${staying.length} of ${count(runs.length, 'run')} stay` });

  const firm = firmRoots(facts);
  const roots: Kept = {
    fingerprints: new Set([...firm.fingerprints, ...staying.flatMap((run) => [...run.fingerprints])]),
    artifacts: new Set([...firm.artifacts, ...staying.flatMap((run) => [...run.artifacts])]),
  };
  const live = runs.filter((run) => run.live).length;
  const busy = [...stages.values()].filter((stage) => stage.busy).length;
  steps.push({
    name: 'roots',
    found: `${count(staying.length, 'run')} (${live} live), ${count(pins.length, 'pin')}, ${count(busy, 'attempt')} under way`,
  });

  const marked = withProducers(roots, facts);
  steps.push({
    name: 'mark',
    found: `they need ${count(marked.artifacts.size, 'artifact')} of ${count(marked.fingerprints.size, 'stage')}`,
  });

  const young: Kept = {
    fingerprints: new Set([...stages.values()].flatMap((s) => (isYoung(s.changedAt) ? [s.fingerprint] : []))),
    artifacts: new Set(
      [...objects].flatMap(([digest, { changedAt }]) => (isYoung(changedAt) ? [digest] : [])),
    ),
  };
  const kept = withProducers(
    {
      fingerprints: new Set([...marked.fingerprints, ...young.fingerprints]),
      artifacts: new Set([...marked.artifacts, ...young.artifacts]),
    },
    facts,
  );
  steps.push({
    name: 'grace',
    found: `${count(kept.artifacts.size - marked.artifacts.size, 'more artifact')} changed too recently to go`,
  });

  const gone = new Set([...objects.keys()].filter((digest) => !kept.artifacts.has(digest)));
  const named = new Set(staying.flatMap((run) => [...run.attempts]));
  const tell = lineageOf(kept.fingerprints, facts);
  const lost = new Map<string, number>();
  let attemptBytes = 0;
  for (const stage of stages.values()) {
    const { fingerprint, records, attempts, checkpointBytes, checkpointMs } = stage;
    if (!kept.fingerprints.has(fingerprint)) {
      if (!tell.has(fingerprint) && records.length > 0) {
        const place = path.join(at.records, fingerprint);
        removals.push({ what: 'record', name: fingerprint, path: place, bytes: stage.recordBytes });
      }
      removals.push(...attemptRemovals(at, stage));
      if (records.length === 0 && checkpointMs > 0) lost.set(fingerprint, checkpointMs);
      continue;
    }
    const makers = new Set(records.map(({ attempt }) => attempt));
    const last = attempts.at(-1)?.id;
    for (const { id, bytes, changedAt } of attempts) {
      const stays = stage.busy || makers.has(id) || named.has(id) || id === last || isYoung(changedAt);
      if (stays) attemptBytes += bytes;
      else removals.push({ what: 'attempt', name: id, path: at.attempt(fingerprint, id), bytes });
    }
    attemptBytes += checkpointBytes;
  }

  const objectBytes = [...objects].reduce(
    (sum, [digest, { bytes }]) => sum + (gone.has(digest) ? 0 : bytes),
    0,
  );
  const total = objectBytes + attemptBytes;
  const evictions =
    budget === undefined || total <= budget
      ? []
      : evict(facts, { kept, firm: withProducers(firm, facts), isYoung }, total - budget);
  let evicted = 0;
  for (const eviction of evictions) {
    evicted += eviction.bytes;
    if (eviction.what === 'outputs') for (const digest of eviction.artifacts) gone.add(digest);
    else removals.push(checkpointRemoval(at, eviction.fingerprint, eviction.bytes));
  }
  const remaining = total - evicted;
  const over = budget === undefined ? 0 : Math.max(0, remaining - budget);
  if (budget !== undefined) {
    const found =
      total <= budget
        ? `${bytesText(total)} stay within ${bytesText(budget)}`
        : `${count(evictions.length, 'eviction')} of ${bytesText(evicted)}, of ${bytesText(total)} in all, to stay within ${bytesText(budget)}`;
    steps.push({ name: 'budget', found });
  }

  for (const digest of [...gone].sort()) {
    removals.push({
      what: 'artifact',
      name: digest,
      path: at.object(digest),
      bytes: objects.get(digest)!.bytes,
    });
  }
  const forgotten = forgettable(
    remembered,
    most,
    isYoung,
    (digest) => objects.has(digest) && !gone.has(digest),
  );
  for (const { name, path: place, bytes } of forgotten) {
    removals.push({ what: 'cache', name: `cache/${name}`, path: place, bytes });
  }
  if (forgotten.length > 0) {
    const found = `${forgotten.length} of ${count(remembered.length, 'remembered thing')} go: beyond ${bytesText(most)}, or of artifacts that go`;
    steps.push({ name: 'cache', found });
  }
  for (const { name, path: place, bytes } of leftovers) {
    removals.push({ what: 'leftover', name, path: place, bytes });
  }
  for (const { fingerprint, records } of stages.values()) {
    const loses = [...outputsOf({ records })].some((digest) => gone.has(digest));
    if (loses) lost.set(fingerprint, records.at(-1)!.times.computeMs);
  }
  const bytes = removals.reduce((sum, removal) => sum + removal.bytes, 0);
  steps.push({
    name: 'sweep',
    found: `${count(removals.length, 'thing')} ${removals.length === 1 ? 'goes' : 'go'}`,
  });
  const computeMs = [...lost.values()].reduce((sum, ms) => sum + ms, 0);
  return { steps, removals, bytes, computeMs, staying: remaining, over };
}

const checkpointRemoval = (at: Layout, fingerprint: string, bytes: number): Removal => ({
  what: 'checkpoints',
  name: fingerprint,
  path: at.checkpoints(fingerprint),
  bytes,
});

/** Everything of the attempts at a fingerprint that goes. */
function attemptRemovals(at: Layout, { fingerprint, attempts, checkpointBytes }: StageFacts): Removal[] {
  const found: Removal[] = attempts.map(({ id, bytes }) => ({
    what: 'attempt',
    name: id,
    path: at.attempt(fingerprint, id),
    bytes,
  }));
  return checkpointBytes > 0 ? [checkpointRemoval(at, fingerprint, checkpointBytes), ...found] : found;
}
