import * as path from 'node:path';
import type { Clock } from '../base/clock.ts';
import { digestBytes } from '../base/digest.ts';
import type { Files } from '../base/files.ts';
import type { AttemptRequest } from '../schema/generated/attempt-request.ts';
import type { JournalEntry } from '../schema/generated/journal.ts';
import { ensurePlace } from './damage.ts';
import { claimId, isTimeId } from './ids.ts';
import { readJournal } from './journal.ts';
import { ATTEMPT_FILES, type Layout } from './layout.ts';
import { moveInto, privateDirectory } from './private.ts';
import { readSealed, seal } from './seal.ts';

/** One try at one stage: a directory with request, bundle, journal and log. */
export interface Attempt {
  readonly id: string;
  readonly fingerprint: string;
  readonly directory: string;
  readonly journal: string;
  /** What the child process printed. */
  readonly log: string;
}

/** A request before it has an attempt's id and a place for its bundle. */
export type RequestDraft = Omit<
  AttemptRequest,
  'v' | 'attempt' | 'bundle' | 'bundleDigest' | 'store' | 'seal'
>;

const REQUEST_DOMAIN = 'naspipe attempt request';

export interface Attempts {
  /** Makes the directory of a new attempt. `bundle` is the text of an ES module. */
  prepare(draft: RequestDraft, bundle: string): Promise<Attempt>;
  /** Where an attempt's files lie, whether or not it exists. */
  at(fingerprint: string, id: string): Attempt;
  /** Ids of the attempts of a fingerprint, oldest first. */
  list(fingerprint: string): Promise<string[]>;
  /** What an attempt was asked to do; nothing when that is not whole. */
  request(attempt: Attempt): Promise<AttemptRequest | undefined>;
  /** Bytes of its journal and of its log so far: they grow as long as it says something. */
  written(attempt: Attempt): Promise<{ readonly journal: number; readonly log: number }>;
  /** What its journal says so far. */
  entries(attempt: Attempt): Promise<JournalEntry[]>;
}

/** The request in an attempt's directory; nothing when it is not whole. */
export const readRequest = (files: Files, directory: string): Promise<AttemptRequest | undefined> =>
  readSealed<AttemptRequest>(files, REQUEST_DOMAIN, path.join(directory, ATTEMPT_FILES.request));

export function createAttempts(files: Files, layout: Layout, clock: Clock): Attempts {
  const at = (fingerprint: string, id: string): Attempt => {
    const directory = layout.attempt(fingerprint, id);
    return {
      id,
      fingerprint,
      directory,
      journal: path.join(directory, ATTEMPT_FILES.journal),
      log: path.join(directory, ATTEMPT_FILES.log),
    };
  };
  return {
    async prepare(draft, bundle) {
      await ensurePlace(files, layout, path.join(layout.attempts, draft.fingerprint));
      const hidden = await privateDirectory(files, layout);
      try {
        await files.writeNew(path.join(hidden, ATTEMPT_FILES.bundle), bundle);
        const id = await claimId(clock, async (each) => {
          const request: AttemptRequest = seal(REQUEST_DOMAIN, {
            v: 1 as const,
            ...draft,
            attempt: each,
            bundle: ATTEMPT_FILES.bundle,
            bundleDigest: digestBytes(bundle),
            store: layout.root,
          });
          const text = `${JSON.stringify(request, null, 2)}\n`;
          await files.writeAtomic(path.join(hidden, ATTEMPT_FILES.request), text);
          return moveInto(files, hidden, layout.attempt(draft.fingerprint, each));
        });
        return at(draft.fingerprint, id);
      } catch (error) {
        await files.remove(hidden).catch(() => {});
        throw error;
      }
    },
    at,
    async list(fingerprint) {
      return (await files.list(path.join(layout.attempts, fingerprint))).filter(isTimeId);
    },
    request: ({ directory }) => readRequest(files, directory),
    async written({ journal, log }) {
      const [said, printed] = await Promise.all([files.stat(journal), files.stat(log)]);
      return { journal: said?.size ?? 0, log: printed?.size ?? 0 };
    },
    entries: (attempt) => readJournal(files, attempt.journal),
  };
}
