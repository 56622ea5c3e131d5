import type { BackendInfo } from '../net/backend.ts';
import type { RunEvent } from '../schema/generated/event.ts';
import type { FieldChange, Plan, PlannedStage } from '../schema/generated/plan.ts';
import type { RunResult, StageResult } from '../schema/generated/run-result.ts';
import type { DeviceInfo } from '../stage/contract.ts';

export type { FieldChange, Plan, PlannedStage, RunEvent, RunResult, StageResult };

/** What a run executes on; only the parts that a stage declares it needs enter its fingerprint. */
export interface Environment {
  /** Raised whenever the arithmetic of the backends changes. */
  readonly numericsVersion: number;
  /** The backend that attempts will use; absent when no stage needs one. */
  readonly backend?: BackendInfo;
  /** The device that latencies are measured on; absent when no stage measures. */
  readonly device?: DeviceInfo;
}

/** A run under way. */
export interface RunHandle {
  /** Settles when the run is over and its result is in the store; never rejects for a stage's failure. */
  readonly finished: Promise<RunResult>;
  /** Asks every attempt to save a checkpoint and end; starts nothing new. */
  stop(): void;
  /** Kills the attempts. */
  kill(): void;
}

/** Takes the events of a run, in order. It must not throw. */
export type OnEvent = (event: RunEvent) => void;
