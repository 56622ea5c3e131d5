import { kinds } from '../kinds/index.ts';
import type { StageRecord } from '../schema/generated/record.ts';
import type { RunResult, StageResult } from '../schema/generated/run-result.ts';
import type { ArtifactValues, Kind } from '../stage/index.ts';
import { divergenceAmong, type Store, standing } from '../store/index.ts';

/** Where reports take artifacts from. */
export interface ArtifactSource {
  /** The loaded artifact; undefined when the store no longer has it whole. */
  load<K extends Kind>(kind: K, digest: string): Promise<ArtifactValues[K] | undefined>;
}

/** Artifacts of a store, each loaded once. */
export function storeSource(store: Pick<Store, 'objects'>): ArtifactSource {
  const loaded = new Map<string, unknown>();
  return {
    async load<K extends Kind>(kind: K, digest: string): Promise<ArtifactValues[K] | undefined> {
      if (!loaded.has(digest)) {
        const opened = await store.objects.open(digest);
        const value =
          opened.ok && opened.value.kind === kind ? kinds[kind].load(opened.value.tree) : undefined;
        loaded.set(digest, value?.ok ? value.value : undefined);
      }
      return loaded.get(digest) as ArtifactValues[K] | undefined;
    },
  };
}

/** The record that a stage of a run took its outputs from: the last with the same digests. */
export async function recordOf(
  store: Pick<Store, 'records'>,
  { fingerprint, outputs }: StageResult,
): Promise<StageRecord | undefined> {
  if (fingerprint === undefined || Object.keys(outputs).length === 0) return undefined;
  const records = standing((await store.records.list(fingerprint)).records);
  return records.findLast((record) =>
    Object.entries(outputs).every(([port, output]) => record.outputs[port]?.digest === output!.digest),
  );
}

/** What the store knows of fingerprints, each asked once: which records under it diverge. */
export function divergencesIn({ records }: Pick<Store, 'records'>) {
  const known = new Map<string, Promise<string | undefined>>();
  return (fingerprint: string): Promise<string | undefined> => {
    const found =
      known.get(fingerprint) ?? records.list(fingerprint).then((all) => divergenceAmong(all.records));
    known.set(fingerprint, found);
    return found;
  };
}

/** A run's results with what the store has come to know since: stages whose outputs were found to diverge. */
export async function withDivergences(
  result: RunResult,
  divergence: ReturnType<typeof divergencesIn>,
): Promise<RunResult> {
  const stages: RunResult['stages'] = {};
  for (const [id, stage] of Object.entries(result.stages)) {
    const { diverged: _, ...rest } = stage!;
    const { fingerprint } = rest;
    const diverged = fingerprint === undefined ? undefined : await divergence(fingerprint);
    stages[id] = { ...rest, ...(diverged !== undefined && { diverged }) };
  }
  return { ...result, stages };
}
