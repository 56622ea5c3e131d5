import { type Failure, never } from '../../base/result.ts';
import type { AttemptOutcome } from '../../executors/index.ts';
import type { Stage } from '../../pipeline/pipeline.ts';
import type { StageResult } from '../../schema/generated/run-result.ts';
import type { Given } from './results.ts';
import type { SilenceLimit } from './silence.ts';
import type { RunScope } from './stage-scope.ts';

/** How far an attempt said it was. */
export type Reached = { readonly step: number; readonly total: number } | undefined;

/**
 * What to say of an attempt that ended without a record; `unsaved`: why its last checkpoint could not be saved, which is
 * also why it may have had no place for a word about its end.
 */
export function failureOf(
  outcome: AttemptOutcome,
  reached: Reached,
  unsaved: string | undefined,
): { readonly code: string; readonly message: string } {
  switch (outcome.status) {
    case 'failed':
      return { code: outcome.code, message: outcome.message };
    case 'killed': {
      const count = (n: number): string => n.toLocaleString('en-US');
      const where = reached === undefined ? '' : ` at step ${count(reached.step)} of ${count(reached.total)}`;
      const how = outcome.signal ?? `exit code ${outcome.exitCode}`;
      const before = unsaved === undefined ? '' : `; its checkpoint could not be saved: ${unsaved}`;
      return { code: 'killed', message: `killed (${how})${where}${before}` };
    }
    case 'committed':
      return { code: 'outputs-lost', message: 'it finished, but its outputs are not whole in the store' };
    case 'stopped':
      return { code: 'stopped', message: 'it was stopped' };
    default:
      return never(outcome);
  }
}

/** What to say of an attempt that took longer than `--timeout` allows. */
export const timedOut = (limitMs: number, step: number | undefined): NonNullable<StageResult['failure']> => {
  const go = step === undefined ? 'it left no checkpoint' : 'run again to go on from its checkpoint';
  return { code: 'timed-out', message: `stopped after ${limitMs / 1000} s, as --timeout says; ${go}` };
};

/** What to say of an attempt that was stopped because it was silent; `last`: what it was last heard to do. */
export const fellSilent = ({ afterMs }: SilenceLimit, last: string): NonNullable<StageResult['failure']> => ({
  code: 'silent',
  message: `stopped after ${afterMs / 1000} s of silence; last heard of ${last}`,
});

/** The end of a stage that could not be started. */
export function failedBefore(
  { emit }: RunScope,
  { id }: Stage,
  given: Given,
  [failure]: readonly Failure[],
): StageResult {
  const { code, message } = failure ?? { code: 'internal-error', message: 'no reason was given' };
  emit({ event: 'stage-failed', stage: id, type: given.type, code, message, elapsedMs: 0 });
  return { ...given, status: 'failed', outputs: {}, elapsedMs: 0, failure: { code, message } };
}
