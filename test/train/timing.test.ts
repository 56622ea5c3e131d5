import { expect, test } from 'vitest';
import { predictionError, quantile, summariseTimes } from '../../src/train/timing.ts';

test('quantiles interpolate between neighbours', () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
  expect(quantile([7], 0.9)).toBe(7);
});

test('a summary does not depend on the order of the samples', () => {
  const summary = { median: 3, p10: 1.4, p90: 4.6, spread: 2, samples: 5 };
  for (const samples of [
    [5, 1, 4, 2, 3],
    [1, 2, 3, 4, 5],
  ]) {
    const got = summariseTimes(Float64Array.from(samples));
    for (const [name, value] of Object.entries(summary)) {
      expect(got[name as keyof typeof summary]).toBeCloseTo(value, 12);
    }
  }
});

test('errors of predictions by hand', () => {
  const error = predictionError([1.1, 1.8, 3.3], [1, 2, 3]);
  expect(error.meanAbsolutePercentageError).toBeCloseTo(0.1, 12);
  expect(error.summedError).toBeCloseTo(0.2 / 6, 12);
  expect(error.kendallTau).toBe(1);
  expect(predictionError([3, 2, 1], [1, 2, 3]).kendallTau).toBe(-1);
  expect(predictionError([1, 3, 2], [1, 2, 3]).kendallTau).toBeCloseTo(1 / 3, 12);
});
