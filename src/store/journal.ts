import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import type { Files } from '../base/files.ts';
import { systemFailure } from '../base/system-failure.ts';
import type { AttemptEvent, JournalEntry } from '../schema/generated/journal.ts';

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
        appender.append(`${JSON.stringify(entry)}\n`);
      } catch (error) {
        if (systemFailure(error) === undefined) throw error;
      }
    },
    close: () => appender.close(),
  };
}

/** Entries of the whole lines of some bytes, and how many bytes those lines take. A line that is no JSON is left out. */
function parseLines(bytes: Uint8Array): { entries: JournalEntry[]; taken: number } {
  const taken = bytes.lastIndexOf(0x0a) + 1;
  const entries: JournalEntry[] = [];
  for (const line of new TextDecoder().decode(bytes.subarray(0, taken)).split('\n')) {
    try {
      if (line !== '') entries.push(JSON.parse(line) as JournalEntry);
    } catch {}
  }
  return { entries, taken };
}

/** What a journal says so far; empty when there is none. A torn last line is ignored. */
export const readJournal = async (files: Files, file: string): Promise<JournalEntry[]> =>
  parseLines(await files.readFrom(file, 0)).entries;

/**
 * Follows a journal by byte offset, from its beginning. Ends, after a last look, once `ended` has resolved.
 * `everyMs`: time between looks, milliseconds.
 */
export async function* followJournal(
  files: Files,
  file: string,
  ended: Promise<unknown>,
  everyMs = 50,
): AsyncGenerator<JournalEntry> {
  let over = false;
  const finish = () => {
    over = true;
  };
  const end = ended.then(finish, finish);
  for (let offset = 0; ; ) {
    const last = over;
    const { entries, taken } = parseLines(await files.readFrom(file, offset));
    offset += taken;
    yield* entries;
    if (last) return;
    await Promise.race([sleep(everyMs), end]);
  }
}
