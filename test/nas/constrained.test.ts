import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import type { Encoding, SearchStrategy, SpaceOperators } from '../../src/nas/index.ts';
import { macsCost, makeStrategy, PUBLISHED, paretoFront, spaceOperators } from '../../src/nas/index.ts';
import { mainSpace } from './spaces.ts';

const cost = macsCost(mainSpace);
const { min, max, minEncoding } = cost.range();
const under = (share: number): SpaceOperators =>
  spaceOperators(mainSpace, { cost, value: min + share * (max - min) });

/** Fitness grows with what the network costs, so that the limit is all that holds it. */
function play(
  strategy: SearchStrategy,
  evaluations: number,
  fitness = (e: Encoding) => cost.cost(e),
): Encoding[] {
  const rng = createRng(3);
  return Array.from({ length: evaluations }, (_, index) => {
    const proposal = strategy.propose(rng.fork(index));
    if (!proposal.ok) throw new Error(proposal.failures[0]!.message);
    const { encoding } = proposal.value;
    strategy.feedback(encoding, { fitness: fitness(encoding), costs: [cost.cost(encoding)] });
    return encoding;
  });
}
const make = (kind: 'constrained-evolution' | 'nsga2', operators: SpaceOperators, settings = {}) =>
  makeStrategy({ ...PUBLISHED[kind], population: 16, ...settings } as never, {
    space: mainSpace,
    operators,
    cost,
    evaluations: 200,
    rng: createRng(1),
  });

describe.each(['constrained-evolution', 'nsga2'] as const)('%s', (kind) => {
  test('finds architectures that rejection would hardly ever: the cost of the last draw is brought down', () => {
    const operators = under(0.001);
    const proposed = play(make(kind, operators), 40);
    expect(proposed.every((encoding) => operators.allowed!(encoding))).toBe(true);
  });

  test('where nothing is allowed it says so', () => {
    const none: SpaceOperators = { ...under(0), allowed: () => false };
    expect(make(kind, none).propose(createRng(1))).toMatchObject({
      ok: false,
      failures: [{ code: 'no-allowed-architecture' }],
    });
  });

  test('its first population is random, its later ones are better', () => {
    const proposed = play(make(kind, under(0.5)), 160);
    const mean = (part: readonly Encoding[]) => part.reduce((sum, e) => sum + cost.cost(e), 0) / part.length;
    if (kind === 'constrained-evolution')
      expect(mean(proposed.slice(-16))).toBeGreaterThan(1.02 * mean(proposed.slice(0, 16)));
    const best = Math.max(...proposed.map((e) => cost.cost(e)));
    expect(best).toBeGreaterThan(0.97 * (min + 0.5 * (max - min)));
  });
});

test('the fittest quarter lives on for ever', () => {
  const strategy = make('constrained-evolution', spaceOperators(mainSpace));
  const proposed = play(strategy, 16, (encoding) => (encoding.join() === minEncoding.join() ? 1 : 0));
  expect(proposed).toHaveLength(16);
  const { parents } = strategy.save().state as unknown as { parents: { index: number }[] };
  expect(parents.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
});

test('NSGA-II spreads over the trade of accuracy for cost, more than random samples do', () => {
  /** Accuracy that grows with cost, less where choices are odd: a front along the whole range. */
  const accuracy = (encoding: Encoding): number =>
    Math.sqrt((cost.cost(encoding) - min) / (max - min)) - 0.05 * encoding.filter((o) => o === 1).length;
  const front = (encodings: readonly Encoding[]) =>
    paretoFront(encodings.map((e) => [-accuracy(e), cost.cost(e)])).map((i) => encodings[i]!);
  const found = front(play(make('nsga2', spaceOperators(mainSpace), { population: 20 }), 400, accuracy));
  const random = front(Array.from({ length: 400 }, (_, k) => spaceOperators(mainSpace).random(createRng(k))));
  const beats = (a: readonly Encoding[], b: readonly Encoding[]) =>
    b.filter((e) => a.some((o) => accuracy(o) >= accuracy(e) && cost.cost(o) <= cost.cost(e))).length /
    b.length;
  expect(beats(found, random)).toBeGreaterThan(0.8);
  expect(beats(random, found)).toBeLessThan(0.2);
});
