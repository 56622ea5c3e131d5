import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import type { Files } from '../base/files.ts';
import { systemFailure } from '../base/system-failure.ts';
import type { AttemptEvent, JournalEntry } from '../schema/generated/journal.ts';
import { parseSumLine, sumLine } from './lines.ts';

/**
 * Writes an attempt's journal: one synchronous `write` a line, so that what was said survives the process. A full or
 * failing disk costs lines, never the attempt.
 */
export interface Journal {
  write(event: AttemptEvent): void;
  close(): void;
}

export function openJournal(files: Files, file: string, attempt: string, clock: Clock): Journal {
  const appender = files.appender(file);
  let seq = 0;
  return {
    write(event) {
      const entry: JournalEntry = { v: 1, seq: ++seq, at: clock.now(), attempt, event };
      try {
        appender.append(sumLine(entry));
      } catch (error) {
        if (systemFailure(error) === undefined) throw error;
      }
    },
    close: () => appender.close(),
  };
}

/**
 * Entries of the whole lines of some bytes, how many bytes those lines take, and how many lines are not as they were
 * written: these are left out.
 */
export function parseLines<Entry extends object>(
  bytes: Uint8Array,
): {
  readonly entries: Entry[];
  readonly taken: number;
  readonly damaged: number;
} {
  const taken = bytes.lastIndexOf(0x0a) + 1;
  const lines = new TextDecoder().decode(bytes.subarray(0, taken)).split('\n').filter(Boolean);
  const entries = lines.flatMap((line) => parseSumLine<Entry>(line) ?? []);
  return { entries, taken, damaged: lines.length - entries.length };
}

/** What a file of lines says so far; empty when there is none. A torn last line is ignored. */
export const readLines = async <Entry extends object>(files: Files, file: string): Promise<Entry[]> =>
  parseLines<Entry>(await files.readFrom(file, 0)).entries;

/** What an attempt's journal says so far. */
export const readJournal = (files: Files, file: string): Promise<JournalEntry[]> =>
  readLines<JournalEntry>(files, file);

/**
 * Follows a file of JSON lines by byte offset, from its beginning. Ends, after a last look, once `ended` has resolved.
 * `everyMs`: time between looks, milliseconds.
 */
export async function* followLines<Entry extends object>(
  files: Files,
  file: string,
  ended: Promise<unknown>,
  everyMs = 50,
): AsyncGenerator<Entry> {
  let over = false;
  const finish = () => {
    over = true;
  };
  const end = ended.then(finish, finish);
  for (let offset = 0; ; ) {
    const last = over;
    const { entries, taken } = parseLines<Entry>(await files.readFrom(file, offset));
    offset += taken;
    yield* entries;
    if (last) return;
    await Promise.race([sleep(everyMs), end]);
  }
}

/** Follows an attempt's journal. */
export const followJournal = (
  files: Files,
  file: string,
  ended: Promise<unknown>,
  everyMs?: number,
): AsyncGenerator<JournalEntry> => followLines<JournalEntry>(files, file, ended, everyMs);
