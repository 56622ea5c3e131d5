import type { Stage } from '../../pipeline/pipeline.ts';
import type { RunFinished, StageCached } from '../../schema/generated/event.ts';
import type { StageResult } from '../../schema/generated/run-result.ts';
import type { FinishedRun } from '../identity/types.ts';

/** Port → digest. */
export function digestsOf(outputs: StageResult['outputs']): { [port: string]: string } {
  const digests: { [port: string]: string } = {};
  for (const port of Object.keys(outputs)) digests[port] = outputs[port]!.digest;
  return digests;
}

/** What the beginning of a run, or of the items of a foreach, tells of a stage. */
export const startedStage = ({ id, type, after }: Stage) => ({ id, type: type.name, after: [...after] });

/** What is told of a stage that was taken from the store; `extra` is what its result does not say. */
export function cachedEvent(
  stage: string,
  { type, fingerprint, determinism, outputs, summary, ranMs, accepted }: StageResult,
  extra: Pick<StageCached, 'madeOn' | 'equalIn'>,
): StageCached {
  return {
    event: 'stage-cached',
    stage,
    type,
    fingerprint: fingerprint!,
    determinism,
    outputs: digestsOf(outputs),
    summary: summary as StageCached['summary'],
    ...(ranMs !== undefined && { ranMs }),
    ...extra,
    ...(accepted !== undefined && { accepted }),
  };
}

/** The last event of a run: what the issue of `run --json` promises, no more. */
export function finishedEvent({ run, status, stages: results }: FinishedRun): RunFinished {
  const stages: RunFinished['stages'] = {};
  for (const [id, stage] of Object.entries(results)) {
    const { status: state, fingerprint, determinism, outputs } = stage!;
    stages[id] = {
      status: state,
      ...(fingerprint !== undefined && { fingerprint }),
      determinism,
      outputs: digestsOf(outputs),
    };
  }
  return { event: 'run-finished', run, status, stages };
}
