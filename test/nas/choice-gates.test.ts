import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import type { ChoiceGates, ChoiceGatesOptions, Encoding, SearchSpace } from '../../src/nas/index.ts';
import {
  activeChoices,
  canonicalEncoding,
  choiceBlocks,
  choiceGates,
  enasMacroChannelsSpace,
  enasMicroSpace,
  isValidEncoding,
  optionCount,
} from '../../src/nas/index.ts';
import { elasticSpace } from './spaces.ts';

const sizes = { input: { h: 8, w: 8, c: 1 }, classes: 3 };
const channels = enasMacroChannelsSpace({ ...sizes, layers: 3, filters: 12, partition: 4 });
const cells = { ...enasMicroSpace({ ...sizes, layers: 3, filters: 4 }), nodes: 2 };

/** Plain gradient descent: a step is learning rate · gradient. */
const epsilon = 2 ** 40;
const plain = { beta1: 0, beta2: 0, epsilon };

const make = (space: SearchSpace, options: ChoiceGatesOptions = {}): ChoiceGates =>
  choiceGates(space, createRng(6), { deviation: 0.5, ...options });

const alphasOf = (space: SearchSpace, gates: ChoiceGates): number[][] => {
  const { tensors } = gates.save();
  return choiceBlocks(space).map(({ id }) => [...tensors.get(id)!.data]);
};

/** Gates of these parameters and this baseline. */
function set(
  gates: ChoiceGates,
  by: (id: string) => number[] | undefined,
  baseline: number | null,
): ChoiceGates {
  const { state, tensors } = gates.save();
  const changed = [...tensors].map(([name, tensor]) => {
    const values = by(name);
    return [name, values ? { ...tensor, data: Float32Array.from(values) } : tensor] as const;
  });
  gates.restore({ state: { ...(state as object), baseline } as typeof state, tensors: new Map(changed) });
  return gates;
}

/** log P of a drawn sequence: of every choice that decides something, the softmax over what its limit leaves. */
function logProbability(
  space: SearchSpace,
  alphas: readonly (readonly number[])[],
  encoding: Encoding,
): number {
  const layout = { choices: choiceBlocks(space) };
  return activeChoices(layout, encoding).reduce((sum, active, at) => {
    if (!active) return sum;
    const within = alphas[at]!.slice(0, optionCount(layout, encoding, at));
    return sum + alphas[at]![encoding[at]!]! - Math.log(within.reduce((all, a) => all + Math.exp(a), 0));
  }, 0);
}

describe.each([
  ['stacks, whose depth decides which layers there are', elasticSpace],
  ['macro over channels, where a start limits a count', channels],
  ['cells', cells],
] as const)('gates of %s', (_, space) => {
  const layout = { choices: choiceBlocks(space) };
  const draws = Array.from({ length: 6 }, (_, k) => make(space).sample(createRng(k)));

  test('REINFORCE moves along (reward − baseline) · the gradient of the log-probability of what was drawn', () => {
    const before = alphasOf(space, make(space));
    for (const encoding of draws) {
      const gates = set(make(space, { adam: plain }), () => undefined, 0.2);
      gates.reinforce([{ encoding, reward: 0.9 }], 1, epsilon);
      const after = alphasOf(space, gates);
      const moved = after.map((row, at) => row.map((a, k) => a - before[at]![k]!));
      for (const [at, row] of before.entries()) {
        for (const k of row.keys()) {
          const nudged = (by: number) =>
            logProbability(
              space,
              before.map((r, i) => r.map((a, j) => (i === at && j === k ? a + by : a))),
              encoding,
            );
          const slope = (nudged(1e-5) - nudged(-1e-5)) / 2e-5;
          expect(moved[at]![k]!).toBeCloseTo(0.7 * slope, 5);
        }
      }
      const active = activeChoices(layout, encoding);
      for (const [at, row] of moved.entries()) {
        const beyond = row.slice(optionCount(layout, encoding, at));
        for (const by of active[at] ? beyond : row) expect(by).toBe(0);
      }
    }
  });

  test('draws keep to the limits, and repeat with their seed', () => {
    for (const [k, encoding] of draws.entries()) {
      expect(isValidEncoding(space, encoding)).toBe(true);
      expect(make(space).sample(createRng(k))).toEqual(encoding);
    }
  });

  test('learn which architecture is rewarded, and restored go on exactly', () => {
    const goal = canonicalEncoding(space, draws[0]!);
    const [one, two] = [make(space, { deviation: 1e-3 }), make(space, { deviation: 1e-3 })];
    const run = (gates: ChoiceGates, from: number, to: number): void => {
      for (let step = from; step < to; step++) {
        const batch = Array.from({ length: 10 }, (_, k) => {
          const encoding = gates.sample(createRng(step).fork(k));
          const reached = canonicalEncoding(space, encoding);
          return { encoding, reward: reached.filter((option, at) => option === goal[at]).length };
        });
        gates.reinforce(batch, 0.9, 0.1);
      }
    };
    run(one, 0, 3);
    two.restore(one.save());
    run(one, 3, 250);
    run(two, 3, 250);
    expect(two.save()).toEqual(one.save());
    expect(one.derive()).toEqual(goal);
  });
});

describe('gates where a start limits a count', () => {
  const { choices } = { choices: choiceBlocks(channels) };
  const count = choices.findIndex(({ limit }) => limit !== undefined);
  const start = choices[count]!.limit!.position;
  const only = (at: number, values: number[]) => (id: string) =>
    id === choices[at]!.id ? values : undefined;

  test('the derived count is the most probable of those that go with the start', () => {
    const gates = make(channels, { deviation: 0 });
    set(gates, only(count, [1, 0.5, 2]), null);
    // with the first part all counts go together, with the third one and two of them
    expect(gates.derive()[count]).toBe(2);
    set(gates, only(start, [0, 0, 5, 0]), null);
    expect(gates.derive().slice(start, count + 1)).toEqual([2, 0]);
  });

  test('start with the given probability at an option among those that its limit leaves', () => {
    const encoding = canonicalEncoding(
      channels,
      choices.map((_, at) => (at === start ? 2 : at === count ? 1 : 0)),
    );
    const gates = make(channels, { deviation: 0, start: { encoding, probability: 0.7 } });
    const [first, second] = gates.distribution()[count]!;
    expect(second! / (first! + second!)).toBeCloseTo(0.7, 6);
    expect(gates.distribution()[start]![2]).toBeCloseTo(0.7, 6);
    expect(gates.derive()).toEqual(encoding);
  });
});
