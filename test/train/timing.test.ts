import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.ts';
import type { Network } from '../../src/net/network.ts';
import { predictionError } from '../../src/train/prediction-error.ts';
import { quantile, summariseTimes, timeSteadily } from '../../src/train/timing.ts';

test('quantiles interpolate between neighbours', () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
  expect(quantile([7], 0.9)).toBe(7);
});

test('a summary does not depend on the order of the samples', () => {
  const summary = { median: 3, p10: 1.4, p90: 4.6, spread: 2, margin: 2, samples: 5 };
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
  expect(error.r2).toBeCloseTo(1 - (0.01 + 0.04 + 0.09) / 2, 12);
  expect(error.kendallTau).toBe(1);
  expect(predictionError([3, 2, 1], [1, 2, 3]).kendallTau).toBe(-1);
  expect(predictionError([1, 3, 2], [1, 2, 3]).kendallTau).toBeCloseTo(1 / 3, 12);
});

test('predictions of what does not vary explain nothing', () => {
  expect(predictionError([1, 2], [3, 3]).r2).toBe(0);
});

test('the interval of the median covers the true one about 95 times in a hundred', () => {
  const rng = createRng(5);
  const trials = 2000;
  let covered = 0;
  for (let k = 0; k < trials; k++) {
    const samples = Float64Array.from({ length: 101 }, () => rng.normal());
    const { median, margin } = summariseTimes(samples);
    if (Math.abs(median) <= margin) covered++;
  }
  expect(covered / trials).toBeGreaterThan(0.93);
  expect(covered / trials).toBeLessThan(0.98);
});

describe('timing goes on', () => {
  const network = {} as Network;
  /** A device that is noisy for its first passes. */
  const device = (noisy: number) => {
    const asked: number[] = [];
    let passes = 0;
    const time = async (_: Network, { repeats }: { repeats: number }) => {
      asked.push(repeats);
      return Float64Array.from({ length: repeats }, () => (passes++ < noisy ? 1 + (passes % 2) : 1));
    };
    return { asked, time };
  };
  const options = { batch: 1, warmup: 0, repeats: 10, precision: 0.03, mostRepeats: 100 };

  test('no longer than needed', async () => {
    const steady = device(0);
    expect(await timeSteadily(steady, network, options)).toMatchObject({ median: 1, margin: 0, samples: 10 });
    expect(steady.asked).toEqual([10]);
  });

  test('until the median is certain', async () => {
    const noisy = device(20);
    expect(await timeSteadily(noisy, network, options)).toMatchObject({ median: 1, samples: 40 });
    expect(noisy.asked).toEqual([10, 10, 20]);
  });

  test('to the limit, and then says how uncertain it is', async () => {
    const noisy = device(1000);
    const { margin, samples } = await timeSteadily(noisy, network, options);
    expect(noisy.asked).toEqual([10, 10, 20, 40, 20]);
    expect(samples).toBe(100);
    expect(margin).toBe(0.5);
  });
});
