import type { Lock } from '../base/locks.ts';
import type { AttemptEvent, JournalEntry } from '../schema/generated/journal.ts';
import type { Attempt } from '../store/index.ts';

type EventOf<Type extends AttemptEvent['type']> = Extract<AttemptEvent, { type: Type }>;

/**
 * How an attempt ended. The record in the store is the truth: an attempt that was killed right after its commit has
 * committed all the same, so look the fingerprint up before running anything again.
 */
export type AttemptOutcome =
  | { readonly status: 'committed'; readonly event: EventOf<'attempt-committed'> }
  /** As asked, or because its driver went away; `step` is where it would go on. */
  | { readonly status: 'stopped'; readonly step?: number }
  /** The stage's failure, or ours (`internal-error`). `stack` for errors that were thrown. */
  | { readonly status: 'failed'; readonly code: string; readonly message: string; readonly stack?: string }
  /** It died without a word. `signal` where one is known; `exitCode` otherwise. */
  | { readonly status: 'killed'; readonly signal?: NodeJS.Signals; readonly exitCode?: number };

/** An attempt under way. */
export interface RunningAttempt {
  readonly attempt: Attempt;
  readonly pid: number | undefined;
  /** Its journal from the first line, once; ends after the attempt has ended. */
  readonly entries: AsyncIterable<JournalEntry>;
  readonly outcome: Promise<AttemptOutcome>;
  /** Asks it to save a checkpoint and stop. */
  stop(): void;
  /** Ends it at once; the last checkpoint remains. */
  kill(): void;
}

export interface StartOptions {
  /** Lock of the fingerprint. The attempt holds it too, from its start until its process is gone. */
  readonly lock: Lock;
  /** Environment of the child process; default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs attempts somewhere. */
export interface Executor {
  readonly name: string;
  start(attempt: Attempt, options: StartOptions): RunningAttempt;
}
