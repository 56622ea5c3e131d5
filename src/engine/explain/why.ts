import { type Failure, fail, ok, type Result } from '../../base/result.ts';
import type { FieldChange } from '../../schema/generated/plan.ts';
import type { BranchedFrom, StageRecord } from '../../schema/generated/record.ts';
import type { RunResult, StageResult } from '../../schema/generated/run-result.ts';
import { divergenceAmong, type Store, standing } from '../../store/index.ts';
import { branchSentence } from '../identity/branch.ts';
import { sentenceOf } from '../identity/preimage.ts';
import { failureSentence } from '../plan/history.ts';
import { type ArtifactDiff, artifactChanges, recordChanges } from './compare.ts';

/** Why a stage ran. */
export interface Why {
  readonly stage: string;
  readonly type: string;
  readonly fingerprint: string;
  /** The run that executed it: an earlier one, for a stage that was cached. */
  readonly ranIn: string;
  /** When it was executed, milliseconds since 1970. */
  readonly ranAt: number;
  /** Whether the run that was asked about took it from the store. */
  readonly cached: boolean;
  /** One sentence without a full stop. */
  readonly reason: string;
  /** What it is compared with: what the stage was before; absent when it had not run before. */
  readonly against?: { readonly run: string; readonly finishedAt: number; readonly fingerprint: string };
  /** Fields of the pre-image that differ. */
  readonly changes: readonly FieldChange[];
  /** Parts of the pre-image that are as before. */
  readonly unchanged: readonly string[];
  /** Input artifacts that differ, in the terms of their kinds. `source`: where the input comes from. */
  readonly inputs: readonly (ArtifactDiff & { readonly source: string })[];
  /** Who declared the last edit of its code equivalent, where the outputs were made by the code before. */
  readonly accepted?: Pick<NonNullable<StageRecord['accepted']>, 'reason' | 'at' | 'by' | 'host'>;
  /** Where it began, of a stage that was branched: `against` is then the stage that left the checkpoint. */
  readonly branched?: BranchedFrom;
  /** Which records of its fingerprint should have equal outputs and have not. */
  readonly diverged?: string;
  /** Acceptances that were taken back, oldest first. */
  readonly revoked: readonly Revoked[];
}

/** An acceptance that counts no more. */
export interface Revoked {
  readonly reason: string;
  readonly at: number;
  readonly by: string;
  /** When and by whom it was taken back, and why if that was said. */
  readonly revoked: NonNullable<StageRecord['revoked']>;
}

/** Each acceptance among the records of a fingerprint that a later one took back. */
function revokedAmong(records: readonly StageRecord[]): Revoked[] {
  return records.flatMap(({ n, accepted }) => {
    const later = records.find((other) => other.revoked !== undefined && other.n > n)?.revoked;
    if (accepted === undefined || later === undefined) return [];
    return [{ reason: accepted.reason, at: accepted.at, by: accepted.by, revoked: later }];
  });
}

/** Words for the parts of a pre-image. */
const parts: readonly (readonly [keyof StageRecord['preimage'], string])[] = [
  ['params', 'params'],
  ['seed', 'seed'],
  ['codeDigest', 'code'],
  ['inputs', 'inputs'],
  ['content', 'data'],
  ['device', 'device'],
];

/** What a stage was in the runs of its pipeline before the one that executed it. */
interface Previous {
  /** Its newest record with another fingerprint. */
  readonly record?: StageRecord;
  /** That it failed in the last of them, in one sentence. */
  readonly failed?: string;
}

async function previous(
  store: Store,
  stage: string,
  record: StageRecord,
  pipeline: string,
): Promise<Previous> {
  let last: StageResult | undefined;
  for (const id of (await store.runs.list()).reverse()) {
    if (id >= record.run) continue;
    const result = (await store.runs.results(id)) as RunResult | undefined;
    const before = result?.pipeline === pipeline ? result.stages[stage] : undefined;
    last ??= before;
    if (before?.type !== record.stageType || before.fingerprint === undefined) continue;
    if (before.fingerprint === record.fingerprint) continue;
    const found = standing((await store.records.list(before.fingerprint)).records).at(-1);
    if (found !== undefined) return { record: found, ...failedIn(last, record) };
  }
  return { ...failedIn(last, record) };
}

const failedIn = (last: StageResult | undefined, { stageType }: StageRecord): Pick<Previous, 'failed'> => {
  const failed = failureSentence(last, stageType);
  return failed === undefined ? {} : { failed };
};

/** The record of the same type that was made before and differs in the fewest fields, the newest of several. */
async function nearestBefore(store: Store, record: StageRecord): Promise<StageRecord | undefined> {
  let best: { readonly record: StageRecord; readonly differs: number } | undefined;
  for (const fingerprint of await store.records.fingerprints()) {
    const other = standing((await store.records.list(fingerprint)).records).at(-1);
    if (other?.stageType !== record.stageType || fingerprint === record.fingerprint) continue;
    if (other.times.finishedAt > record.times.startedAt) continue;
    const differs = recordChanges(other, record).length;
    const newer = best && differs === best.differs && other.times.finishedAt > best.record.times.finishedAt;
    if (best === undefined || differs < best.differs || newer) best = { record: other, differs };
  }
  return best?.record;
}

async function inputDiffs(
  store: Store,
  stage: StageResult,
  from: StageRecord,
  to: StageRecord,
): Promise<Why['inputs']> {
  const ports = [...new Set([...Object.keys(to.preimage.inputs), ...Object.keys(from.preimage.inputs)])];
  const found = ports.map(async (port) => {
    if (from.preimage.inputs[port] === to.preimage.inputs[port]) return [];
    const [a, b] = [from, to].map(({ preimage, lineage }) => lineage.inputs?.[port] ?? preimage.inputs[port]);
    const kind = (await store.objects.manifest((b ?? a)!))?.kind ?? 'unknown';
    const changes = a && b ? await artifactChanges(store, kind, a, b) : [];
    const sides = { ...(a !== undefined && { from: a }), ...(b !== undefined && { to: b }) };
    return [{ port, kind, ...sides, same: false, changes, source: stage.inputs[port]?.from ?? 'nowhere' }];
  });
  return (await Promise.all(found)).flat();
}

const wordsOf = ({
  reason,
  at,
  by,
  host,
}: NonNullable<StageRecord['accepted']>): NonNullable<Why['accepted']> => ({
  reason,
  at,
  by,
  host,
});

/**
 * Why a stage of a run ran, or, when it was cached, why the run that made it ran it: what changed since the stage was
 * last something else. Fails with `not-run` when the stage has no record.
 */
export async function whyStage(
  store: Store,
  run: RunResult,
  id: string,
): Promise<Result<Why, Failure<'unknown-stage' | 'not-run'>>> {
  const stage = run.stages[id];
  if (stage === undefined) {
    return fail({ code: 'unknown-stage', message: `run ${run.run} has no stage "${id}"` });
  }
  const all = stage.fingerprint === undefined ? [] : (await store.records.list(stage.fingerprint)).records;
  const records = standing(all);
  const record = records.findLast(({ attempt }) => attempt === stage.attempt) ?? records.at(-1);
  if (record === undefined) {
    const why = stage.failure?.message ?? stage.reason;
    const message = `stage ${id} of run ${run.run} did not finish (${stage.status})${why ? `: ${why}` : ''}`;
    return fail({ code: 'not-run', message });
  }
  const { branched } = record.lineage;
  const diverged = divergenceAmong(all);
  const facts = {
    stage: id,
    type: record.stageType,
    fingerprint: record.fingerprint,
    ranIn: record.run,
    ranAt: record.times.finishedAt,
    cached: stage.status === 'cached',
    revoked: revokedAmong(all),
    ...(record.accepted && { accepted: wordsOf(record.accepted) }),
    ...(branched && { branched }),
    ...(diverged !== undefined && { diverged }),
  };
  const source = branched && standing((await store.records.list(branched.fingerprint)).records).at(-1);
  const was = record.accepted || source ? {} : await previous(store, id, record, run.pipeline);
  const before = record.accepted
    ? await store.records.read(record.accepted.fingerprint, record.accepted.n)
    : (source ?? was.record ?? (was.failed === undefined ? await nearestBefore(store, record) : undefined));
  if (before === undefined) {
    const reason = record.accepted
      ? 'an edit of its code was accepted'
      : (was.failed ?? 'it had not run before');
    return ok({ ...facts, reason, changes: [], unchanged: [], inputs: [] });
  }
  const changes = recordChanges(before, record);
  const touched = new Set(changes.map(({ field }) => field.split('.')[0]));
  const unchanged = parts.flatMap(([field, word]) =>
    record.preimage[field] !== undefined && !touched.has(field) ? [word] : [],
  );
  return ok({
    ...facts,
    reason: record.accepted
      ? `an edit of its code was accepted: ${record.accepted.reason}`
      : branched
        ? branchSentence(
            branched,
            changes.filter(({ field }) => field !== 'origin'),
          )
        : (was.failed ?? (changes.length > 0 ? sentenceOf(changes) : 'its outputs were made again')),
    against: { run: before.run, finishedAt: before.times.finishedAt, fingerprint: before.fingerprint },
    changes,
    unchanged,
    inputs: await inputDiffs(store, stage, before, record),
  });
}
