import { setTimeout as sleep } from 'node:timers/promises';
import type { Lock } from '../../base/locks.ts';
import type { StageResult } from '../../schema/generated/run-result.ts';
import type { Prepared } from '../identity/prepare.ts';
import { attempt } from './attempt.ts';
import { silenceOf } from './attempt-limits.ts';
import type { Given } from './results.ts';
import type { RunScope } from './stage-scope.ts';

/** Runs attempts until one succeeds or the retries that are allowed after its failure are used up. */
export async function attempts(
  scope: RunScope,
  prepared: Prepared,
  given: Given,
  lock: Lock,
): Promise<StageResult> {
  const { emit, halted } = scope;
  const { stage, fingerprint } = prepared;
  const { times, seconds } = stage.type.manifest.retries;
  const allowed = { itself: times, silence: silenceOf(scope, prepared).retries ?? 0, time: 0 };
  const made = { itself: 0, silence: 0, time: 0 };
  for (let waits = 0; ; waits++) {
    const ended = await attempt(scope, prepared, given, lock);
    if (!('failed' in ended)) return ended;
    const { failed, by, step } = ended;
    const { failure, attempt: id = '', elapsedMs } = failed;
    const kept = step === undefined ? {} : { checkpointStep: step };
    const facts = { stage: stage.id, type: given.type, fingerprint, attempt: id };
    const fails = (): StageResult => {
      emit({ event: 'stage-failed', ...facts, ...failure, ...kept, elapsedMs });
      return failed;
    };
    const retry = ++made[by];
    const of = allowed[by];
    if (retry > of || halted.aborted) return fails();
    const afterMs = Math.min(1000 * seconds * 2 ** waits, 3_600_000);
    emit({ event: 'stage-retrying', stage: stage.id, attempt: id, ...failure, retry, of, afterMs });
    await sleep(afterMs, undefined, { signal: halted }).catch(() => {});
    if (halted.aborted) return fails();
  }
}
