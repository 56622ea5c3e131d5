/** Values of a figure under several seeds. */
export interface Sample {
  /** At least two. */
  readonly values: readonly number[];
  /** Sample variance, of n - 1 degrees of freedom. */
  readonly variance: number;
}

/** 97.5 % quantiles of Student's t by degrees of freedom from 1. */
const quantiles = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** The quantile for as many degrees of freedom, rounded down; that of 30 for more, which is on the safe side. */
const studentT = (freedom: number): number =>
  quantiles[Math.min(quantiles.length, Math.max(1, Math.floor(freedom))) - 1]!;

/** Mean and sample variance. */
export function momentsOf(values: readonly number[]): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
}

/** Half of the 95 % interval of the mean (Student's t). */
export const meanMargin = ({ values, variance }: Sample): number =>
  studentT(values.length - 1) * Math.sqrt(variance / values.length);

/** Half of the 95 % interval of the difference of two means (Welch, degrees of freedom by Satterthwaite). */
export function differenceMargin(a: Sample, b: Sample): number {
  const [u, v] = [a.variance / a.values.length, b.variance / b.values.length];
  if (u + v === 0) return 0;
  const freedom = (u + v) ** 2 / (u ** 2 / (a.values.length - 1) + v ** 2 / (b.values.length - 1));
  return studentT(freedom) * Math.sqrt(u + v);
}
