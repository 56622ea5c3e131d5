import { setTimeout as sleep } from 'node:timers/promises';
import { type Files, nodeFiles } from '../../base/files.ts';
import type { RunEvent, StageStarted } from '../../schema/generated/event.ts';
import { followJournal, type Store } from '../../store/index.ts';
import { eventOf } from './attempt-events.ts';

/** What another process's run did, as its driver tells it, with the time at which it did. */
export interface WatchedEvent {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly event: RunEvent;
}

/** Time between two looks at whether a driver lives, milliseconds. */
const EVERY_MS = 200;

/** Resolves when nobody holds the run's lock any more, or when nobody wants to know any longer. */
export async function runEnded(store: Store, run: string, unwanted?: AbortSignal): Promise<void> {
  while (!unwanted?.aborted && store.runs.isLive(run)) await sleep(EVERY_MS);
}

/** The progress of one attempt, until its stage has ended. */
async function followProgress(
  store: Store,
  files: Files,
  { stage, fingerprint, attempt }: StageStarted,
  startedAt: number,
  ended: Promise<unknown>,
  give: (event: WatchedEvent) => void,
): Promise<void> {
  const { journal } = store.attempts.at(fingerprint, attempt);
  for await (const { at, event } of followJournal(files, journal, ended)) {
    const told = eventOf(stage, event, Math.max(0, at - startedAt));
    if (told?.event === 'stage-progress') give({ at, event: told });
  }
}

/**
 * Follows a run from its beginning, whoever drives it: its own events, and the progress of each attempt. Returns after the
 * run's last event, or when its driver is gone without one; the lock of the run tells.
 */
export async function watchRun(
  store: Store,
  run: string,
  give: (event: WatchedEvent) => void,
  { files = nodeFiles, unwanted }: { readonly files?: Files; readonly unwanted?: AbortSignal } = {},
): Promise<void> {
  const over = runEnded(store, run, unwanted);
  const open = new Map<string, { end: () => void; done: Promise<void> }>();
  for await (const { at, event } of store.runs.follow(run, over)) {
    if (
      event.event === 'stage-finished' ||
      event.event === 'stage-failed' ||
      event.event === 'stage-stopped'
    ) {
      // what an attempt said comes before what became of it
      open.get(event.stage)?.end();
      await open.get(event.stage)?.done;
      open.delete(event.stage);
    }
    give({ at, event });
    if (event.event !== 'stage-started') continue;
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const done = followProgress(store, files, event, at, Promise.race([ended, over]), give);
    open.set(event.stage, { end, done });
  }
  for (const { end } of open.values()) end();
  await Promise.all([...open.values()].map(({ done }) => done));
}
