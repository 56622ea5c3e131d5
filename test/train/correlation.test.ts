import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.ts';
import { coefficientOf, kendallTau, spearmanRho } from '../../src/train/correlation.ts';

describe('by hand', () => {
  test('equal and opposite orders', () => {
    for (const agreement of [kendallTau, spearmanRho]) {
      expect(agreement([1, 2, 5, 9], [0, 3, 4, 8])).toBe(1);
      expect(agreement([1, 2, 5, 9], [8, 4, 3, 0])).toBe(-1);
      expect(agreement([1, 2, 3], [4, 4, 4])).toBe(0);
      expect(agreement([1], [4])).toBe(0);
    }
  });

  test('one exchange among four', () => {
    expect(kendallTau([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(4 / 6, 12);
    expect(spearmanRho([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(1 - (6 * 2) / (4 * 15), 12);
  });

  // Kendall 1945, with one tie on each side: (8 - 0) / sqrt(9 · 9).
  test('ties', () => {
    const [a, b] = [
      [1, 2, 2, 3, 4],
      [1, 2, 3, 3, 4],
    ];
    expect(kendallTau(a!, b!)).toBeCloseTo(8 / 9, 12);
    expect(spearmanRho(a!, b!)).toBeCloseTo(0.9210526315789473, 12);
  });
});

test('the interval holds the coefficient, is the same each time, and narrows with the number of pairs', () => {
  const rng = createRng(3);
  const draw = (n: number) => {
    const a = Array.from({ length: n }, () => rng.normal());
    const b = a.map((value) => value + rng.normal());
    return coefficientOf(kendallTau, a, b, 500, createRng(1));
  };
  const [few, many] = [draw(20), draw(160)];
  for (const { low, value, high } of [few, many]) {
    expect(low).toBeLessThan(value);
    expect(value).toBeLessThan(high);
  }
  expect(many.high - many.low).toBeLessThan((few.high - few.low) / 2);
  // τ of a and a + noise of equal variance, in the limit: (2 / π) asin(1 / √2).
  expect(many.value).toBeCloseTo(0.5, 1);
  expect(coefficientOf(kendallTau, [1, 2, 3], [1, 3, 2], 50, createRng(1))).toEqual(
    coefficientOf(kendallTau, [1, 2, 3], [1, 3, 2], 50, createRng(1)),
  );
});
