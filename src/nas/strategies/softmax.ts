/** Softmax of logits, largest first subtracted. */
export function softmax(logits: ArrayLike<number>): number[] {
  const values = Array.from(logits);
  const top = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - top));
  const total = powers.reduce((sum, value) => sum + value, 0);
  return powers.map((value) => value / total);
}

/** A distribution whose first `count` options alone can be drawn. */
export function limited(probabilities: readonly number[], count: number): readonly number[] {
  if (count === probabilities.length) return probabilities;
  const total = probabilities.slice(0, count).reduce((sum, p) => sum + p, 0);
  return probabilities.map((p, k) => (k < count ? p / total : 0));
}

/** Shannon entropy of a distribution, nats. */
export const entropyOf = (probabilities: readonly number[]): number =>
  probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);

/** Index of the largest value; the first of equals. */
export const argmax = (values: ArrayLike<number>): number => {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
};

/** Gradient of the loss by logits from the one by softmax probabilities: p_i (g_i − Σ_j p_j g_j). */
export function throughSoftmax(probabilities: readonly number[], gradient: readonly number[]): number[] {
  const mean = probabilities.reduce((sum, p, k) => sum + p * gradient[k]!, 0);
  return probabilities.map((p, k) => p * (gradient[k]! - mean));
}
