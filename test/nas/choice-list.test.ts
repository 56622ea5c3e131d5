import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import type { ChoiceBlock, ChoiceList, Encoding } from '../../src/nas/index.ts';
import {
  canonicalEncoding,
  crossover,
  encodingKey,
  entropyGradient,
  mutate,
  neighbours,
  randomEncoding,
  spaceEntropy,
} from '../../src/nas/index.ts';

const choice = (id: string, options: string[], when?: ChoiceBlock['when']): ChoiceBlock => ({
  id,
  block: id,
  what: 'option',
  tag: 'op',
  options,
  ...(when ? { when } : {}),
});

/** Depth 1, 2 or 3; the second layer from depth 2 on, the third at 3, and inside it a choice of its own. */
const nested: ChoiceList = {
  grammar: 'choices',
  name: 'nested',
  choices: [
    choice('depth', ['1', '2', '3']),
    choice('one', ['a', 'b']),
    choice('two', ['a', 'b', 'c'], [{ position: 0, options: [1, 2] }]),
    choice('three', ['a', 'b'], [{ position: 0, options: [2] }]),
    choice(
      'inner',
      ['x', 'y', 'z'],
      [
        { position: 0, options: [2] },
        { position: 3, options: [1] },
      ],
    ),
  ],
};

/** Every raw encoding of a tree. */
function raw({ choices }: ChoiceList): number[][] {
  let all: number[][] = [[]];
  for (const { options } of choices)
    all = all.flatMap((head) => options.map((_, option) => [...head, option]));
  return all;
}

const distinct = (tree: ChoiceList): Encoding[] => [
  ...new Map(
    raw(tree)
      .map((encoding) => canonicalEncoding(tree, encoding))
      .map((e) => [encodingKey(e), e]),
  ).values(),
];

test('a choice decides something only where those above it do and lead to it', () => {
  expect(canonicalEncoding(nested, [0, 1, 2, 1, 2])).toEqual([0, 1, 0, 0, 0]);
  expect(canonicalEncoding(nested, [1, 1, 2, 1, 2])).toEqual([1, 1, 2, 0, 0]);
  expect(canonicalEncoding(nested, [2, 1, 2, 1, 2])).toEqual([2, 1, 2, 1, 2]);
  expect(canonicalEncoding(nested, [2, 1, 2, 0, 2])).toEqual([2, 1, 2, 0, 0]);
  expect(distinct(nested)).toHaveLength(2 * (1 + 3 + 3 * (1 + 3)));
});

describe('operators', () => {
  const rng = createRng(6);
  const all = distinct(nested);
  const keys = new Set(all.map(encodingKey));

  test('lead to architectures, mutation never to the same, crossing equals to themselves', () => {
    for (const encoding of all) {
      const other = all[rng.integer(all.length)]!;
      const made = [
        randomEncoding(nested, rng),
        mutate(nested, encoding, rng),
        crossover(nested, encoding, other, rng),
        ...neighbours(nested, encoding),
      ];
      expect(made.every((one) => keys.has(encodingKey(one)))).toBe(true);
      expect(made[1]).not.toEqual(encoding);
      expect(neighbours(nested, encoding)).not.toContainEqual(encoding);
      expect(crossover(nested, encoding, encoding, rng)).toEqual(encoding);
    }
  });

  test('a cross of a shallow and a deep one inherits what only the deep one decides', () => {
    for (let k = 0; k < 200; k++) {
      const offspring = crossover(nested, [0, 0, 0, 0, 0], [2, 1, 2, 1, 2], createRng(k));
      expect([
        [0, 0, 0, 0],
        [2, 2, 1, 2],
      ]).toContainEqual([offspring[0], ...offspring.slice(2)]);
    }
  });
});

describe('entropy of independent choices, some below others', () => {
  const logits = nested.choices.map(({ options }, at) => options.map((_, k) => Math.sin(3 * at + 2 * k)));
  const probabilities = (from: readonly (readonly number[])[]): number[][] =>
    from.map((row) => {
      const total = row.reduce((sum, value) => sum + Math.exp(value), 0);
      return row.map((value) => Math.exp(value) / total);
    });

  test('is that of the distribution over architectures', () => {
    const p = probabilities(logits);
    const mass = new Map<string, number>();
    for (const encoding of raw(nested)) {
      const key = encodingKey(canonicalEncoding(nested, encoding));
      mass.set(
        key,
        (mass.get(key) ?? 0) + encoding.reduce((product, option, at) => product * p[at]![option]!, 1),
      );
    }
    const exact = [...mass.values()].reduce((sum, q) => sum - q * Math.log(q), 0);
    expect(spaceEntropy(nested, p)).toBeCloseTo(exact, 12);
  });

  test('has the gradient that difference quotients have', () => {
    const gradient = entropyGradient(nested, probabilities(logits));
    const step = 1e-5;
    for (const [at, row] of logits.entries()) {
      for (const k of row.keys()) {
        const shifted = (by: number): number =>
          spaceEntropy(
            nested,
            probabilities(logits.map((other, i) => other.map((x, j) => (i === at && j === k ? x + by : x)))),
          );
        expect(gradient[at]![k]).toBeCloseTo((shifted(step) - shifted(-step)) / (2 * step), 8);
      }
    }
  });
});
