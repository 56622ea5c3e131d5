import type { Json } from '../../../base/canonical.ts';
import { ok } from '../../../base/result.ts';
import type { Rng } from '../../../base/rng.ts';
import type { Encoding } from '../../space/encoding.ts';
import { drawAllowed, type SearchStrategy, type SpaceOperators, type StrategyProposal } from '../strategy.ts';
import type { Individual } from './evolution.ts';

export interface ConstrainedEvolutionOptions {
  readonly population: number;
  /** Share of the population that lives on and has offspring. */
  readonly parents: number;
  /** Share of the offspring that are mutants of one parent; the others are crossed from two. */
  readonly mutants: number;
  /** Probability that a choice of a mutant is redrawn. */
  readonly mutation: number;
  /** The first proposals, before random ones: allowed, and no more than the population. */
  readonly start?: readonly Encoding[];
  /** Draws before the cost is brought down step by step; default 100. */
  readonly attempts?: number;
}

interface Saved {
  readonly parents: readonly Individual[];
  readonly offspring: readonly Individual[];
  readonly evaluations: number;
}

/** The next offspring of parents: the first `mutants` of a generation by mutation, the others by crossover. */
function breed(
  operators: SpaceOperators,
  { population, mutants, mutation }: ConstrainedEvolutionOptions,
  parents: readonly Individual[],
  position: number,
  rng: Rng,
): StrategyProposal {
  const one = parents[rng.integer(parents.length)]!;
  const encoding =
    position < Math.round(population * mutants)
      ? operators.redraw(one.encoding, mutation, rng)
      : operators.crossover(one.encoding, parents[rng.integer(parents.length)]!.encoding, rng);
  return { encoding, parent: one.index };
}

/** The fittest, the first of equals first. */
const fittest = (individuals: readonly Individual[], count: number): Individual[] =>
  individuals.toSorted((a, b) => b.fitness - a.fitness || a.index - b.index).slice(0, count);

/**
 * Evolution under a hard limit (Once-for-All, Cai et al. 2020): a first population of allowed random architectures, then
 * generations of mutants and crosses of the best, which live on. An offspring that is not allowed is drawn again, and
 * after so many draws made cheaper choice by choice.
 */
export function constrainedEvolution(
  operators: SpaceOperators,
  options: ConstrainedEvolutionOptions,
): SearchStrategy {
  const { population, parents: share, start = [], attempts = 100 } = options;
  let parents: Individual[] = [];
  let offspring: Individual[] = [];
  let evaluations = 0;
  return {
    propose(rng) {
      const first = start[evaluations];
      if (first !== undefined) return ok({ encoding: first });
      return drawAllowed(operators, attempts, () =>
        parents.length === 0
          ? { encoding: operators.random(rng) }
          : breed(operators, options, parents, offspring.length, rng),
      );
    },
    feedback(encoding, { fitness }) {
      offspring.push({ encoding, fitness, index: evaluations });
      evaluations += 1;
      if (offspring.length < population) return;
      parents = fittest([...parents, ...offspring], Math.max(1, Math.round(population * share)));
      offspring = [];
    },
    save() {
      const saved: Saved = { parents, offspring, evaluations };
      return { state: structuredClone(saved) as unknown as Json, tensors: new Map() };
    },
    restore({ state }) {
      const saved = structuredClone(state) as unknown as Saved;
      parents = [...saved.parents];
      offspring = [...saved.offspring];
      evaluations = saved.evaluations;
    },
  };
}

export interface GuidedOptions extends ConstrainedEvolutionOptions {
  /** Generations. */
  readonly generations: number;
  /** What is not to be found again. */
  readonly known: ReadonlySet<string>;
  readonly keyOf: (encoding: Encoding) => string;
}

/**
 * Constrained evolution on a function that costs next to nothing, such as a predictor: the best architectures that are
 * not yet known, the best first. Fewer than `count` where it saw no more.
 */
export function evolveOn(
  operators: SpaceOperators,
  options: GuidedOptions,
  fitness: (encoding: Encoding) => number,
  count: number,
  rng: Rng,
): Encoding[] {
  const strategy = constrainedEvolution(operators, options);
  const found = new Map<string, Individual>();
  for (let index = 0; index < options.population * options.generations; index++) {
    const proposal = strategy.propose(rng);
    if (!proposal.ok) break;
    const { encoding } = proposal.value;
    const key = options.keyOf(encoding);
    const value = found.get(key)?.fitness ?? fitness(encoding);
    strategy.feedback(encoding, { fitness: value });
    if (!options.known.has(key) && !found.has(key)) found.set(key, { encoding, fitness: value, index });
  }
  return fittest([...found.values()], count).map(({ encoding }) => encoding);
}
