import { expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.ts';
import type { Batch } from '../../src/net/backend.ts';
import type { Split } from '../../src/stage/artifacts.ts';
import { plainBatch, plainBatches, trainingBatches } from '../../src/train/index.ts';
import { toyBatches, toySplit } from './toy.ts';

/** A split whose images are their own index, in every pixel. */
function numbered(count: number): Split {
  const split = toySplit(count);
  return {
    info: { ...split.info, mean: [0], deviation: [1 / 255] },
    images: split.images.map((_, p) => Math.floor(p / 16)),
    labels: split.labels,
  };
}

const indicesOf = ({ images }: Batch): number[] =>
  Array.from({ length: images.length / 16 }, (_, i) => Math.round(images[i * 16]!));

test('an epoch shows each image at most once, in another order than the next; the ragged rest is left out', () => {
  const source = toyBatches(numbered(10), 4);
  expect(source.perEpoch).toBe(2);
  const seen = [0, 1, 2, 3].map((step) => indicesOf(source.at(step)));
  expect(seen.every((batch) => batch.length === 4)).toBe(true);
  const [first, second] = [seen.slice(0, 2).flat(), seen.slice(2).flat()];
  expect(new Set(first).size).toBe(8);
  expect(new Set(second).size).toBe(8);
  expect(first).not.toEqual(second);
});

test('augmentation changes from epoch to epoch, and comes out the same when asked for again', () => {
  const split = { ...toySplit(4), images: toySplit(4).images.map((_, p) => p % 16) };
  const augmentation = { pad: 2, flip: true, cutout: 0 };
  const source = () => trainingBatches(split, { batchSize: 4, augmentation, rng: createRng(1) });
  const epochs = [0, 1, 2].map((step) => source().at(step));
  const pictures = epochs.map(
    ({ images }) => new Set(Array.from({ length: 4 }, (_, i) => images.slice(i * 16, i * 16 + 16).join())),
  );
  expect(new Set(pictures.flatMap((set) => [...set])).size).toBeGreaterThan(6);
  const again = source();
  again.at(1);
  expect(again.at(0)).toEqual(epochs[0]);
  const other = trainingBatches(split, { batchSize: 4, augmentation, rng: createRng(2) });
  expect(other.at(0)).not.toEqual(epochs[0]);
});

test('plain batches of a small split are as large as it is', () => {
  expect(plainBatches(toySplit(6), 32, createRng(1)).at(0).size).toBe(6);
});

test('a step has its batch whatever was asked for before', () => {
  const split = toySplit(12);
  const inOrder = [0, 1, 2, 3, 4, 5, 6].map((step) => toyBatches(split, 4).at(step));
  const source = toyBatches(split, 4);
  for (const step of [5, 0, 6, 3, 1]) expect(source.at(step)).toEqual(inOrder[step]);
});

test('too large a batch is told to the user', () => {
  expect(() => toyBatches(toySplit(6), 7)).toThrow(
    'a batch of 7 images cannot be filled from 6; choose a batch size of at most 6',
  );
});

test('a plain batch is standardised and keeps its order', () => {
  const split = toySplit(6);
  const batch = plainBatch(split, [4, 2]);
  expect(batch.size).toBe(2);
  expect([...batch.labels]).toEqual([1, 2]);
  expect(batch.images[0]).toBeCloseTo((split.images[4 * 16]! / 255 - 0.4) / 0.2, 5);
  expect(batch.images[16 + 5]).toBeCloseTo((split.images[2 * 16 + 5]! / 255 - 0.4) / 0.2, 5);
});
