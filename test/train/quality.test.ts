import { expect, test } from 'vitest';
import { metricOf, qualityMeter } from '../../src/train/index.ts';

test('accuracy, macro F1 and likelihood by hand', () => {
  const meter = qualityMeter(4);
  // class 0: two of three found, one of them taken for 1; class 1: one of one; class 2: none of one, taken for 0; class 3 is nowhere
  for (const [label, predicted, probability] of [
    [0, 0, 0.5],
    [0, 0, 0.5],
    [0, 1, 0.25],
    [1, 1, 1],
    [2, 0, 0.5],
  ] as const) {
    meter.add(label, predicted, Math.log(probability));
  }
  const quality = meter.quality();
  expect(quality.accuracy).toBeCloseTo(3 / 5, 12);
  expect(quality.macroF1).toBeCloseTo((4 / 6 + 2 / 3 + 0 + 0) / 4, 12);
  expect(quality.likelihood).toBeCloseTo((0.5 ** 3 * 0.25) ** (1 / 5), 12);
  expect(metricOf(quality, 'macro-f1')).toBe(quality.macroF1);
  expect(metricOf(quality, 'likelihood')).toBe(quality.likelihood);
  expect(metricOf(quality, 'accuracy')).toBe(quality.accuracy);
});
