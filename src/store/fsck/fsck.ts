import * as path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Files } from '../../base/files.ts';
import { never } from '../../base/result.ts';
import { ensurePlace, quarantine } from '../damage.ts';
import { findLeftovers } from '../gc/leftovers.ts';
import type { Layout } from '../layout.ts';
import type { StoreParts } from '../parts.ts';
import { discard } from '../private.ts';
import { checkArtifacts } from './artifacts.ts';
import { checkCache, checkSignatures } from './caches.ts';
import type { Checked, Finding } from './finding.ts';
import type { FsckReport } from './report.ts';
import { divergencesOf, rerunsOf } from './reruns.ts';
import { checkPins, checkRoot } from './root.ts';
import { checkLocks, checkRuns } from './runs.ts';
import { checkAttempts, checkCheckpoints, checkRecords } from './stages.ts';

interface FsckParts {
  readonly store: StoreParts;
  readonly files: Files;
  readonly at: Layout;
  readonly clock: Clock;
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
      await ensurePlace(files, at, path.dirname(place));
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
    attempts: await checkAttempts(store, files, at),
    runs: await checkRuns(store, files, at),
    pins: await checkPins(files, at, clock.now()),
    signatures: await checkSignatures(files, at),
    values: await checkCache(files, at),
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

/** Looks again as long as what was mended brings up more: a run that went leaves links to it. */
async function mendAll(parts: FsckParts): Promise<FsckReport> {
  let report = await examine(parts, true);
  for (
    let [found, rest] = [report, 5];
    found.findings.length + found.leftovers.length > 0 && rest > 0;
    rest--
  ) {
    found = await examine(parts, true);
    report = {
      ...found,
      counts: report.counts,
      findings: [...report.findings, ...found.findings],
      leftovers: [...report.leftovers, ...found.leftovers],
    };
  }
  return report;
}

/**
 * Checks all of a store: artifacts, records, checkpoints, attempts, runs, pins, signatures, remembered values, locks,
 * and what dead processes left behind. With `repair` it mends: what is damaged is moved aside, links lead where results
 * say, what can be known from elsewhere is written anew, leftovers go. Attempts and runs under way are left alone.
 */
export const checkStore = (parts: FsckParts, repair: boolean): Promise<FsckReport> =>
  repair
    ? parts.store.gate.exclusive(() => mendAll(parts))
    : parts.store.gate.shared(() => examine(parts, false));
