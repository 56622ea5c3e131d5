import type { Rng } from '../../base/rng.ts';
import type { ChoiceBlock, SearchSpace } from '../space/layout.ts';
import { choiceBlocks } from '../space/layout.ts';

/** Share of the steps during which TuNAS warms up operations and filters, and its controller rests. */
export const WARMUP_FRACTION = 0.25;

/**
 * Probability that a choice block is replaced by the mean of its options (operations) or its largest option
 * (filters): falls linearly from 1 to 0 over the first `fraction` of the steps (TuNAS, as released). `progress` is 0…1.
 */
export const warmupProbability = (progress: number, fraction: number = WARMUP_FRACTION): number =>
  fraction <= 0 ? 0 : Math.max(0, 1 - progress / fraction);

/** The choice blocks to replace in one step, each independently with the probability of its kind: for `warmupPath`. */
export function sampleWarmup(
  space: SearchSpace,
  rng: Rng,
  probability: { readonly [tag in ChoiceBlock['tag']]: number },
): ReadonlySet<string> {
  const draws = choiceBlocks(space).map(({ id, tag }) => [id, rng.uniform() < probability[tag]] as const);
  return new Set(draws.filter(([, taken]) => taken).map(([id]) => id));
}

/**
 * TuNAS's learning rate of the controller: 0 over the first `delay` of the steps, then `base` growing exponentially to
 * `ramp` times as much at the end. `progress` is 0…1.
 */
export function controllerLearningRate(
  base: number,
  progress: number,
  { delay = WARMUP_FRACTION, ramp = 10 }: { readonly delay?: number; readonly ramp?: number } = {},
): number {
  if (progress < delay) return 0;
  const since = delay >= 1 ? 1 : (progress - delay) / (1 - delay);
  return base * ramp ** since;
}

/** TuNAS's base learning rate at its batch of 4096 images. */
export const TUNAS_LEARNING_RATE = 4.8e-3;
