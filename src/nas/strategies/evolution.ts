import type { Json } from '../../base/canonical.ts';
import type { Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import type { Rng } from '../../base/rng.ts';
import type { ArchitectureCost } from '../costs/cost.ts';
import { costText } from '../costs/cost.ts';
import type { Encoding } from '../space/encoding.ts';
import { canonicalEncoding, encodingKey, randomEncoding } from '../space/encoding.ts';
import type { Searchable } from '../space/layout.ts';
import { mutate } from '../space/mutate.ts';
import type { StrategyState } from './state.ts';

/** What evolution needs of the things it breeds. */
export interface Operators {
  random(rng: Rng): Encoding;
  mutate(encoding: Encoding, rng: Rng): Encoding;
  /** Absent: everything is allowed. */
  allowed?(encoding: Encoding): boolean;
  /** What `allowed` asks for, ending the sentence "no architecture was found …"; needed with `allowed`. */
  readonly demand?: string;
}

export interface AgingEvolutionOptions {
  /** Members that live at a time. */
  readonly population: number;
  /** Members drawn for a tournament, with replacement. */
  readonly sample: number;
  /** The first proposals, before random ones; those that are not allowed are passed over. */
  readonly start?: readonly Encoding[];
  /** Whether a proposal may not repeat an earlier one; default false (as in the paper). */
  readonly distinct?: boolean;
  /** Draws before a proposal is given up; default 1000. */
  readonly attempts?: number;
}

/** An individual to evaluate. */
export interface EvolutionProposal {
  readonly encoding: Encoding;
  /** Index of the parent among all evaluations; absent in the first population. */
  readonly parent?: number;
}

export interface Individual {
  readonly encoding: Encoding;
  readonly fitness: number;
  /** Position among all evaluations, from 0. */
  readonly index: number;
}

/** Aging evolution in progress: propose → feedback, in turn. */
export interface AgingEvolution {
  /** The next individual. Code `no-allowed-architecture`: none was found within the allowed draws. */
  propose(rng: Rng): Result<EvolutionProposal>;
  /** Adds an evaluated individual and retires the oldest when the population is full. */
  feedback(encoding: Encoding, fitness: number): void;
  /** Oldest first. */
  readonly population: readonly Individual[];
  /** Evaluations so far. */
  readonly evaluations: number;
  /** The best ever seen, living or not; the first of equals. */
  readonly best: Individual | undefined;
  save(): StrategyState;
  restore(state: StrategyState): void;
}

interface Saved {
  readonly population: readonly Individual[];
  readonly best: Individual | null;
  readonly evaluations: number;
  readonly started: number;
  readonly seen: readonly string[];
}

/**
 * Regularized (aging) evolution (Real et al. 2019, algorithm 1): fill a queue with P individuals, then in each cycle
 * draw S of them uniformly with replacement, mutate the fittest, evaluate, append, remove the oldest.
 */
export function agingEvolution(operators: Operators, options: AgingEvolutionOptions): AgingEvolution {
  const { population: size, sample, start = [], distinct = false, attempts = 1000 } = options;
  if (size < 1 || sample < 1) {
    throw new Error(`internal error: expected a positive population and sample, got ${size} and ${sample}`);
  }
  let living: Individual[] = [];
  let best: Individual | undefined;
  let evaluations = 0;
  let started = 0;
  let seen = new Set<string>();

  const acceptable = (encoding: Encoding): boolean =>
    (operators.allowed?.(encoding) ?? true) && !(distinct && seen.has(encodingKey(encoding)));
  const draw = (make: () => EvolutionProposal): Result<EvolutionProposal> => {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const proposal = make();
      if (acceptable(proposal.encoding)) return ok(proposal);
    }
    const wish = [operators.demand, ...(distinct ? ['that is new'] : [])].filter(Boolean).join(' and ');
    return fail({
      code: 'no-allowed-architecture',
      message: `no architecture was found ${wish} in ${attempts} draws`,
    });
  };
  return {
    propose(rng) {
      if (living.length < size) {
        while (started < start.length) {
          const encoding = start[started]!;
          started += 1;
          if (acceptable(encoding)) return ok({ encoding });
        }
        return draw(() => ({ encoding: operators.random(rng) }));
      }
      return draw(() => {
        let parent = living[rng.integer(living.length)]!;
        for (let k = 1; k < sample; k++) {
          const rival = living[rng.integer(living.length)]!;
          if (rival.fitness > parent.fitness) parent = rival;
        }
        return { encoding: operators.mutate(parent.encoding, rng), parent: parent.index };
      });
    },
    feedback(encoding, fitness) {
      const individual = { encoding, fitness, index: evaluations };
      evaluations += 1;
      living.push(individual);
      if (living.length > size) living.shift();
      if (best === undefined || fitness > best.fitness) best = individual;
      if (distinct) seen.add(encodingKey(encoding));
    },
    get population() {
      return living;
    },
    get evaluations() {
      return evaluations;
    },
    get best() {
      return best;
    },
    save() {
      const saved: Saved = {
        population: [...living],
        best: best ?? null,
        evaluations,
        started,
        seen: [...seen],
      };
      return { state: saved as unknown as Json, tensors: new Map() };
    },
    restore({ state }) {
      const saved = state as unknown as Saved;
      living = [...saved.population];
      best = saved.best ?? undefined;
      evaluations = saved.evaluations;
      started = saved.started;
      seen = new Set(saved.seen);
    },
  };
}

/** The operators of a search space, under a hard limit of cost where one is given. */
export function spaceOperators(
  space: Searchable,
  limit?: { readonly cost: ArchitectureCost; readonly value: number },
): Operators {
  const operators: Operators = {
    random: (rng) => randomEncoding(space, rng),
    mutate: (encoding, rng) => mutate(space, canonicalEncoding(space, encoding), rng),
  };
  if (limit === undefined) return operators;
  const { cost, value } = limit;
  const { min, max } = cost.range();
  return {
    ...operators,
    allowed: (encoding) => cost.cost(encoding) <= value,
    demand: `of at most ${costText(value, cost.unit)} (this space has ${costText(min, cost.unit)} to ${costText(max, cost.unit)})`,
  };
}

/** Expected best of `n` values drawn uniformly with replacement: random search in closed form (order statistics). */
export function expectedBest(values: readonly number[], n: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const total = sorted.length;
  return sorted.reduce((sum, v, i) => sum + v * (((i + 1) / total) ** n - (i / total) ** n), 0);
}
