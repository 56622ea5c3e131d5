import { describe, expect, test } from 'vitest';
import { inSteps, learningRate, type Schedule } from '../../src/train/schedule.ts';
import { figures } from '../contract/backend-figures.ts';

const rates = (schedule: Schedule, steps: readonly number[], total = 100): number[] =>
  steps.map((step) => learningRate(schedule, step, total));

const close = (actual: number[], expected: number[]): void => {
  expect(actual).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 12);
};

describe('closed forms', () => {
  test('constant', () => close(rates({ kind: 'constant', rate: 0.1 }, [0, 50, 99]), [0.1, 0.1, 0.1]));

  test('step', () =>
    close(
      rates({ kind: 'step', rate: 1, every: 30, factor: 0.1 }, [0, 29, 30, 60, 99]),
      [1, 1, 0.1, 0.01, 0.001],
    ));

  test('exponential', () =>
    close(rates({ kind: 'exponential', rate: 1, every: 10, factor: 0.5 }, [0, 5, 10, 30]), [
      1,
      Math.SQRT1_2,
      0.5,
      0.125,
    ]));

  test('exponential ramp: the factor is reached at the end, after any warm-up', () => {
    close(rates({ kind: 'exponential-ramp', rate: 1, factor: 100 }, [0, 25, 50, 100]), [
      1,
      Math.sqrt(10),
      10,
      100,
    ]);
    close(
      rates({ kind: 'exponential-ramp', rate: 1, factor: 4, warmup: 20 }, [10, 20, 60, 100]),
      [0.5, 1, 2, 4],
    );
  });

  test('cosine', () =>
    close(rates({ kind: 'cosine', rate: 1, floor: 0.2 }, [0, 25, 50, 75, 100]), [
      1,
      0.6 + 0.4 * Math.SQRT1_2,
      0.6,
      0.6 - 0.4 * Math.SQRT1_2,
      0.2,
    ]));

  test('cosine with restarts: periods 10, 20, 40', () =>
    close(
      rates(
        { kind: 'cosine-restarts', rate: 1, period: 10, multiplier: 2 },
        [0, 5, 10, 20, 29.999999, 30, 50],
      ),
      [1, 0.5, 1, 0.5, 0, 1, 0.5],
    ));
});

test.each(figures.schedules.map((one) => [JSON.stringify(one.schedule), one] as const))(
  'the figures of PyTorch: %s',
  (_, { schedule, rates: expected }) =>
    close(
      rates(
        schedule,
        expected.map((_, step) => step),
        expected.length,
      ),
      [...expected],
    ),
);

describe('linear warm-up', () => {
  test('stands in front of any schedule, which starts after it', () => {
    close(rates({ kind: 'cosine', rate: 1, warmup: 20 }, [0, 10, 20, 60, 100]), [0, 0.5, 1, 0.5, 0]);
    close(
      rates({ kind: 'step', rate: 1, every: 10, factor: 0.5, warmup: 4, from: 0.2 }, [0, 2, 4, 13, 14]),
      [0.2, 0.6, 1, 1, 0.5],
    );
  });
});

test('durations in epochs become steps', () => {
  expect(inSteps({ kind: 'cosine-restarts', rate: 1, period: 2, multiplier: 2, warmup: 0.5 }, 40)).toEqual({
    kind: 'cosine-restarts',
    rate: 1,
    period: 80,
    multiplier: 2,
    warmup: 20,
  });
  expect(inSteps({ kind: 'step', rate: 1, every: 3, factor: 0.1 }, 40)).toEqual({
    kind: 'step',
    rate: 1,
    every: 120,
    factor: 0.1,
  });
  expect(inSteps({ kind: 'cosine', rate: 1 }, 40)).toEqual({ kind: 'cosine', rate: 1 });
});

test('a restart period of 0 is our bug', () => {
  expect(() => learningRate({ kind: 'cosine-restarts', rate: 1, period: 0, multiplier: 1 }, 1, 10)).toThrow(
    'internal error: expected period > 0, multiplier >= 1, got 0, 1',
  );
});
