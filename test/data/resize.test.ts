import { expect, test } from 'vitest';
import type { ImageSet } from '../../src/data/index.ts';
import { resized } from '../../src/data/index.ts';

const set = (height: number, width: number, images: number[], channels = 1): ImageSet => ({
  info: {
    name: 'few',
    count: images.length / (height * width * channels),
    height,
    width,
    channels,
    classes: ['a'],
  },
  images: Uint8Array.from(images),
  labels: new Uint8Array(images.length / (height * width * channels)),
});

test('one colour stays, and so does the size that they have', () => {
  const flat = set(5, 7, Array(70).fill(90));
  expect([...resized(flat, 3, 4).images]).toEqual(Array(24).fill(90));
  const some = set(2, 3, [1, 2, 3, 4, 5, 6]);
  expect(resized(some, 2, 3)).toEqual(some);
});

test('larger images lie between pixels, smaller ones are weighted means of all', () => {
  expect([...resized(set(1, 2, [0, 100]), 1, 4).images]).toEqual([0, 25, 75, 100]);
  // Halved: a triangle of two pixels to each side, 1/8, 3/8, 3/8, 1/8; cut off at the border it is 3/7, 3/7, 1/7.
  expect([...resized(set(1, 4, [0, 70, 140, 210]), 1, 2).images]).toEqual([50, 160]);
});

test('channels and images keep apart', () => {
  const two = set(2, 1, [10, 200, 30, 100, 50, 0, 50, 0], 2);
  const { info, images } = resized(two, 1, 1);
  expect(info).toEqual({ ...two.info, height: 1, width: 1 });
  expect([...images]).toEqual([20, 150, 50, 0]);
});
