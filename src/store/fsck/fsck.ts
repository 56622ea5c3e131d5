import * as path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { isDigest } from '../../base/digest.ts';
import { ensureDirectory, type Files, readTextIfWhole } from '../../base/files.ts';
import { never } from '../../base/result.ts';
import type { RunResult } from '../../schema/generated/run-result.ts';
import { quarantine } from '../damage.ts';
import { findLeftovers, type Leftover } from '../gc/leftovers.ts';
import { outputsOf } from '../gc/roots.ts';
import type { Layout } from '../layout.ts';
import { pinnedBy, pinText, readPin } from '../pins.ts';
import { discard } from '../private.ts';
import { RUN_DOMAINS, RUN_FILES } from '../runs.ts';
import { readSealed } from '../seal.ts';
import { FORMAT, formatText, parseFormat, type Store } from '../store.ts';
import { checkArtifacts, checkSignatures } from './artifacts.ts';
import type { Checked, Finding } from './finding.ts';
import { checkLocks, checkRuns } from './runs.ts';
import { checkAttempts, checkCheckpoints, checkRecords } from './stages.ts';

/** A stage whose outputs are not in the store, or no longer whole. */
export interface Rerun {
  readonly fingerprint: string;
  readonly stageType?: string;
  /** Where it was made or used last: a rerun of that pipeline brings it back. Absent when no run names it. */
  readonly pipeline?: string;
  readonly stage?: string;
  /** How long it took, milliseconds; absent when no record tells. */
  readonly computeMs?: number;
}

/** Two records of one fingerprint whose outputs should have been equal. */
export interface Divergence {
  readonly fingerprint: string;
  readonly stageType: string;
  /** Numbers of the records. */
  readonly from: number;
  readonly to: number;
}

/** What was checked and found. */
export interface FsckReport {
  /** How many of each there are. */
  readonly counts: { readonly [part: string]: number };
  readonly findings: readonly (Finding & { readonly movedTo?: string })[];
  /** What processes that died left behind; harmless. */
  readonly leftovers: readonly Leftover[];
  /** Whether what was found has been mended. */
  readonly repaired: boolean;
  /** What a rerun would bring back. */
  readonly reruns: readonly Rerun[];
  readonly divergences: readonly Divergence[];
  /** Damaged things that were moved aside, now or before. */
  readonly quarantined: number;
}

export interface FsckParts {
  readonly store: Store;
  readonly files: Files;
  readonly at: Layout;
  readonly clock: Clock;
}

async function checkRoot(files: Files, at: Layout): Promise<Checked> {
  const findings: Finding[] = [];
  if (parseFormat(await readTextIfWhole(files, at.format)) !== FORMAT) {
    const why = 'it is damaged';
    findings.push({
      part: 'store',
      what: 'store.json',
      why,
      path: at.format,
      remedy: 'rewrite',
      text: formatText,
    });
  }
  const known = new Set(
    Object.values(at).flatMap((place) =>
      typeof place === 'string' ? [path.relative(at.root, place).split(path.sep)[0]] : [],
    ),
  );
  for (const name of await files.list(at.root)) {
    if (known.has(name) || name.startsWith('.') || name === 'README.md') continue;
    const place = path.join(at.root, name);
    findings.push({
      part: 'store',
      what: name,
      why: 'it is no part of a store',
      path: place,
      remedy: 'quarantine',
    });
  }
  return { count: 1, findings };
}

async function checkPins(files: Files, at: Layout, now: number): Promise<Checked> {
  const findings: Finding[] = [];
  const names = (await files.list(at.pins)).filter((name) => !name.startsWith('.'));
  for (const name of names) {
    const place = path.join(at.pins, name);
    const pinned = pinnedBy(name);
    const what = `pin ${name}`;
    if (pinned === undefined) {
      findings.push({ part: 'pin', what, why: 'it is no pin', path: place, remedy: 'quarantine' });
    } else {
      const pin = await readPin(files, place);
      if (pin?.of === pinned.of && pin.target === pinned.target) continue;
      const text = pinText(pinned, now);
      findings.push({
        part: 'pin',
        what,
        why: 'it cannot be read; its name still counts',
        path: place,
        remedy: 'rewrite',
        text,
      });
    }
  }
  return { count: names.length, findings };
}

/** Stages without whole outputs, and where a rerun would start. */
async function rerunsOf({ store, files, at }: FsckParts, findings: readonly Finding[]): Promise<Rerun[]> {
  const lost = new Set(findings.flatMap(({ artifact }) => artifact ?? []));
  const wanted = new Map<string, Rerun>();
  for (const { fingerprint } of findings) {
    if (fingerprint !== undefined) wanted.set(fingerprint, { fingerprint });
  }
  const present = new Set(await store.objects.list());
  for (const fingerprint of (await store.records.fingerprints()).filter(isDigest)) {
    const { records } = await readRecords(store, fingerprint);
    const last = records.at(-1);
    if (!last) continue;
    const { stageType, times } = last;
    const missing = [...outputsOf({ records })].some((digest) => !present.has(digest) || lost.has(digest));
    if (missing || wanted.has(fingerprint))
      wanted.set(fingerprint, { fingerprint, stageType, computeMs: times.computeMs });
  }
  for (const id of await store.runs.list()) {
    const file = path.join(at.run(id), RUN_FILES.results);
    const result = await readSealed<RunResult & { seal: string }>(files, RUN_DOMAINS.results, file);
    for (const [stage, of] of Object.entries(result?.stages ?? {})) {
      if (of?.fingerprint === undefined) continue;
      const isMade = Object.keys(of.outputs).length > 0;
      const isLost = isMade && (await store.records.numbers(of.fingerprint)).length === 0;
      const known = wanted.get(of.fingerprint) ?? (isLost ? { fingerprint: of.fingerprint } : undefined);
      if (!known) continue;
      const computeMs = known.computeMs ?? of.ranMs;
      wanted.set(of.fingerprint, {
        fingerprint: of.fingerprint,
        stageType: of.type,
        pipeline: result!.pipeline,
        stage,
        ...(computeMs !== undefined && { computeMs }),
      });
    }
  }
  return [...wanted.values()];
}

/** The whole records of a fingerprint; damaged ones stay where they are. */
async function readRecords(store: Store, fingerprint: string) {
  const records = [];
  for (const n of await store.records.numbers(fingerprint)) {
    const record = await store.records.read(fingerprint, n);
    if (record) records.push(record);
  }
  return { records };
}

async function divergencesOf(store: Store): Promise<Divergence[]> {
  const found: Divergence[] = [];
  for (const fingerprint of (await store.records.fingerprints()).filter(isDigest)) {
    for (const { n, stageType, divergesFrom } of (await readRecords(store, fingerprint)).records) {
      if (divergesFrom !== undefined) found.push({ fingerprint, stageType, from: divergesFrom, to: n });
    }
  }
  return found;
}

async function mend({ files, at }: FsckParts, finding: Finding): Promise<Finding & { movedTo?: string }> {
  const { remedy, path: place, what, why } = finding;
  switch (remedy) {
    case 'quarantine': {
      const { movedTo } = await quarantine(files, at, place, { what, why });
      if (finding.artifact !== undefined) await files.remove(at.signature(finding.artifact));
      return { ...finding, ...(movedTo !== undefined && { movedTo }) };
    }
    case 'drop':
      await discard(files, at, place);
      return finding;
    case 'relink':
      await ensureDirectory(files, path.dirname(place));
      if ((await files.stat(place))?.kind === 'directory') await quarantine(files, at, place, { what, why });
      await files.link(finding.target!, place);
      return finding;
    case 'rewrite':
      if (await files.stat(place)) {
        const { movedTo } = await quarantine(files, at, place, { what, why });
        await files.writeAtomic(place, finding.text!);
        return { ...finding, ...(movedTo !== undefined && { movedTo }) };
      }
      await files.writeAtomic(place, finding.text!);
      return finding;
    default:
      return never(remedy);
  }
}

/** Checks all of a store, every byte of it, and changes nothing unless it is to repair. */
async function examine(parts: FsckParts, repair: boolean): Promise<FsckReport> {
  const { store, files, at, clock } = parts;
  const checks: { readonly [part: string]: Checked } = {
    stores: await checkRoot(files, at),
    artifacts: await checkArtifacts(files, at),
    records: await checkRecords(store, files, at),
    checkpoints: await checkCheckpoints(store, files, at),
    attempts: await checkAttempts(files, at),
    runs: await checkRuns(files, at),
    pins: await checkPins(files, at, clock.now()),
    signatures: await checkSignatures(files, at),
    locks: await checkLocks(files, at),
  };
  const found = Object.values(checks).flatMap(({ findings }) => findings);
  const leftovers = await findLeftovers(files, at, clock.now());
  const reruns = await rerunsOf(parts, found);
  const findings: (Finding & { movedTo?: string })[] = [];
  for (const finding of found) findings.push(repair ? await mend(parts, finding) : finding);
  if (repair) for (const { path: place } of leftovers) await discard(files, at, place);
  return {
    counts: Object.fromEntries(Object.entries(checks).map(([part, { count }]) => [part, count])),
    findings,
    leftovers,
    repaired: repair,
    reruns,
    divergences: await divergencesOf(store),
    quarantined: (await files.list(at.quarantine)).length,
  };
}

/**
 * Checks all of a store: artifacts, records, checkpoints, attempts, runs, pins, signatures, locks, and what dead processes
 * left behind. With `repair` it mends: what is damaged is moved aside, links lead where results say, what can be known from
 * elsewhere is written anew, leftovers go. Attempts and runs under way are left alone.
 */
export const checkStore = (parts: FsckParts, repair: boolean): Promise<FsckReport> =>
  repair
    ? parts.store.gate.exclusive(() => examine(parts, true))
    : parts.store.gate.shared(() => examine(parts, false));
