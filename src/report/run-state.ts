import type { RunJournalEntry } from '../schema/generated/run-journal.ts';
import type { Store } from '../store/index.ts';

/**
 * running: its driver holds the run's lock; dead: nobody does, and it never wrote its last event; else how it ended.
 */
export type RunState = 'running' | 'dead' | 'ok' | 'failed' | 'stopped';

/** Whether a run goes on, going by its lock and by nothing that it wrote. */
export function runState(store: Store, run: string, events: readonly RunJournalEntry[]): RunState {
  const live = store.runs.isLive(run);
  const last = events.at(-1)?.event;
  if (last?.event === 'run-finished') return last.status;
  return live ? 'running' : 'dead';
}
