import { describe, expect, test } from 'vitest';
import { canonicalJson, createRng } from '../../src/base/index.ts';
import type { AgingEvolution, Encoding, Operators } from '../../src/nas/index.ts';
import { agingEvolution, encodingKey, expectedBest, macsCost, spaceOperators } from '../../src/nas/index.ts';
import { macroTable } from '../net/nas-bench-macro.ts';
import { mainSpace, smallSpace } from './spaces.ts';

const macro = macroTable();

/** Codes of eight digits; a mutation changes one of them. */
const digits: Operators = {
  random: (rng) => Array.from({ length: 8 }, () => rng.integer(3)),
  mutate(encoding, rng) {
    const at = rng.integer(8);
    return encoding.map((digit, i) => (i === at ? (digit + 1 + rng.integer(2)) % 3 : digit));
  },
};

const accuracy = (encoding: Encoding): number => macro!.get(encoding.join(''))!.mean_acc;

/** Runs `evaluations` cycles; `cost` is any fitness. */
function evolve(
  search: AgingEvolution,
  fitness: (encoding: Encoding) => number,
  evaluations: number,
  seed: number,
): Encoding[] {
  const rng = createRng(seed);
  const proposed: Encoding[] = [];
  while (search.evaluations < evaluations) {
    const proposal = search.propose(rng.fork(search.evaluations));
    if (!proposal.ok)
      throw new Error(`internal error: expected a proposal, got ${proposal.failures[0]!.message}`);
    proposed.push(proposal.value.encoding);
    search.feedback(proposal.value.encoding, { fitness: fitness(proposal.value.encoding) });
  }
  return proposed;
}

describe.skipIf(macro === undefined)('against NAS-Bench-Macro (needs ../shared/data)', () => {
  test.each([
    [50, 92.98, 0.13],
    [100, 93.1, 0.04],
    [200, 93.12, 0.01],
  ])(
    'aging evolution, P = 20, S = 10, %i evaluations: best %f on average',
    (evaluations, mean, deviation) => {
      const seeds = 40;
      let total = 0;
      for (let seed = 0; seed < seeds; seed++) {
        const search = agingEvolution(digits, { population: 20, sample: 10 });
        evolve(search, accuracy, evaluations, seed);
        total += search.best!.fitness;
      }
      expect(Math.abs(total / seeds - mean)).toBeLessThan((4 * deviation) / Math.sqrt(seeds) + 0.005);
    },
  );

  test('random search has a closed form', () => {
    const values = [...macro!.values()].map(({ mean_acc }) => mean_acc);
    const expected = [20, 50, 100, 200, 500, 1000].map((n) => Number(expectedBest(values, n).toFixed(4)));
    expect(expected).toEqual([92.613, 92.7733, 92.8653, 92.9409, 93.0195, 93.0643]);
  });
});

/** A smooth toy objective on the small space. */
const toy = (encoding: Encoding): number => encoding.reduce((sum, option, at) => sum + option * (at + 1), 0);

describe('aging evolution', () => {
  test('fills the population, then breeds the best of a tournament and retires the oldest', () => {
    const search = agingEvolution(spaceOperators(smallSpace), { population: 4, sample: 50 });
    evolve(search, toy, 4, 1);
    const fittest = [...search.population].sort((a, b) => b.fitness - a.fitness)[0]!;
    const next = search.propose(createRng(2));
    expect(next).toMatchObject({ ok: true, value: { parent: fittest.index } });
    expect(search.population.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    search.feedback([0, 0, 0, 0, 0, 0, 0], { fitness: -1 });
    expect(search.population.map(({ index }) => index)).toEqual([1, 2, 3, 4]);
  });

  test('remembers the best after it has retired', () => {
    const search = agingEvolution(spaceOperators(smallSpace), { population: 1, sample: 1 });
    search.feedback([1, 2, 0, 2, 1, 1, 1], { fitness: 9 });
    search.feedback([0, 0, 0, 0, 0, 0, 0], { fitness: 1 });
    expect(search.population.map(({ fitness }) => fitness)).toEqual([1]);
    expect(search.best).toEqual({ encoding: [1, 2, 0, 2, 1, 1, 1], fitness: 9, index: 0 });
  });

  test('starts from what it is given, and never exceeds the limit', () => {
    const cost = macsCost(mainSpace);
    const { min, max, minEncoding, maxEncoding } = cost.range();
    const limit = { cost, value: min + 0.3 * (max - min) };
    const search = agingEvolution(spaceOperators(mainSpace, limit), {
      population: 6,
      sample: 3,
      start: [maxEncoding, minEncoding],
      distinct: true,
    });
    const proposed = evolve(search, (encoding) => cost.cost(encoding), 40, 3);
    expect(proposed[0]).toEqual(minEncoding);
    expect(proposed.every((encoding) => cost.cost(encoding) <= limit.value)).toBe(true);
    expect(new Set(proposed.map(encodingKey)).size).toBe(40);
    expect(search.best!.fitness).toBeGreaterThan(min + 0.25 * (max - min));
  });

  test('a limit that hardly anything meets ends in a failure that says so', () => {
    const cost = macsCost(mainSpace);
    const search = agingEvolution(spaceOperators(mainSpace, { cost, value: 4.3e6 }), {
      population: 2,
      sample: 2,
      attempts: 50,
    });
    expect(search.propose(createRng(1))).toEqual({
      ok: false,
      failures: [
        {
          code: 'no-allowed-architecture',
          message:
            'no architecture was found of at most 4.3 M MACs (this space has 4.291 M MACs to 22.9 M MACs) in 50 draws',
        },
      ],
    });
  });

  test('a restored search goes on exactly', () => {
    const make = () =>
      agingEvolution(spaceOperators(smallSpace), { population: 5, sample: 3, distinct: true });
    const [one, two] = [make(), make()];
    evolve(one, toy, 12, 4);
    const saved = one.save();
    const copy = { state: JSON.parse(canonicalJson(saved.state)), tensors: saved.tensors };
    const rest = evolve(one, toy, 30, 4);
    two.restore(copy);
    expect(evolve(two, toy, 30, 4)).toEqual(rest);
    expect(two.save()).toEqual(one.save());
  });
});
