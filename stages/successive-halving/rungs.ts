import type { Rng } from '../../src/base/index.ts';
import { drawAcceptable, type Encoding, encodingKey, type SpaceOperators } from '../../src/nas/index.ts';
import { orFail } from '../../src/train/index.ts';

/** One round of training. */
export interface Rung {
  /** Networks that train in it. */
  readonly networks: number;
  /** Epochs that each of them has behind it at its end. */
  readonly epochs: number;
}

/** Rungs from all networks down to those of which no 1/eta is left (Jamieson & Talwalkar 2016). */
export function rungsOf(networks: number, eta: number, epochs: number): Rung[] {
  const rungs: Rung[] = [];
  for (let left = networks; left >= 1; left = Math.floor(left / eta)) {
    rungs.push({ networks: left, epochs: epochs * eta ** rungs.length });
  }
  return rungs;
}

/** Different random architectures beside those that are given, so many in all. */
export function filledUp(
  operators: SpaceOperators,
  given: readonly Encoding[],
  count: number,
  rng: Rng,
): Encoding[] {
  const found = [...given];
  const seen = new Set(found.map(encodingKey));
  while (found.length < count) {
    const stream = rng.fork(found.length);
    const drawing = { operators, attempts: 1000, seen };
    const { encoding } = orFail(drawAcceptable(drawing, () => ({ encoding: operators.random(stream) })));
    seen.add(encodingKey(encoding));
    found.push(encoding);
  }
  return found;
}
