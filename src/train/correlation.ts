import type { Rng } from '../base/rng.ts';
import { quantile } from './timing.ts';

/** Agreement of two rankings, −1…1; 0 where one of them does not vary. */
export type Agreement = (a: readonly number[], b: readonly number[]) => number;

/** Kendall's τ-b: equal values count for neither order (Kendall 1945). */
export const kendallTau: Agreement = (a, b) => {
  let balance = 0;
  let [differentA, differentB] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const [orderA, orderB] = [Math.sign(a[i]! - a[j]!), Math.sign(b[i]! - b[j]!)];
      balance += orderA * orderB;
      differentA += Math.abs(orderA);
      differentB += Math.abs(orderB);
    }
  }
  const scale = Math.sqrt(differentA * differentB);
  return scale === 0 ? 0 : balance / scale;
};

/** Spearman's ρ: Pearson's correlation of the ranks, equal values sharing their mean rank. */
export const spearmanRho: Agreement = (a, b) => {
  const [x, y] = [ranks(a), ranks(b)];
  const mean = (a.length - 1) / 2;
  let [both, ofX, ofY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    both += (x[i]! - mean) * (y[i]! - mean);
    ofX += (x[i]! - mean) ** 2;
    ofY += (y[i]! - mean) ** 2;
  }
  const scale = Math.sqrt(ofX * ofY);
  return scale === 0 ? 0 : both / scale;
};

/** Ranks from 0, equal values sharing the mean of theirs. */
function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal - 1) / 2;
  });
}

/** A coefficient and its 95 % interval. */
export interface Coefficient {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** An agreement with the interval of the percentile bootstrap over pairs (Efron & Tibshirani 1993 §13.3). */
export function coefficientOf(
  agreement: Agreement,
  a: readonly number[],
  b: readonly number[],
  resamples: number,
  rng: Rng,
): Coefficient {
  const drawn = Float64Array.from({ length: resamples }, () => {
    const at = a.map(() => rng.integer(a.length));
    return agreement(
      at.map((i) => a[i]!),
      at.map((i) => b[i]!),
    );
  }).sort();
  return { value: agreement(a, b), low: quantile(drawn, 0.025), high: quantile(drawn, 0.975) };
}
