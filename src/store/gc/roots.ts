import type { Facts, RunFacts, StageFacts } from './facts.ts';

/** What must not go, by fingerprint and by digest. */
export interface Kept {
  readonly fingerprints: Set<string>;
  readonly artifacts: Set<string>;
}

const none = (): Kept => ({ fingerprints: new Set(), artifacts: new Set() });

function add(
  kept: Kept,
  more: { readonly fingerprints: Iterable<string>; readonly artifacts: Iterable<string> },
) {
  for (const each of more.fingerprints) kept.fingerprints.add(each);
  for (const each of more.artifacts) kept.artifacts.add(each);
}

/** Runs that stay when only the last `keepLast` of each pipeline do; live and pinned ones stay besides. */
export function runsThatStay({ runs, pins }: Facts, keepLast: number | undefined): readonly RunFacts[] {
  if (keepLast === undefined) return runs;
  const pinned = new Set(pins.flatMap(({ of, target }) => (of === 'run' ? [target] : [])));
  const seen = new Map<string, number>();
  return [...runs]
    .reverse()
    .filter(({ id, pipeline = '', live }) => {
      const before = seen.get(pipeline) ?? 0;
      seen.set(pipeline, before + 1);
      return before < keepLast || live || pinned.has(id);
    })
    .reverse();
}

/** Roots that not even a budget takes: pins, live runs and what they rely on, attempts under way and their inputs. */
export function firmRoots({ runs, stages, pins }: Facts): Kept {
  const kept = none();
  const pinnedRuns = new Set<string>();
  for (const { of, target } of pins) {
    if (of === 'run') pinnedRuns.add(target);
    if (of === 'stage') kept.fingerprints.add(target);
    if (of === 'artifact') kept.artifacts.add(target);
  }
  for (const run of runs) if (run.live || pinnedRuns.has(run.id)) add(kept, run);
  for (const { busy, fingerprint, inputs } of stages.values()) {
    if (busy) add(kept, { fingerprints: [fingerprint], artifacts: inputs });
  }
  return kept;
}

/** Digests of the outputs under a fingerprint that count: of the newest record, and of those that diverge. */
export function outputsOf({ records }: Pick<StageFacts, 'records'>): Set<string> {
  const diverging = new Set(
    records.flatMap(({ n, divergesFrom }) => (divergesFrom ? [n, divergesFrom] : [])),
  );
  const last = records.at(-1)?.n;
  const counted = records.filter(({ n }) => n === last || diverging.has(n));
  return new Set(counted.flatMap(({ outputs }) => Object.values(outputs).map((output) => output!.digest)));
}

/** Adds the fingerprints that made what is kept, and what else they made: a record stays with all of its outputs. */
export function withProducers(kept: Kept, { stages }: Facts): Kept {
  const whole: Kept = { fingerprints: new Set(kept.fingerprints), artifacts: new Set(kept.artifacts) };
  for (const [fingerprint, stage] of stages) {
    const made = outputsOf(stage);
    if ([...made].some((digest) => kept.artifacts.has(digest))) whole.fingerprints.add(fingerprint);
  }
  for (const fingerprint of whole.fingerprints) {
    const stage = stages.get(fingerprint);
    if (stage) for (const digest of outputsOf(stage)) whole.artifacts.add(digest);
  }
  return whole;
}

/** Fingerprints whose records tell where kept artifacts come from: the producers of inputs, of their inputs, and so on. */
export function lineageOf(kept: ReadonlySet<string>, { stages }: Facts): Set<string> {
  const producers = new Map<string, string[]>();
  for (const [fingerprint, { records }] of stages) {
    for (const { outputs } of records) {
      for (const output of Object.values(outputs)) {
        producers.set(output!.digest, [...(producers.get(output!.digest) ?? []), fingerprint]);
      }
    }
  }
  const found = new Set(kept);
  for (const fingerprint of found) {
    for (const { preimage, lineage } of stages.get(fingerprint)?.records ?? []) {
      const read = { ...preimage.inputs, ...lineage.inputs };
      for (const digest of Object.values(read)) {
        for (const producer of producers.get(digest!) ?? []) found.add(producer);
      }
    }
  }
  return found;
}
