import { expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.ts';
import { plainBatch, shuffledBatches } from '../../src/train/index.ts';
import { toyBatches, toySplit } from './toy.ts';

const indicesOf = (count: number, batchSize: number) => {
  const seen: number[][] = [];
  const source = shuffledBatches({
    count,
    batchSize,
    rng: createRng(1),
    make: (indices) => {
      seen.push([...indices]);
      return { size: indices.length, images: new Float32Array(0), labels: new Int32Array(0) };
    },
  });
  return { source, seen };
};

test('an epoch shows each image at most once, in another order than the next; the ragged rest is left out', () => {
  const { source, seen } = indicesOf(10, 4);
  expect(source.perEpoch).toBe(2);
  for (const step of [0, 1, 2, 3]) source.at(step);
  expect(seen.every((batch) => batch.length === 4)).toBe(true);
  const [first, second] = [seen.slice(0, 2).flat(), seen.slice(2).flat()];
  expect(new Set(first).size).toBe(8);
  expect(new Set(second).size).toBe(8);
  expect(first).not.toEqual(second);
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
