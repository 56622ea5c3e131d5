import type { BranchedFrom } from '../schema/generated/record.ts';
import type { RunResult } from '../schema/generated/run-result.ts';

/** Where a branched stage began, as `pipe branch` takes it: `261124-102301-rk:train@1200`. */
export const branchText = ({ run, stage, step }: BranchedFrom): string => `${run}:${stage}@${step}`;

/** Where the stage of a run began that was branched; nothing for a run that is no branch. */
export function branchOf({ stages }: RunResult): string | undefined {
  const branched = Object.values(stages).find((stage) => stage!.branched)?.branched;
  return branched && branchText(branched);
}
