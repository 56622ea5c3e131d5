import { setTimeout as sleep } from 'node:timers/promises';
import type { Lock } from '../base/locks.ts';
import type { StageResult } from '../schema/generated/run-result.ts';
import { attempt } from './attempt.ts';
import type { Prepared } from './prepare.ts';
import type { Given } from './results.ts';
import type { RunScope } from './stage-scope.ts';

/** Runs attempts until one succeeds or the retries that the stage type allows are used up. */
export async function attempts(
  scope: RunScope,
  prepared: Prepared,
  given: Given,
  lock: Lock,
): Promise<StageResult> {
  const { emit, halted } = scope;
  const { stage, fingerprint } = prepared;
  const { times, seconds } = stage.type.manifest.retries;
  for (let retry = 1; ; retry++) {
    const ended = await attempt(scope, prepared, given, lock);
    if (!('failed' in ended)) return ended;
    const { failed, mayRetry, step } = ended;
    const { failure, attempt: id = '', elapsedMs } = failed;
    if (!mayRetry || retry > times || halted.aborted) {
      const kept = step === undefined ? {} : { checkpointStep: step };
      const facts = { stage: stage.id, type: given.type, fingerprint, attempt: id };
      emit({ event: 'stage-failed', ...facts, ...failure, ...kept, elapsedMs });
      return failed;
    }
    const afterMs = Math.min(1000 * seconds * 2 ** (retry - 1), 3_600_000);
    emit({ event: 'stage-retrying', stage: stage.id, attempt: id, ...failure, retry, of: times, afterMs });
    await sleep(afterMs, undefined, { signal: halted }).catch(() => {});
    if (halted.aborted) {
      emit({ event: 'stage-failed', stage: stage.id, type: given.type, fingerprint, ...failure, elapsedMs });
      return failed;
    }
  }
}
