import { kendallTau } from './correlation.ts';

/** How well predicted times agree with measured ones. */
export interface PredictionError {
  /** Mean of |predicted − measured| / measured. */
  readonly meanAbsolutePercentageError: number;
  /** |Σ predicted − Σ measured| / Σ measured. */
  readonly summedError: number;
  /** Share of the variance of what was measured that the predictions explain, at most 1; 0 where nothing varies. */
  readonly r2: number;
  /** Rank correlation, −1…1 (Kendall's τ-b); 0 where nothing varies. */
  readonly kendallTau: number;
}

/** Error of predictions, pairwise over two lists of one length, at least one long. */
export function predictionError(predicted: readonly number[], measured: readonly number[]): PredictionError {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const relative = measured.map((value, i) => Math.abs(predicted[i]! - value) / value);
  return {
    meanAbsolutePercentageError: sum(relative) / measured.length,
    r2: explainedVariance(predicted, measured),
    summedError: Math.abs(sum(predicted) - sum(measured)) / sum(measured),
    kendallTau: kendallTau(predicted, measured),
  };
}

function explainedVariance(predicted: readonly number[], measured: readonly number[]): number {
  const mean = measured.reduce((total, value) => total + value, 0) / measured.length;
  const squares = (of: (value: number, i: number) => number): number =>
    measured.reduce((total, value, i) => total + of(value, i) ** 2, 0);
  const variance = squares((value) => value - mean);
  return variance === 0 ? 0 : 1 - squares((value, i) => value - predicted[i]!) / variance;
}
