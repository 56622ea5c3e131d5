import type { Lock } from '../../base/locks.ts';
import type { StageResult } from '../../schema/generated/run-result.ts';
import { branchSentence, changesSinceBranch } from '../identity/branch.ts';
import { requestedFiles } from '../identity/content.ts';
import { extensionOf, horizonOf, type Sibling, siblingsOf } from '../identity/horizon.ts';
import type { Prepared } from '../identity/prepare.ts';
import { reasonFor } from '../plan/plan.ts';
import { eventOf } from './attempt-events.ts';
import { type Exceeded, silenceOf, watchAttempt } from './attempt-limits.ts';
import { requestFor } from './attempt-request.ts';
import { divergenceOf, outputsOf, warnOf } from './from-store.ts';
import type { Given } from './results.ts';
import { digestsOf } from './run-events.ts';
import { failedBefore, failureOf, fellSilent, type Reached, timedOut } from './stage-failure.ts';
import type { RunScope } from './stage-scope.ts';

/** An attempt that failed by itself or went over a limit; no event has said so yet. */
export interface FailedAttempt {
  readonly failed: StageResult & { readonly failure: NonNullable<StageResult['failure']> };
  readonly by: 'itself' | Exceeded;
  readonly step?: number;
}

const shortened = ({ fingerprint, from }: Sibling): { fingerprint: string; from: number } => ({
  fingerprint,
  from,
});

/** Runs an attempt to its end, under the lock and with the resources held. */
export async function attempt(
  scope: RunScope,
  prepared: Prepared,
  given: Given,
  lock: Lock,
): Promise<StageResult | FailedAttempt> {
  const { work, executor, emit, clock, history, request, running, forced } = scope;
  const { stage, fingerprint, bundle, branched } = prepared;
  const { id } = stage;
  const { sentence, expected } = await reasonFor(work, history, prepared);
  const fresh = forced(stage);
  const reason = branched
    ? branchSentence(branched, await changesSinceBranch(work.store, branched, prepared))
    : fresh
      ? 'it was asked for'
      : sentence;
  if (branched && !(await work.store.checkpoints.branch(fingerprint, branched))) {
    const message = `the checkpoint of step ${branched.step} of ${branched.stage} of run ${branched.run} is gone or damaged`;
    return failedBefore(scope, stage, given, [{ code: 'branch-lost', message }]);
  }
  const checkpoint = fresh ? undefined : await work.store.checkpoints.newest(fingerprint);
  const param = horizonOf(stage);
  const siblings = fresh || param === undefined ? [] : await siblingsOf(work.store, prepared.preimage, param);
  const horizon = param === undefined ? {} : { horizon: { param, siblings: siblings.map(shortened) } };
  const sibling = checkpoint === undefined ? siblings[0] : undefined;
  const extension = sibling && extensionOf(sibling, prepared.preimage);
  const [text, files, git] = await Promise.all([
    bundle.text(),
    requestedFiles(prepared.content, work.contentDigests),
    scope.git(),
  ]);
  if (!text.ok) return failedBefore(scope, stage, given, text.failures);
  if (!files.ok) return failedBefore(scope, stage, given, files.failures);
  const made = await work.store.attempts.prepare(
    requestFor(work, files.value, prepared, {
      ...request,
      fresh,
      ...horizon,
      ...(git !== undefined && { git }),
    }),
    text.value,
  );
  const started = clock.elapsed();
  const under = executor.start(made, { lock });
  running.add(under);
  const facts = { stage: id, type: given.type, fingerprint, attempt: made.id };
  emit({
    event: 'stage-started',
    ...facts,
    reason,
    ...(checkpoint !== undefined && { resumedFrom: checkpoint.step }),
    ...(extension !== undefined && { resumedFrom: extension.step, extends: extension }),
    ...(branched && { branched }),
    ...(expected.expectedMs !== undefined && { expectedMs: expected.expectedMs }),
  });
  const watch = watchAttempt(scope, prepared, under);
  let reached: Reached;
  let unsaved: string | undefined;
  for await (const { event } of under.entries) {
    watch.hears(event);
    if (event.type === 'progress') reached = event;
    if (event.type === 'checkpoint-failed') unsaved = event.why;
    if (event.type === 'checkpoint-saved') unsaved = undefined;
    const told = eventOf(id, event, clock.elapsed() - started);
    if (told !== undefined) emit(told);
  }
  const outcome = await under.outcome;
  watch.end();
  running.delete(under);
  const elapsedMs = clock.elapsed() - started;

  const { record, diverged, damage } = await work.store.records.find(fingerprint);
  warnOf(scope, id, damage);
  const result = {
    ...given,
    fingerprint,
    attempt: made.id,
    elapsedMs,
    reason,
    ...(branched && { branched }),
  };
  if (record?.attempt === made.id) {
    const status = record.times.resumedFrom === undefined ? 'ran' : 'resumed';
    const { summary, determinism } = record;
    const divergence = divergenceOf(scope, id, determinism, diverged);
    const outputs = digestsOf(record.outputs);
    const told = summary as { [name: string]: string | number };
    const memo = record.memo === undefined ? {} : { memo: record.memo };
    emit({
      event: 'stage-finished',
      ...facts,
      status,
      determinism,
      outputs,
      summary: told,
      elapsedMs,
      ...memo,
    });
    const extended = record.lineage.extends;
    return {
      ...result,
      status,
      outputs: outputsOf(record),
      ranMs: record.times.computeMs,
      summary,
      ...divergence,
      ...(extended !== undefined && { extends: extended }),
      ...memo,
    };
  }
  const last = await work.store.checkpoints.newest(fingerprint);
  const step = last === undefined ? {} : { checkpointStep: last.step };
  const { exceeded } = watch;
  if (outcome.status === 'stopped' && exceeded === undefined) {
    emit({ event: 'stage-stopped', ...facts, ...step, elapsedMs });
    return { ...result, status: 'stopped', outputs: {} };
  }
  const failure =
    exceeded === 'time'
      ? timedOut(scope.timeoutMs!, last?.step)
      : exceeded === 'silence'
        ? fellSilent(silenceOf(scope, prepared), watch.last)
        : failureOf(outcome, reached, unsaved);
  return {
    failed: { ...result, status: 'failed', outputs: {}, failure },
    by: exceeded ?? 'itself',
    ...(last !== undefined && { step: last.step }),
  };
}
