import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import type { ChoiceBlock, ChoiceList, Encoding } from '../../src/nas/index.ts';
import {
  activeChoices,
  canonicalEncoding,
  crossover,
  eachArchitecture,
  encodingKey,
  entropyGradient,
  factorisedController,
  lstmController,
  mutate,
  neighbours,
  optionCount,
  parseEncoding,
  ppoController,
  randomEncoding,
  spaceEntropy,
} from '../../src/nas/index.ts';
import { stir } from '../contract/controller.ts';

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

/** Where something begins and how much of it there is, of three; and a choice where it does not begin with the last. */
const ranged: ChoiceList = {
  grammar: 'choices',
  name: 'ranged',
  choices: [
    choice('start', ['0', '1', '2']),
    { ...choice('count', ['1', '2', '3']), limit: { position: 0, options: [3, 2, 1] } },
    choice('early', ['x', 'y'], [{ position: 0, options: [0, 1] }]),
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

test('a choice beyond its limit is the last within it, and from outside a mistake', () => {
  expect(canonicalEncoding(ranged, [1, 2, 1])).toEqual([1, 1, 1]);
  expect(canonicalEncoding(ranged, [2, 2, 1])).toEqual([2, 0, 0]);
  expect(distinct(ranged)).toHaveLength(2 * (3 + 2) + 1);
  expect([...eachArchitecture(ranged)].map(encodingKey).sort()).toEqual(
    distinct(ranged).map(encodingKey).sort(),
  );
  expect(parseEncoding(ranged, [1, 1, 1])).toEqual({ ok: true, value: [1, 1, 1] });
  const message = 'entry 1 (count) is 2; it can be 0 = 1, 1 = 2';
  expect(parseEncoding(ranged, [1, 2, 1])).toEqual({
    ok: false,
    failures: [{ code: 'encoding-option', message }],
  });
  expect(parseEncoding(ranged, [9, 2, 1])).toMatchObject({ ok: false, failures: { length: 1 } });
});

test('draws within a limit are uniform', () => {
  const counts = new Map<string, number>();
  for (let k = 0; k < 3000; k++) {
    const [start, count] = randomEncoding(ranged, createRng(k));
    counts.set(`${start}${count}`, (counts.get(`${start}${count}`) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(['00', '01', '02', '10', '11', '20']);
  for (const [key, count] of counts) {
    const expected = 3000 / 3 / [3, 2, 1][Number(key[0])]!;
    expect(Math.abs(count - expected), key).toBeLessThan(5 * Math.sqrt(expected));
  }
});

describe.each([
  ['nested', nested],
  ['ranged', ranged],
])('operators, %s', (_, nested) => {
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

describe.each([
  ['some below others', nested],
  ['some limited by others', ranged],
])('entropy of independent choices, %s', (_, nested) => {
  const logits = nested.choices.map(({ options }, at) => options.map((_, k) => Math.sin(3 * at + 2 * k)));
  const probabilities = (from: readonly (readonly number[])[]): number[][] =>
    from.map((row) => {
      const total = row.reduce((sum, value) => sum + Math.exp(value), 0);
      return row.map((value) => Math.exp(value) / total);
    });

  test('is that of the distribution over architectures', () => {
    const p = probabilities(logits);
    const active = (encoding: Encoding) => activeChoices(nested, encoding);
    const mass = distinct(nested).map((encoding) =>
      encoding.reduce((product, option, at) => {
        if (!active(encoding)[at]) return product;
        const within = p[at]!.slice(0, optionCount(nested, encoding, at));
        return (product * within[option]!) / within.reduce((sum, q) => sum + q, 0);
      }, 1),
    );
    expect(mass.reduce((sum, q) => sum + q, 0)).toBeCloseTo(1, 12);
    const exact = mass.reduce((sum, q) => sum - q * Math.log(q), 0);
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

test.each([
  ['factorised', () => factorisedController(ranged)],
  ['lstm', () => lstmController(ranged, createRng(5), { hidden: 6 })],
  ['ppo', () => ppoController(ranged, createRng(5), { hidden: 6 })],
])('a %s controller draws within limits, and learns there', (_, make) => {
  const controller = stir(make());
  const all = [...eachArchitecture(ranged)];
  const mass = () => all.map((encoding) => Math.exp(controller.logProbability(encoding)));
  expect(mass().reduce((sum, q) => sum + q, 0)).toBeCloseTo(1, 10);
  const before = mass()[all.findIndex((encoding) => encodingKey(encoding) === '1,1,1')]!;
  for (let step = 0; step < 5; step++) {
    controller.feedback(
      all.map((encoding) => ({ encoding, reward: encodingKey(encoding) === '1,1,1' ? 1 : 0 })),
      0.02,
    );
  }
  expect(mass().reduce((sum, q) => sum + q, 0)).toBeCloseTo(1, 10);
  expect(mass()[all.findIndex((encoding) => encodingKey(encoding) === '1,1,1')]!).toBeGreaterThan(before);
  expect(all.map(encodingKey)).toContain(encodingKey(controller.greedy()));
  for (const [id, p] of Object.entries(controller.probabilities())) {
    expect(p.length, id).toBe(ranged.choices.find((each) => each.id === id)!.options.length);
  }
});
