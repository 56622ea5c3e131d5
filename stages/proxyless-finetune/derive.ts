import type { Trial } from '../../src/stage/index.ts';

/** The most accurate trial whose cost is within the target, the first of equals; the cheapest where none is. */
export function choose(trials: readonly Trial[], target: number): Trial {
  const within = trials.filter(({ cost }) => cost <= target);
  return within.length > 0
    ? within.reduce((a, b) => (b.accuracy.value > a.accuracy.value ? b : a))
    : trials.reduce((a, b) => (b.cost < a.cost ? b : a));
}
