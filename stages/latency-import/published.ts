import { load } from 'js-yaml';
import { stageFailure } from '../../src/stage/index.ts';

/** What a published table says of one piece. */
export interface PublishedEntry {
  /** Milliseconds. */
  readonly mean: number;
  /** Of the samples, ms²; 0 where the table does not tell. */
  readonly variance: number;
  readonly samples: number;
}

/** Several maps as one: a layer that more than one has takes the mean of them. */
export function together(
  maps: readonly ReadonlyMap<string, PublishedEntry>[],
): ReadonlyMap<string, PublishedEntry> {
  const all = new Map<string, PublishedEntry[]>();
  for (const map of maps) for (const [key, entry] of map) all.set(key, [...(all.get(key) ?? []), entry]);
  return new Map(
    [...all].map(([key, entries]) => {
      const sum = (of: (entry: PublishedEntry) => number): number =>
        entries.reduce((total, entry) => total + of(entry), 0);
      const count = entries.length;
      return [
        key,
        {
          mean: sum(({ mean }) => mean) / count,
          variance: sum(({ variance }) => variance) / count,
          samples: sum(({ samples }) => samples),
        },
      ];
    }),
  );
}

/** Reads a map key → { mean, var, count }. Ends the stage with `malformed-table`. */
export function readPublished(text: string, file: string): ReadonlyMap<string, PublishedEntry> {
  const malformed = (message: string) => stageFailure('malformed-table', `${file}: ${message}`);
  let value: unknown;
  try {
    value = load(text);
  } catch (error) {
    throw malformed((error as Error).message.split('\n')[0]!);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed('expected a map from the names of layers to their times');
  }
  const number = (of: unknown): number | undefined =>
    typeof of === 'number' && Number.isFinite(of) && of >= 0 ? of : undefined;
  return new Map(
    Object.entries(value).map(([key, entry]) => {
      const { mean, var: variance, count } = (entry ?? {}) as Record<string, unknown>;
      const ms = number(mean);
      if (ms === undefined) throw malformed(`${key} has no mean in milliseconds`);
      const samples = Math.max(1, Math.floor(number(count) ?? 1));
      return [key, { mean: ms, variance: number(variance) ?? 0, samples }];
    }),
  );
}
