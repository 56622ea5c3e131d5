import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { crowding, dominates, hypervolume, paretoFront, paretoFronts } from '../../src/nas/index.ts';

const cloud = (count: number, size: number, seed: number): number[][] => {
  const rng = createRng(seed);
  return Array.from({ length: count }, () => Array.from({ length: size }, () => rng.integer(12)));
};

describe.each([2, 3, 4])('of %i objectives', (size) => {
  const points = cloud(60, size, size);

  test('a front holds what no point outside earlier fronts dominates', () => {
    const fronts = paretoFronts(points);
    expect(fronts.flat().sort((a, b) => a - b)).toEqual([...points.keys()]);
    let left = [...points.keys()];
    for (const front of fronts) {
      const best = left.filter((i) => !left.some((j) => dominates(points[j]!, points[i]!)));
      expect(front).toEqual(best);
      left = left.filter((i) => !front.includes(i));
    }
  });

  test('the front alone is the first front without repeats', () => {
    const distinct = new Map(
      paretoFronts(points)[0]!
        .map((i) => [String(points[i]), i])
        .reverse() as [string, number][],
    );
    expect(paretoFront(points).sort((a, b) => a - b)).toEqual([...distinct.values()].sort((a, b) => a - b));
  });

  test('hypervolume is the share of a grid that something dominates', () => {
    const few = points.slice(0, 12);
    const reference = Array.from({ length: size }, () => 8);
    let cells = 0;
    for (let code = 0; code < 8 ** size; code++) {
      const cell = Array.from({ length: size }, (_, at) => Math.floor(code / 8 ** at) % 8);
      if (few.some((point) => point.every((value, at) => value <= cell[at]!))) cells++;
    }
    expect(hypervolume(few, reference)).toBe(cells);
    expect(hypervolume([], reference)).toBe(0);
  });
});

test('crowding is the mean of the gaps to both sides in the span of the front, infinite at the ends', () => {
  expect(
    crowding([
      [0, 10],
      [1, 6],
      [4, 5],
      [10, 0],
    ]),
  ).toEqual([Number.POSITIVE_INFINITY, 4 / 10 + 5 / 10, 9 / 10 + 6 / 10, Number.POSITIVE_INFINITY]);
  expect(crowding([[1, 1]])).toEqual([Number.POSITIVE_INFINITY]);
});
