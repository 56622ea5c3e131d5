import { isDigest } from '../../base/digest.ts';
import type { Files } from '../../base/files.ts';
import { outputsOf } from '../gc/roots.ts';
import type { Layout } from '../layout.ts';
import type { StoreParts } from '../parts.ts';
import type { Finding } from './finding.ts';
import type { Divergence, Rerun } from './report.ts';
import { readResults } from './results.ts';

/** Stages without whole outputs, and where a rerun would start. */
export async function rerunsOf(
  { store, files, at }: { readonly store: StoreParts; readonly files: Files; readonly at: Layout },
  findings: readonly Finding[],
): Promise<Rerun[]> {
  const lost = new Set(findings.flatMap(({ artifact }) => artifact ?? []));
  const wanted = new Map<string, Rerun>();
  for (const { part, fingerprint } of findings) {
    if (part === 'record' && fingerprint !== undefined) wanted.set(fingerprint, { fingerprint });
  }
  const present = new Set(await store.objects.list());
  for (const fingerprint of (await store.records.fingerprints()).filter(isDigest)) {
    const { records } = await readRecords(store, fingerprint);
    const last = records.at(-1);
    if (!last) continue;
    const { stageType, times } = last;
    const missing = [...outputsOf({ records })].some((digest) => !present.has(digest) || lost.has(digest));
    if (missing) wanted.set(fingerprint, { fingerprint, stageType, computeMs: times.computeMs });
    else wanted.delete(fingerprint);
  }
  for (const id of await store.runs.list()) {
    const result = await readResults(files, at, id);
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
async function readRecords(store: StoreParts, fingerprint: string) {
  const records = [];
  for (const n of await store.records.numbers(fingerprint)) {
    const record = await store.records.read(fingerprint, n);
    if (record) records.push(record);
  }
  return { records };
}

/** Every pair of records that diverge. */
export async function divergencesOf(store: StoreParts): Promise<Divergence[]> {
  const found: Divergence[] = [];
  for (const fingerprint of (await store.records.fingerprints()).filter(isDigest)) {
    for (const { n, stageType, divergesFrom } of (await readRecords(store, fingerprint)).records) {
      if (divergesFrom !== undefined) found.push({ fingerprint, stageType, from: divergesFrom, to: n });
    }
  }
  return found;
}
