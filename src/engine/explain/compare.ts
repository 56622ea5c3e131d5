import { type ArtifactKind, type Change, isKind, kinds } from '../../kinds/index.ts';
import type { FieldChange } from '../../schema/generated/plan.ts';
import type { StageRecord } from '../../schema/generated/record.ts';
import type { RunResult, StageResult } from '../../schema/generated/run-result.ts';
import { codeOf, type Store, standing } from '../../store/index.ts';
import { preimageChanges } from '../identity/preimage.ts';

/** One artifact beside another that came out of, or went into, the same port. */
export interface ArtifactDiff {
  readonly port: string;
  readonly kind: string;
  /** Content digests; absent where only the other side has one. */
  readonly from?: string;
  readonly to?: string;
  readonly same: boolean;
  /** What differs in the terms of the kind; empty when it is the same, or when one of the two is no longer whole. */
  readonly changes: readonly Change[];
}

/** One stage of two runs. */
export interface StageDiff {
  readonly id: string;
  readonly type: string;
  /**
   * same: made from equal pre-images and equal; equal-outputs: made differently, and equal all the same; different;
   * only-first, only-second: the other run has no such stage, or did not finish it.
   */
  readonly status: 'same' | 'equal-outputs' | 'different' | 'only-first' | 'only-second';
  /** Fields of the pre-images that differ. */
  readonly changes: readonly FieldChange[];
  readonly outputs: readonly ArtifactDiff[];
  /** Why an edit of the code of one of the two was accepted as changing nothing. */
  readonly accepted?: string;
}

/** Two runs, stage by stage. */
export interface RunDiff {
  readonly from: string;
  readonly to: string;
  readonly same: boolean;
  /** The first stage, in the order of the pipeline, that differs by itself and not by its inputs alone. */
  readonly first?: { readonly stage: string; readonly changes: readonly FieldChange[] };
  readonly stages: readonly StageDiff[];
}

async function load(store: Store, kind: ArtifactKind<unknown>, digest: string): Promise<unknown> {
  const opened = await store.objects.open(digest);
  if (!opened.ok) return undefined;
  const loaded = kind.load(opened.value.tree);
  return loaded.ok ? loaded.value : undefined;
}

/** What differs between two artifacts of a kind; empty when they are equal or one of them cannot be read. */
export async function artifactChanges(
  store: Store,
  kind: string,
  from: string,
  to: string,
): Promise<readonly Change[]> {
  if (from === to || !isKind(kind)) return [];
  const of: ArtifactKind<unknown> = kinds[kind];
  const [a, b] = await Promise.all([load(store, of, from), load(store, of, to)]);
  return a === undefined || b === undefined ? [] : of.diff(a, b);
}

/** The newest record of a stage's fingerprint. */
async function recordOf(store: Store, stage: StageResult | undefined): Promise<StageRecord | undefined> {
  if (stage?.fingerprint === undefined) return undefined;
  const records = standing((await store.records.list(stage.fingerprint)).records);
  return records.findLast(({ attempt }) => attempt === stage.attempt) ?? records.at(-1);
}

/** The fields of the pre-image in which one record differs from another. */
export const recordChanges = (from: StageRecord, to: StageRecord): FieldChange[] =>
  preimageChanges({ preimage: from.preimage, ...codeOf(from) }, { preimage: to.preimage, ...codeOf(to) });

/** Compares the outputs of a stage in two runs, port by port. */
async function outputDiffs(store: Store, from: StageResult, to: StageResult): Promise<ArtifactDiff[]> {
  const ports = [...new Set([...Object.keys(from.outputs), ...Object.keys(to.outputs)])];
  return Promise.all(
    ports.map(async (port) => {
      const [a, b] = [from.outputs[port], to.outputs[port]];
      const kind = (b ?? a)!.kind;
      const changes = a && b ? await artifactChanges(store, kind, a.digest, b.digest) : [];
      return {
        port,
        kind,
        ...(a && { from: a.digest }),
        ...(b && { to: b.digest }),
        same: a?.digest === b?.digest,
        changes,
      };
    }),
  );
}

const finished = (stage: StageResult | undefined): stage is StageResult =>
  stage !== undefined && Object.keys(stage.outputs).length > 0;

/** Compares one stage in two results; it need not have the same id in both. */
export async function diffStages(
  store: Store,
  id: string,
  from: StageResult | undefined,
  to: StageResult | undefined,
): Promise<StageDiff> {
  const type = (to ?? from)?.type ?? '';
  if (!finished(from) || !finished(to)) {
    const status = finished(from) ? 'only-first' : finished(to) ? 'only-second' : 'same';
    return { id, type, status, changes: [], outputs: [] };
  }
  const [a, b] = await Promise.all([recordOf(store, from), recordOf(store, to)]);
  const changes = a && b ? recordChanges(a, b) : [];
  const outputs = await outputDiffs(store, from, to);
  const equal = outputs.every(({ same }) => same);
  const status = !equal ? 'different' : from.fingerprint === to.fingerprint ? 'same' : 'equal-outputs';
  const accepted = (b ?? a)?.accepted?.reason ?? a?.accepted?.reason;
  return { id, type, status, changes, outputs, ...(accepted !== undefined && { accepted }) };
}

/** Compares two runs, stage by stage and artifact by artifact. Stages are matched by id. */
export async function diffRuns(store: Store, from: RunResult, to: RunResult): Promise<RunDiff> {
  const ids = [...new Set([...Object.keys(to.stages), ...Object.keys(from.stages)])];
  const stages: StageDiff[] = [];
  for (const id of ids) stages.push(await diffStages(store, id, from.stages[id], to.stages[id]));
  const own = (stage: StageDiff) => stage.changes.filter(({ field }) => !field.startsWith('inputs.'));
  const first = stages.find((stage) => own(stage).length > 0);
  return {
    from: from.run,
    to: to.run,
    same: stages.every(({ status }) => status === 'same'),
    ...(first && { first: { stage: first.id, changes: own(first) } }),
    stages,
  };
}
