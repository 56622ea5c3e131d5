import * as path from 'node:path';
import { type Files, readTextIfWhole } from '../base/files.ts';
import type { RunLabels } from '../schema/generated/run-labels.ts';

const LABELS = 'labels.json';
const TAG = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/;

/** Whether a text can be a tag: letters, digits, `.`, `_`, `/`, `-`, at most 64, beginning with a letter or digit. */
export const isTag = (text: string): boolean => TAG.test(text);

/** A change of what is said of a run. */
export interface LabelChange {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  /** In place of the note before; empty: none. */
  readonly note?: string;
}

export const unlabelled: RunLabels = { v: 1, tags: [] };

/** What is said of a run; no tags and no note when nothing is, or nothing readable. */
export async function readLabels(files: Files, directory: string): Promise<RunLabels> {
  const text = await readTextIfWhole(files, path.join(directory, LABELS));
  try {
    const found = JSON.parse(text ?? '') as RunLabels;
    if (found.v === 1 && Array.isArray(found.tags)) return found;
  } catch {}
  return unlabelled;
}

/** Changes it and returns what is said now. */
export async function changeLabels(
  files: Files,
  directory: string,
  { add = [], remove = [], note }: LabelChange,
): Promise<RunLabels> {
  const before = await readLabels(files, directory);
  const tags = new Set([...before.tags, ...add]);
  for (const tag of remove) tags.delete(tag);
  const kept = note ?? before.note ?? '';
  const after: RunLabels = { v: 1, tags: [...tags].sort(), ...(kept !== '' && { note: kept }) };
  await files.writeAtomic(path.join(directory, LABELS), `${JSON.stringify(after, null, 2)}\n`);
  return after;
}
