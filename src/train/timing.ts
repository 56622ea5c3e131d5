/** Milliseconds of repeated passes in a few numbers. */
export interface TimingSummary {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
  /** Interquartile range. */
  readonly spread: number;
  readonly samples: number;
}

/** Summary of at least one sample; robust against the few that an interruption made long. */
export function summariseTimes(samples: Float64Array): TimingSummary {
  if (samples.length === 0) throw new Error('internal error: expected timing samples, got none');
  const sorted = Float64Array.from(samples).sort();
  return {
    median: quantile(sorted, 0.5),
    p10: quantile(sorted, 0.1),
    p90: quantile(sorted, 0.9),
    spread: quantile(sorted, 0.75) - quantile(sorted, 0.25),
    samples: samples.length,
  };
}

/** Quantile of ascending values, interpolated linearly between neighbours (type 7 of Hyndman & Fan 1996). */
export function quantile(ascending: ArrayLike<number>, share: number): number {
  const position = share * (ascending.length - 1);
  const below = Math.floor(position);
  const low = ascending[below]!;
  const high = ascending[Math.min(below + 1, ascending.length - 1)]!;
  return low + (position - below) * (high - low);
}

/** How well predicted times agree with measured ones. */
export interface PredictionError {
  /** Mean of |predicted − measured| / measured. */
  readonly meanAbsolutePercentageError: number;
  /** |Σ predicted − Σ measured| / Σ measured. */
  readonly summedError: number;
  /** Rank correlation, −1…1 (Kendall's τ-a); 1 where there is no pair. */
  readonly kendallTau: number;
}

/** Error of predictions, pairwise over two lists of one length, at least one long. */
export function predictionError(predicted: readonly number[], measured: readonly number[]): PredictionError {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const relative = measured.map((value, i) => Math.abs(predicted[i]! - value) / value);
  return {
    meanAbsolutePercentageError: sum(relative) / measured.length,
    summedError: Math.abs(sum(predicted) - sum(measured)) / sum(measured),
    kendallTau: kendallTau(predicted, measured),
  };
}

function kendallTau(a: readonly number[], b: readonly number[]): number {
  let balance = 0;
  let pairs = 0;
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      balance += Math.sign(a[i]! - a[j]!) * Math.sign(b[i]! - b[j]!);
      pairs++;
    }
  }
  return pairs === 0 ? 1 : balance / pairs;
}
