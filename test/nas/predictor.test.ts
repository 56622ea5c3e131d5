import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { fitPredictor, MLP_PREDICTOR, type PredictorSpec, spaceOperators } from '../../src/nas/index.ts';
import { mlp } from '../../src/nas/strategies/evolution/mlp.ts';
import { ridge as ridgeOf } from '../../src/nas/strategies/evolution/ridge.ts';
import { smallSpace } from './spaces.ts';

const rng = createRng(4);
const encodings = Array.from({ length: 60 }, (_, k) => spaceOperators(smallSpace).random(rng.fork(k)));
const linear = encodings.map((encoding) => ({
  encoding,
  value: 0.5 + encoding.reduce((sum, option, at) => sum + 0.01 * option * (at + 1), 0),
}));
const noise = createRng(5);
const noisy = linear.map(({ encoding, value }) => ({ encoding, value: value + 0.1 * noise.normal() }));
const draws = createRng(6);
const ridge = (penalty: number): PredictorSpec => ({ kind: 'ridge', penalty });
const perceptron = { ...MLP_PREDICTOR, hidden: 16 };

describe('ridge regression on encodings', () => {
  test('foretells what is linear in the choices, held out or new', () => {
    const predictor = fitPredictor(smallSpace, linear, ridge(1e-6), draws);
    expect(predictor.heldOutError).toBeLessThan(1e-5);
    for (const { encoding, value } of linear) expect(predictor.predict(encoding)).toBeCloseTo(value, 5);
  });

  test('its held-out error is that of noise, and a large penalty leaves the mean', () => {
    const { heldOutError } = fitPredictor(smallSpace, noisy, ridge(1), draws);
    expect(heldOutError).toBeGreaterThan(0.08);
    expect(heldOutError).toBeLessThan(0.16);
    const mean = linear.reduce((sum, { value }) => sum + value, 0) / linear.length;
    expect(fitPredictor(smallSpace, linear, ridge(1e9), draws).predict(encodings[0]!)).toBeCloseTo(mean, 6);
  });
});

describe('a perceptron on encodings', () => {
  test('foretells what is linear, and what depends on two choices together, which no line can', () => {
    const spread = (values: readonly number[]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    };
    expect(fitPredictor(smallSpace, linear, perceptron, draws).heldOutError).toBeLessThan(
      0.5 * spread(linear.map(({ value }) => value)),
    );
    const bent = encodings.map((encoding) => ({
      encoding,
      value: encoding[0]! > 0 === encoding[2]! > 0 ? 0.9 : 0.5,
    }));
    expect(fitPredictor(smallSpace, bent, perceptron, draws).heldOutError).toBeLessThan(0.1);
    expect(fitPredictor(smallSpace, bent, ridge(1), draws).heldOutError).toBeGreaterThan(0.18);
  });

  test('its held-out error is of samples it has not seen: noise that it learns by heart does not lower it', () => {
    const predictor = fitPredictor(smallSpace, noisy, { ...perceptron, epochs: 200 }, draws);
    const seen = noisy.map(({ encoding, value }) => (predictor.predict(encoding) - value) ** 2);
    const distinct = Math.sqrt(seen.reduce((sum, square) => sum + square, 0) / seen.length);
    expect(distinct).toBeLessThan(0.6 * predictor.heldOutError);
    expect(predictor.heldOutError).toBeGreaterThan(0.08);
  });

  test('the same rng gives the same predictor, another one another', () => {
    const few = { ...MLP_PREDICTOR, epochs: 3 };
    const predicted = (seed: number) =>
      fitPredictor(smallSpace, linear, few, createRng(seed)).predict(encodings[0]!);
    expect(predicted(1)).toBe(predicted(1));
    expect(predicted(1)).not.toBe(predicted(2));
  });

  test('before any step it foretells the mean; one full step follows the gradient of the mean square', () => {
    const rows = [
      [1, 0, 2],
      [0, 1, -1],
      [1, 1, 0.5],
    ];
    const values = [0.2, 0.9, 0.4];
    const settings = { layers: 2, hidden: 5, batch: 3, rate: 1e-4, decay: 0 };
    for (const row of rows)
      expect(mlp(rows, values, { ...settings, epochs: 0 }, createRng(1))(row)).toBeCloseTo(0.5, 12);
    const loss = (epochs: number) => {
      const model = mlp(rows, values, { ...settings, epochs }, createRng(1));
      return rows.reduce((sum, row, i) => sum + (model(row) - values[i]!) ** 2, 0);
    };
    const losses = [0, 20, 100, 1000].map(loss);
    expect(losses).toEqual(losses.toSorted((a, b) => b - a));
    expect(losses[3]!).toBeLessThan(0.5 * losses[0]!);
  });
});

test.each([
  ['fewer samples than columns', 4, 7],
  ['more', 9, 3],
])('ridge weights are where the gradient is nothing: %s', (_, samples, columns) => {
  const own = createRng(8);
  const rows = Array.from({ length: samples }, () => Array.from({ length: columns }, () => own.normal()));
  const values = rows.map(() => own.normal());
  const penalty = 0.3;
  const fitted = ridgeOf(rows, values, penalty);
  const zeros = Array.from({ length: columns }, () => 0);
  const weights = zeros.map((_, j) => fitted(zeros.with(j, 1)) - fitted(zeros));
  for (const [j, weight] of weights.entries()) {
    const centre = rows.reduce((sum, row) => sum + row[j]! / samples, 0);
    const slope = rows.reduce((sum, row, k) => sum + (row[j]! - centre) * (fitted(row) - values[k]!), 0);
    expect(slope + penalty * weight).toBeCloseTo(0, 10);
  }
});
