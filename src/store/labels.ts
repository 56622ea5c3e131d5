import type { RunLabels } from '../schema/generated/run-labels.ts';

/** What a person says of a run. */
export type Labels = Omit<RunLabels, 'seal'>;

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

/** Of a run of which nothing is said. */
export const unlabelled: Labels = { v: 1, tags: [] };

/** What is said after a change. */
export function changed(before: Labels, { add = [], remove = [], note }: LabelChange): Labels {
  const tags = new Set([...before.tags, ...add]);
  for (const tag of remove) tags.delete(tag);
  const kept = note ?? before.note ?? '';
  return { v: 1, tags: [...tags].sort(), ...(kept !== '' && { note: kept }) };
}
