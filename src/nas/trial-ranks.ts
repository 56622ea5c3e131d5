import type { Trial } from '../schema/generated/artifacts/trials.ts';
import { encodingKey } from './space/encoding.ts';
import { hypervolume, paretoFront } from './strategies/pareto.ts';

/** What trials are ranked by: the reward where there is one, else the accuracy. */
export const merit = ({ reward, accuracy }: Trial): number => reward ?? accuracy.value;

/**
 * The best trial of each architecture, the best first; the earlier of equals first. What was measured on more images
 * comes first, then what was trained alone for longer: others are not to be compared with it.
 */
export function rankedArchitectures(trials: readonly Trial[]): Trial[] {
  const ranked = trials.toSorted(
    (a, b) =>
      b.accuracy.images - a.accuracy.images ||
      (b.epochs ?? 0) - (a.epochs ?? 0) ||
      merit(b) - merit(a) ||
      a.index - b.index,
  );
  const seen = new Set<string>();
  return ranked.filter(({ encoding }) => {
    const key = encodingKey(encoding);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Of each architecture the best trial, where it was measured on as many images as any. */
function comparable(trials: readonly Trial[]): Trial[] {
  const ranked = rankedArchitectures(trials);
  return ranked.filter(({ accuracy }) => accuracy.images === ranked[0]!.accuracy.images);
}

const objectives = ({ cost, accuracy }: Trial): readonly [number, number] => [cost, -accuracy.value];

/** Architectures that no other one beats in both cost and accuracy, by rising cost; of those measured on most images. */
export function trialFront(trials: readonly Trial[]): Trial[] {
  const fair = comparable(trials);
  return paretoFront(fair.map(objectives)).map((i) => fair[i]!);
}

/** The part of a rectangle that a front dominates. */
export interface FrontShare {
  /** 0…1 */
  readonly share: number;
  /** The rectangle goes to this cost, from none, and from accuracy 0 to 1. */
  readonly cost: number;
  /**
   * Whether that cost is the limit of all trials, so that searches under it can be compared; else it is the dearest of
   * those that are compared.
   */
  readonly limit: boolean;
}

/** Hypervolume of the front in cost and accuracy, as a share; nothing where no trial costs anything. */
export function frontShare(trials: readonly Trial[]): FrontShare | undefined {
  const targets = new Set(trials.map(({ target }) => target));
  const dearest = Math.max(...comparable(trials).map(({ cost }) => cost));
  const [target] = targets;
  const limit = targets.size === 1 && target !== undefined && dearest <= target;
  const cost = limit ? target : dearest;
  if (!(cost > 0)) return undefined;
  return { share: hypervolume(trialFront(trials).map(objectives), [cost, 0]) / cost, cost, limit };
}

/** What a search says of its front in a line: how many architectures are on it, and its hypervolume (`FrontShare`). */
export function frontFacts(trials: readonly Trial[]): {
  readonly front: number;
  readonly hypervolume?: number;
} {
  const share = frontShare(trials);
  return { front: trialFront(trials).length, ...(share && { hypervolume: share.share }) };
}
