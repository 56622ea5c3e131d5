import { expect, test } from 'vitest';
import { dropoutMask } from '../../src/net/dropout.ts';

test('keeps a share of 1 - rate, divided by it', () => {
  const mask = dropoutMask(11, 'drop', 40_000, 0.25);
  const kept = mask.filter((value) => value !== 0);
  expect(new Set(kept)).toEqual(new Set([Math.fround(4 / 3)]));
  // Four deviations of a binomial with n = 40,000, p = 0.75.
  expect(Math.abs(kept.length / mask.length - 0.75)).toBeLessThan(4 * Math.sqrt((0.75 * 0.25) / 40_000));
});

test('never changes: the masks are part of what training computes', () => {
  const drawn = Array.from(dropoutMask(3, 'head/dropout', 16, 0.5), (value) => value / 2).join('');
  expect(drawn).toBe('0001110101011011');
});

test('another seed or another layer drops other values; a longer batch starts alike', () => {
  const mask = dropoutMask(1, 'a', 64, 0.5);
  expect(dropoutMask(1, 'a', 128, 0.5).slice(0, 64)).toEqual(mask);
  expect(dropoutMask(2, 'a', 64, 0.5)).not.toEqual(mask);
  expect(dropoutMask(1, 'b', 64, 0.5)).not.toEqual(mask);
});

test('a rate of 0 keeps everything; a rate of 1 is refused', () => {
  expect(dropoutMask(1, 'a', 5, 0)).toEqual(new Float32Array(5).fill(1));
  expect(() => dropoutMask(1, 'a', 5, 1)).toThrow('internal error: expected a rate in [0, 1), got 1');
});
