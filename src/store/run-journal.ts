import * as path from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Files } from '../base/files.ts';
import { systemFailure } from '../base/system-failure.ts';
import type { RunEvent } from '../schema/generated/event.ts';
import type { RunJournalEntry } from '../schema/generated/run-journal.ts';
import { followLines, readLines } from './journal.ts';
import { sumLine } from './lines.ts';

export const EVENTS = 'events.jsonl';

/** Writes what happens in a run, for whoever watches it or asks later. A full or failing disk costs lines, never the run. */
export interface RunJournal {
  write(event: RunEvent): void;
  close(): void;
}

/** Cached stages come thousands at a time; their lines wait for the next event, up to so many characters. */
const WAITING = 1 << 16;

/** Opens the journal of a run. Progress is left out: attempts write it themselves. */
export function openRunJournal(files: Files, directory: string, clock: Clock): RunJournal {
  const appender = files.appender(path.join(directory, EVENTS));
  let waiting = '';
  const flush = () => {
    const text = waiting;
    waiting = '';
    try {
      if (text !== '') appender.append(text);
    } catch (error) {
      if (systemFailure(error) === undefined) throw error;
    }
  };
  return {
    write(event) {
      if (event.event === 'stage-progress') return;
      const entry: RunJournalEntry = { v: 1, at: clock.now(), event };
      waiting += sumLine(entry);
      if (event.event !== 'stage-cached' || waiting.length > WAITING) flush();
    },
    close() {
      flush();
      appender.close();
    },
  };
}

/** What a run has written so far; empty when there is none. */
export const readRunJournal = (files: Files, directory: string): Promise<RunJournalEntry[]> =>
  readLines<RunJournalEntry>(files, path.join(directory, EVENTS));

/** Follows a run from its beginning. Ends, after a last look, once `ended` has resolved. */
export const followRunJournal = (
  files: Files,
  directory: string,
  ended: Promise<unknown>,
): AsyncGenerator<RunJournalEntry> =>
  followLines<RunJournalEntry>(files, path.join(directory, EVENTS), ended);
