import { describe, expect, test } from 'vitest';
import { differenceMargin, meanMargin, momentsOf, repeatedRow } from '../../src/report/seeds.ts';

const sample = (...values: number[]) => ({ values, ...momentsOf(values) });

describe('repeats over seeds', () => {
  test('mean and interval by Student’s t: three values, two degrees of freedom', () => {
    const three = sample(0.9, 0.91, 0.92);
    expect(three.mean).toBeCloseTo(0.91, 12);
    // s = 0.01, t = 4.303, so 4.303 × 0.01 / √3
    expect(meanMargin(three)).toBeCloseTo(0.024843, 5);
  });

  test('the difference of two means by Welch: equal variances and sizes have n + m - 2 degrees of freedom', () => {
    const margin = differenceMargin(sample(0.9, 0.91, 0.92), sample(0.8, 0.81, 0.82));
    // t(4) = 2.776, √(2 × 0.0001 / 3)
    expect(margin).toBeCloseTo(2.776 * Math.sqrt(0.0002 / 3), 3);
  });

  test('values without spread leave no margin', () => {
    expect(differenceMargin(sample(0.5, 0.5), sample(0.6, 0.6))).toBe(0);
  });

  test('reads as a row of the summary', () => {
    expect(repeatedRow({ label: 'reward=soft', split: 'test', ...sample(0.9, 0.91, 0.92) })).toEqual([
      'Over seeds, test',
      '91.0 % ± 2.5   (mean of 3 seeds, 95 % interval; reward=soft)',
    ]);
  });
});
