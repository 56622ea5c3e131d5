import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng, digestBytes } from '../../src/base/index.ts';
import {
  type Augmentation,
  augmentationDraws,
  epochOrder,
  type ImageSet,
  makeBatch,
  subset,
} from '../../src/data/index.ts';

const identity = { mean: [0, 0, 0], deviation: [1 / 255, 1 / 255, 1 / 255] };

/** Random images without zeros, so that a zero in a batch was put there. */
function toySet(count: number, height: number, width: number, channels: number): ImageSet {
  const rng = createRng(5);
  return {
    info: { name: 'toy', count, height, width, channels, classes: ['a', 'b', 'c'] },
    images: Uint8Array.from({ length: count * height * width * channels }, () => 1 + rng.integer(255)),
    labels: Uint8Array.from({ length: count }, (_, i) => i % 3),
  };
}

const off: Augmentation = { pad: 0, flip: false, cutout: 0 };
const rng = createRng(11).fork('augment').fork(2);

/** One image of an augmented batch as a function of (row, column, channel). */
const augmented = (set: ImageSet, index: number, options: Augmentation) => {
  const { width, channels } = set.info;
  const { mean, deviation } = identity;
  const { images } = makeBatch(set, [index], {
    mean: mean.slice(0, channels),
    deviation: deviation.slice(0, channels),
    augment: { options, rng },
  });
  return (y: number, x: number, c: number): number => Math.round(images[(y * width + x) * channels + c]!);
};

describe('makeBatch', () => {
  test('standardises each channel by its own statistics', () => {
    const set = toySet(3, 2, 2, 3);
    const mean = [0.25, 0.5, 0.75];
    const deviation = [0.5, 0.25, 0.125];
    const { size, images, labels } = makeBatch(set, [2, 0], { mean, deviation });
    expect(size).toBe(2);
    expect([...labels]).toEqual([2, 0]);
    for (const [row, index] of [2, 0].entries()) {
      for (let p = 0; p < 12; p++) {
        const value = (set.images[index * 12 + p]! / 255 - mean[p % 3]!) / deviation[p % 3]!;
        expect(images[row * 12 + p]).toBe(Math.fround(value));
      }
    }
  });

  test('augmentation that is switched off changes nothing', () => {
    const set = toySet(4, 5, 3, 3);
    const plain = makeBatch(set, [0, 1, 2, 3], identity);
    expect(makeBatch(set, [0, 1, 2, 3], { ...identity, augment: { options: off, rng } })).toEqual(plain);
  });

  test('shift, mirror and square are those of the draw', () => {
    const set = toySet(40, 6, 5, 3);
    const options: Augmentation = { pad: 3, flip: true, cutout: 3 };
    const drawAt = augmentationDraws(options, 6, 5, rng);
    let mirrored = 0;
    for (let index = 0; index < set.info.count; index++) {
      const { dy, dx, flip, y, x } = { ...drawAt(index) };
      mirrored += Number(flip);
      const at = augmented(set, index, options);
      for (let row = 0; row < 6; row++) {
        for (let column = 0; column < 5; column++) {
          const inSquare = Math.abs(row - y) <= 1 && Math.abs(column - x) <= 1;
          const [from, left] = [row + dy, (flip ? 4 - column : column) + dx];
          const inside = from >= 0 && from < 6 && left >= 0 && left < 5;
          for (let c = 0; c < 3; c++) {
            const source = set.images[((index * 6 + from) * 5 + left) * 3 + c]!;
            expect(at(row, column, c)).toBe(inSquare || !inside ? 0 : source);
          }
        }
      }
    }
    expect(mirrored).toBeGreaterThan(5);
    expect(mirrored).toBeLessThan(35);
  });

  test('padding wider than the image leaves zeros, not an exception', () => {
    const set = toySet(30, 3, 3, 1);
    for (let index = 0; index < 30; index++) {
      const at = augmented(set, index, { ...off, pad: 9 });
      expect(at(0, 0, 0)).toBeGreaterThanOrEqual(0);
    }
  });

  test('an image comes out the same in any batch and place', () => {
    const set = toySet(12, 4, 4, 1);
    const options = {
      mean: [0.5],
      deviation: [0.25],
      augment: { options: { pad: 2, flip: true, cutout: 2 }, rng },
    };
    const alone = Array.from({ length: 12 }, (_, index) => makeBatch(set, [index], options).images);
    fc.assert(
      fc.property(fc.array(fc.nat(11), { maxLength: 20 }), (indices) => {
        const { images } = makeBatch(set, indices, options);
        indices.forEach((index, row) => {
          expect(images.subarray(row * 16, (row + 1) * 16)).toEqual(alone[index]);
        });
      }),
    );
  });

  test('another epoch draws otherwise', () => {
    const set = toySet(12, 8, 8, 1);
    const batch = (epoch: number): string =>
      digestBytes(
        new Uint8Array(
          makeBatch(set, [...set.labels.keys()], {
            mean: [0.5],
            deviation: [0.25],
            augment: { options: { ...off, pad: 2 }, rng: createRng(1).fork('augment').fork(epoch) },
          }).images.buffer,
        ),
      );
    expect(batch(0)).toBe(batch(0));
    expect(batch(0)).not.toBe(batch(1));
  });

  test('the draws of a seed are permanent', () => {
    const drawAt = augmentationDraws(
      { pad: 2, flip: true, cutout: 4 },
      28,
      28,
      createRng(7).fork('augment').fork(0),
    );
    expect([0, 1, 59_999].map((index) => ({ ...drawAt(index) }))).toMatchInlineSnapshot(`
      [
        {
          "dx": -2,
          "dy": -1,
          "flip": false,
          "x": 4,
          "y": 12,
        },
        {
          "dx": -2,
          "dy": 0,
          "flip": true,
          "x": 11,
          "y": 21,
        },
        {
          "dx": 0,
          "dy": 1,
          "flip": true,
          "x": 14,
          "y": 7,
        },
      ]
    `);
  });

  test('draws are uniform: shifts, mirrors and centres in equal shares', () => {
    const drawAt = augmentationDraws({ pad: 1, flip: true, cutout: 1 }, 4, 4, rng);
    const counts = { dy: new Map(), dx: new Map(), y: new Map(), x: new Map(), flip: new Map() };
    const draws = 12_000;
    for (let index = 0; index < draws; index++) {
      const draw = drawAt(index);
      for (const [name, map] of Object.entries(counts)) {
        const value = draw[name as keyof typeof counts];
        map.set(value, (map.get(value) ?? 0) + 1);
      }
    }
    const shares = Object.values(counts).map((map) => [...map.values()].map((n) => n / draws));
    expect(shares.map((list) => list.length)).toEqual([3, 3, 4, 4, 2]);
    for (const list of shares) for (const share of list) expect(share).toBeCloseTo(1 / list.length, 1.4);
  });

  test('an index beyond the set is our bug', () => {
    expect(() => makeBatch(toySet(2, 2, 2, 1), [2], { mean: [0], deviation: [1] })).toThrow(
      'internal error: expected an index below 2, got 2',
    );
  });
});

test('an epoch visits every image once, in an order of its own', () => {
  const orders = [0, 1].map((epoch) => epochOrder(100, createRng(3).fork('order').fork(epoch)));
  for (const order of orders) expect([...order].sort((a, b) => a - b)).toEqual([...Array(100).keys()]);
  expect(orders[0]).not.toEqual(orders[1]);
});

test('a subset copies images and labels in the order asked for', () => {
  const set = toySet(5, 2, 1, 2);
  const part = subset(set, [4, 1], 'part');
  expect(part.info).toMatchObject({ name: 'part', count: 2, height: 2 });
  expect([...part.labels]).toEqual([1, 1]);
  expect([...part.images]).toEqual([...set.images.slice(16, 20), ...set.images.slice(4, 8)]);
});
