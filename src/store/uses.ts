import * as path from 'node:path';
import { isDigest } from '../base/digest.ts';
import { type Files, readTextIfWhole } from '../base/files.ts';
import { systemFailure } from '../base/system-failure.ts';
import type { RunResult } from '../schema/generated/run-result.ts';
import { parseSumLine, sumLine } from './lines.ts';

/**
 * What a run takes from the store, written down before it relies on it: `uses.jsonl` in the run's directory. It keeps the
 * garbage collector from what the results do not name yet.
 */
export type Use = { readonly fingerprint: string } | { readonly artifact: string };

export const USES = 'uses.jsonl';

/** A use as it is written. */
export const useLine = (use: Use): string => sumLine(use);

export interface UseWriter {
  /** All in one go. */
  write(...uses: readonly Use[]): void;
  close(): void;
}

/** Opens a run's uses. A full disk costs lines: what they name can then be collected, and would be made again. */
export function openUses(files: Files, run: string): UseWriter {
  const appender = files.appender(path.join(run, USES));
  const written = new Set<string>();
  return {
    write(...uses) {
      const lines = new Set(uses.map(useLine).filter((line) => !written.has(line)));
      if (lines.size === 0) return;
      try {
        appender.append([...lines].join(''));
        for (const line of lines) written.add(line);
      } catch (error) {
        if (systemFailure(error) === undefined) throw error;
      }
    },
    close: () => appender.close(),
  };
}

/** What a run's results rely on and its uses do not name. */
export function missingUses(uses: readonly Use[], results: Pick<RunResult, 'stages'> | undefined): Use[] {
  const named = new Set(uses.flatMap((use) => ('fingerprint' in use ? use.fingerprint : [])));
  const wanted = Object.values(results?.stages ?? {}).flatMap((stage) => stage?.fingerprint ?? []);
  return [...new Set(wanted)]
    .filter((fingerprint) => !named.has(fingerprint))
    .map((fingerprint) => ({ fingerprint }));
}

/** What a run wrote down, and how many lines are not as they were written. A torn last line counts for nothing. */
export async function readUses(files: Files, run: string): Promise<{ uses: Use[]; damaged: number }> {
  const text = (await readTextIfWhole(files, path.join(run, USES))) ?? '';
  const uses: Use[] = [];
  let damaged = 0;
  for (const line of text.split('\n').slice(0, -1)) {
    if (line === '') continue;
    const use = parse(line);
    if (use) uses.push(use);
    else damaged++;
  }
  return { uses, damaged };
}

function parse(line: string): Use | undefined {
  const use = parseSumLine<Use>(line);
  const digest = use && ('fingerprint' in use ? use.fingerprint : use.artifact);
  return typeof digest === 'string' && isDigest(digest) ? use : undefined;
}
