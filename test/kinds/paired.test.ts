import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pairedMargin } from '../../src/kinds/index.ts';
import type { EvaluatedModel } from '../../src/stage/artifacts.ts';
import { evaluation } from './samples.ts';

/** A model that is right on the images where `right` says so, among two classes. */
const modelOf = (labels: readonly number[], right: readonly boolean[]): EvaluatedModel => ({
  metrics: { ...evaluation.metrics, classes: evaluation.metrics.classes.slice(0, 2) },
  labels: Uint8Array.from(labels),
  probabilities: Float32Array.from(
    labels.flatMap((label, i) => ((label === 1) === right[i] ? [0.25, 0.75] : [0.75, 0.25])),
  ),
});

describe('the difference of two accuracies on the same images', () => {
  test('by the images on which one is right and the other wrong, 10 and 4 of 100', () => {
    const labels = Array.from({ length: 100 }, (_, i) => i % 2);
    const a = modelOf(
      labels,
      labels.map((_, i) => i < 90),
    );
    const b = modelOf(
      labels,
      labels.map((_, i) => i < 80 || (i >= 90 && i < 94)),
    );
    expect(pairedMargin(a, b)).toBeCloseTo((1.96 * Math.sqrt(14 - 36 / 100)) / 100, 12);
    expect(pairedMargin(a, a)).toBe(0);
  });

  test('is 1.96 standard errors of the mean of the differences image by image, and the same both ways', () => {
    const image = fc.tuple(fc.integer({ min: 0, max: 1 }), fc.boolean(), fc.boolean());
    fc.assert(
      fc.property(fc.array(image, { minLength: 1, maxLength: 50 }), (images) => {
        const labels = images.map(([label]) => label);
        const [a, b] = [1, 2].map((k) =>
          modelOf(
            labels,
            images.map((each) => each[k] as boolean),
          ),
        );
        const differences = images.map(([, x, y]) => Number(y) - Number(x));
        const mean = differences.reduce((sum, d) => sum + d, 0) / images.length;
        const variance = differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / images.length;
        expect(pairedMargin(a!, b!)).toBeCloseTo(1.96 * Math.sqrt(variance / images.length), 9);
        expect(pairedMargin(b!, a!)).toBe(pairedMargin(a!, b!));
      }),
    );
  });

  test('nothing is said of models that were asked of different images', () => {
    const a = modelOf([0, 1, 1], [true, true, false]);
    expect(pairedMargin(a, modelOf([0, 1, 0], [true, true, false]))).toBeUndefined();
    expect(pairedMargin(a, modelOf([0, 1], [true, true]))).toBeUndefined();
  });
});
