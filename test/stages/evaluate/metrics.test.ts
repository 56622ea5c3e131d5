import { expect, test } from 'vitest';
import { predictionMetrics, wilsonMargin } from '../../../stages/evaluate/metrics.ts';

const oneHot = (predicted: readonly number[], classes: number): Float32Array => {
  const rows = new Float32Array(predicted.length * classes);
  for (const [i, c] of predicted.entries()) rows[i * classes + c] = 1;
  return rows;
};

test('the textbook example: three classes, twelve images, computed by hand', () => {
  //            a a a a  b b b b b  c c c
  const labels = [0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2];
  const predicted = [0, 0, 0, 1, 1, 1, 0, 2, 2, 2, 2, 0];
  const metrics = predictionMetrics(oneHot(predicted, 3), labels, ['a', 'b', 'c']);
  expect(metrics.confusion).toEqual([
    [3, 1, 0],
    [1, 2, 2],
    [1, 0, 2],
  ]);
  expect(metrics.accuracy).toBeCloseTo(7 / 12, 12);
  const expected = [
    { class: 'a', support: 4, precision: 3 / 5, recall: 3 / 4, f1: 2 / 3 },
    { class: 'b', support: 5, precision: 2 / 3, recall: 2 / 5, f1: 1 / 2 },
    { class: 'c', support: 3, precision: 2 / 4, recall: 2 / 3, f1: 4 / 7 },
  ];
  for (const [i, want] of expected.entries()) {
    const got = metrics.classes[i]!;
    expect([got.class, got.support]).toEqual([want.class, want.support]);
    expect(got.precision).toBeCloseTo(want.precision, 12);
    expect(got.recall).toBeCloseTo(want.recall, 12);
    expect(got.f1).toBeCloseTo(want.f1, 12);
  }
  expect(metrics.macro.f1).toBeCloseTo((2 / 3 + 1 / 2 + 4 / 7) / 3, 12);
  expect(metrics.weighted.precision).toBeCloseTo((4 * (3 / 5) + 5 * (2 / 3) + 3 * (1 / 2)) / 12, 12);
  // Recall weighted by support is the accuracy.
  expect(metrics.weighted.recall).toBeCloseTo(metrics.accuracy, 12);
});

test('top-5 counts the true class among the five most probable, equals by index', () => {
  const falling = Float32Array.from([0.3, 0.25, 0.2, 0.1, 0.08, 0.07]);
  const even = new Float32Array(6).fill(1 / 6);
  const names = ['0', '1', '2', '3', '4', '5'];
  const probabilities = Float32Array.from([...falling, ...falling, ...even, ...even]);
  const metrics = predictionMetrics(probabilities, [4, 5, 4, 5], names);
  expect(metrics.top5).toBe(0.5);
  expect(metrics.accuracy).toBe(0);
  expect(metrics.confusion[4]![0]).toBe(2);
});

test('a class never predicted and one never seen have zero metrics, not NaN', () => {
  const metrics = predictionMetrics(oneHot([1, 1], 3), [0, 0], ['a', 'b', 'c']);
  expect(metrics.classes.map(({ precision, recall, f1 }) => [precision, recall, f1])).toEqual([
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

test('the Wilson margin of 81 in 263 is that of the interval 0.255…0.366', () => {
  // Newcombe 1998, table I, method 3.
  const margin = wilsonMargin(81, 263);
  const z = 1.959963984540054;
  const centre = (81 / 263 + z ** 2 / 526) / (1 + z ** 2 / 263);
  expect(centre - margin).toBeCloseTo(0.2553, 4);
  expect(centre + margin).toBeCloseTo(0.3662, 4);
  expect(wilsonMargin(263, 263)).toBeGreaterThan(0);
});
