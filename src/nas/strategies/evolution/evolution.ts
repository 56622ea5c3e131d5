import type { Json } from '../../../base/canonical.ts';
import { ok } from '../../../base/result.ts';
import type { Encoding } from '../../space/encoding.ts';
import { encodingKey } from '../../space/encoding.ts';
import type { Operators, SearchStrategy } from '../strategy.ts';
import { acceptable, drawAcceptable } from '../strategy.ts';

export interface AgingEvolutionOptions {
  /** Members that live at a time. */
  readonly population: number;
  /** Members drawn for a tournament, with replacement. */
  readonly sample: number;
  /** The first proposals, before random ones; those that are not allowed are passed over. */
  readonly start?: readonly Encoding[];
  /** Whether a proposal may not repeat an earlier one; default false (as in the paper). */
  readonly distinct?: boolean;
  /** Who leaves a population that is full: the oldest (default), or the least fit, an ablation without aging. */
  readonly leaves?: 'oldest' | 'least-fit';
  /** Draws before a proposal is given up; default 1000. */
  readonly attempts?: number;
}

export interface Individual {
  readonly encoding: Encoding;
  readonly fitness: number;
  /** Position among all evaluations, from 0. */
  readonly index: number;
}

/** Aging evolution in progress: propose → feedback, in turn. */
export interface AgingEvolution extends SearchStrategy {
  /** Oldest first. */
  readonly population: readonly Individual[];
  /** Evaluations so far. */
  readonly evaluations: number;
  /** The best ever seen, living or not; the first of equals. */
  readonly best: Individual | undefined;
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
  const {
    population: size,
    sample,
    start = [],
    distinct = false,
    attempts = 1000,
    leaves = 'oldest',
  } = options;
  if (size < 1 || sample < 1) {
    throw new Error(`internal error: expected a positive population and sample, got ${size} and ${sample}`);
  }
  let living: Individual[] = [];
  let best: Individual | undefined;
  let evaluations = 0;
  let started = 0;
  let seen = new Set<string>();

  const drawing = () => ({ operators, attempts, ...(distinct ? { seen } : {}) });
  return {
    propose(rng) {
      if (living.length < size) {
        while (started < start.length) {
          const encoding = start[started]!;
          started += 1;
          if (acceptable(drawing(), encoding)) return ok({ encoding });
        }
        return drawAcceptable(drawing(), () => ({ encoding: operators.random(rng) }));
      }
      return drawAcceptable(drawing(), () => {
        let parent = living[rng.integer(living.length)]!;
        for (let k = 1; k < sample; k++) {
          const rival = living[rng.integer(living.length)]!;
          if (rival.fitness > parent.fitness) parent = rival;
        }
        return { encoding: operators.mutate(parent.encoding, rng), parent: parent.index };
      });
    },
    feedback(encoding, { fitness }) {
      const individual = { encoding, fitness, index: evaluations };
      evaluations += 1;
      living.push(individual);
      if (living.length > size) living.splice(leaves === 'oldest' ? 0 : leastFit(living), 1);
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

/** Position of the least fit, the first of equals. */
const leastFit = (living: readonly Individual[]): number =>
  living.reduce((worst, { fitness }, at) => (fitness < living[worst]!.fitness ? at : worst), 0);

/** Expected best of `n` values drawn uniformly with replacement: random search in closed form (order statistics). */
export function expectedBest(values: readonly number[], n: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const total = sorted.length;
  return sorted.reduce((sum, v, i) => sum + v * (((i + 1) / total) ** n - (i / total) ** n), 0);
}
