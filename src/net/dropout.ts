import { createRng } from '../base/rng.ts';

/**
 * The mask of inverted dropout (Srivastava et al. 2014): each value 0 with probability `rate`, else 1/(1-rate).
 * A function of its arguments alone, so every backend, at any number of threads, drops the same values.
 *
 * @param seed names the step; a non-negative safe integer
 * @param layerId the dropout layer
 * @param count values wanted: images of the batch times channels, image by image
 * @param rate probability of 0, in [0, 1)
 */
export function dropoutMask(seed: number, layerId: string, count: number, rate: number): Float32Array {
  if (!(rate >= 0 && rate < 1)) throw new Error(`internal error: expected a rate in [0, 1), got ${rate}`);
  const rng = createRng(seed).fork('dropout').fork(layerId);
  const threshold = rate * 2 ** 32;
  const kept = 1 / (1 - rate);
  const mask = new Float32Array(count);
  for (let i = 0; i < count; i++) if (rng.bits() >= threshold) mask[i] = kept;
  return mask;
}
