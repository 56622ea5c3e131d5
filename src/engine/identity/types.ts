import type { RunEvent } from '../../schema/generated/event.ts';
import type { FieldChange, Plan, PlannedStage } from '../../schema/generated/plan.ts';
import type { RunResult, StageResult } from '../../schema/generated/run-result.ts';

export type { FieldChange, Plan, PlannedStage, RunEvent, RunResult, StageResult };

/** The result of a run that got to an end of its own. */
export type FinishedRun = RunResult & { readonly status: Exclude<RunResult['status'], 'unfinished'> };

/** A run under way. */
export interface RunHandle {
  /** Id of the run. */
  readonly run: string;
  /** Settles when the run is over and its result is in the store; rejects only for an internal error. */
  readonly finished: Promise<FinishedRun>;
  /** Asks every attempt to save a checkpoint and end; starts nothing new. */
  stop(): void;
  /** Kills the attempts. */
  kill(): void;
}

/** Takes the events of a run, in order. It must not throw. */
export type OnEvent = (event: RunEvent) => void;
