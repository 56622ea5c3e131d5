import { type Failure, fail, ok, type Result } from '../../base/result.ts';
import type { FieldChange } from '../../schema/generated/plan.ts';
import type { BranchedFrom } from '../../schema/generated/record.ts';
import type { RunResult, StageResult } from '../../schema/generated/run-result.ts';
import { listOf } from '../../schema/nearest.ts';
import { checkpointDigest, type Store } from '../../store/index.ts';
import { preimageChanges, sentenceOf } from './preimage.ts';
import type { Prepared } from './prepare.ts';

export type BranchFailure = Failure<'no-checkpoint' | 'not-run'>;

/**
 * The checkpoint that a stage of a run left at a step. Fails with `not-run` when the stage never began, `no-checkpoint`
 * when there is none of that step; then it names the steps that there are.
 *
 * @param step absent: the user did not say which
 */
export async function findBranchPoint(
  store: Store,
  { run }: Pick<RunResult, 'run'>,
  id: string,
  { fingerprint, type, status }: StageResult,
  step: number | undefined,
): Promise<Result<BranchedFrom, BranchFailure>> {
  if (fingerprint === undefined) {
    return fail({ code: 'not-run', message: `stage ${id} of run ${run} did not begin (${status})` });
  }
  const found = step === undefined ? undefined : await store.checkpoints.at(fingerprint, step);
  if (found !== undefined) {
    return ok({ run, stage: id, fingerprint, step: found.step, checkpoint: checkpointDigest(found) });
  }
  const steps = (await store.checkpoints.list(fingerprint)).map((each) => each.step).sort((a, b) => a - b);
  const distinct = [...new Set(steps)].map(String);
  if (distinct.length === 0) {
    const message = `stage ${id} of run ${run} (${type}) left no checkpoint: its type saves none, or it ended before one was due (every 10 s, unless --checkpoint says otherwise)`;
    return fail({ code: 'no-checkpoint', message });
  }
  const wanted = step === undefined ? ' to branch from' : ` of step ${step}`;
  const known = `the last it left are of ${distinct.length === 1 ? 'step' : 'steps'} ${listOf(distinct, 'and')}`;
  const how = step === undefined ? `: say ${run}:${id}@${distinct.at(-1)}` : '';
  const what = step === undefined ? 'no step was named' : `stage ${id} of run ${run} has no checkpoint`;
  return fail({ code: 'no-checkpoint', message: `${what}${wanted}; ${known}${how}` });
}

/** How a branched stage differs from the one that it was branched from, apart from beginning there. */
export async function changesSinceBranch(
  store: Store,
  { fingerprint }: BranchedFrom,
  { preimage, bundle }: Pick<Prepared, 'preimage' | 'bundle'>,
): Promise<FieldChange[]> {
  const attempt = (await store.attempts.list(fingerprint)).at(-1);
  const request = attempt && (await store.attempts.request(store.attempts.at(fingerprint, attempt)));
  if (!request) return [];
  const { sources, packages } = request.lineage;
  const changes = preimageChanges({ preimage: request.preimage, sources, packages }, { preimage, ...bundle });
  return changes.filter(({ field }) => field !== 'origin');
}

/** `branched from step 1200 of train of run 261124-102301-rk, params.epochs 20 → 30` */
export function branchSentence(
  { run, stage, step }: BranchedFrom,
  changes: readonly FieldChange[] = [],
): string {
  const what = `branched from step ${step} of ${stage} of run ${run}`;
  return changes.length === 0 ? what : `${what}, ${sentenceOf(changes)}`;
}
