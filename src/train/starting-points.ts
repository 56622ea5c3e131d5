import { type Encoding, encodingKey } from '../nas/index.ts';
import type { Trial } from '../stage/artifacts.ts';

/**
 * Where a search begins that follows another: so many different allowed encodings among its trials, those measured on
 * the most images first, then the most accurate.
 */
export function startingPoints(
  trials: readonly Trial[],
  count: number,
  allowed: (encoding: Encoding) => boolean,
): Encoding[] {
  const ranked = [...trials].sort(
    (a, b) =>
      b.accuracy.images - a.accuracy.images || b.accuracy.value - a.accuracy.value || a.index - b.index,
  );
  const distinct = new Map(
    ranked
      .filter((trial) => allowed(trial.encoding))
      .map((trial) => [encodingKey(trial.encoding), trial.encoding]),
  );
  return [...distinct.values()].slice(0, count);
}
