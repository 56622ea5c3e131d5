import fc from 'fast-check';
import { expect, test } from 'vitest';
import { channelStatistics, type ImageSet } from '../../src/data/index.ts';

const setOf = (images: Uint8Array, channels: number): ImageSet => ({
  info: {
    name: 'toy',
    count: 1,
    height: 1,
    width: images.length / channels,
    channels,
    classes: ['a', 'b'],
  },
  images,
  labels: Uint8Array.of(0),
});

test('statistics of two channels by hand', () => {
  const images = Uint8Array.of(0, 51, 255, 51, 0, 51, 255, 51);
  expect(channelStatistics(setOf(images, 2))).toEqual({ mean: [0.5, 0.2], deviation: [0.5, 1] });
});

test('statistics agree with the textbook formulas and do not depend on the order of pixels', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 300 }), (pixels) => {
      const { mean, deviation } = channelStatistics(setOf(pixels, 1));
      const values = Array.from(pixels, (value) => value / 255);
      const expected = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - expected) ** 2, 0) / values.length;
      expect(mean[0]).toBeCloseTo(expected, 12);
      if (new Set(pixels).size > 1) expect(deviation[0]).toBeCloseTo(Math.sqrt(variance), 12);
      else expect(deviation[0]).toBe(1);
      expect(channelStatistics(setOf(pixels.toSorted(), 1))).toEqual({ mean, deviation });
    }),
  );
});
