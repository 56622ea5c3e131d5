import type { Json } from '../../../base/canonical.ts';
import { ok } from '../../../base/result.ts';
import type { Rng } from '../../../base/rng.ts';
import type { Encoding } from '../../space/encoding.ts';
import { crowding, type Objectives, paretoFronts } from '../pareto.ts';
import { drawAllowed, type SearchStrategy, type SpaceOperators } from '../strategy.ts';

export interface Nsga2Options {
  readonly population: number;
  /** Probability that offspring come of two parents, not of one. */
  readonly crossover: number;
  /** Probability that a choice of an offspring is redrawn. */
  readonly mutation: number;
  /** The first proposals, before random ones: allowed, and no more than the population. */
  readonly start?: readonly Encoding[];
  /** Draws before the cost is brought down step by step; default 100. */
  readonly attempts?: number;
}

interface Member {
  readonly encoding: Encoding;
  readonly objectives: Objectives;
  readonly index: number;
}

/** A member that has survived: the front it lies on, and how far its neighbours there are. */
interface Ranked extends Member {
  readonly front: number;
  /** Infinity as -1, for JSON. */
  readonly distance: number;
}

interface Saved {
  readonly parents: readonly Ranked[];
  readonly offspring: readonly Member[];
  readonly evaluations: number;
}

/** Whether `a` survives before `b`: a lower front, then more room around it. */
const before = (a: Ranked, b: Ranked): number => a.front - b.front || room(b) - room(a) || a.index - b.index;
const room = ({ distance }: Ranked): number => (distance < 0 ? Number.MAX_VALUE : distance);

/**
 * NSGA-II (Deb et al. 2002): maximises fitness and minimises every cost of the feedback. Offspring of binary
 * tournaments by front and crowding; parents and offspring together are cut to the population.
 */
export function nsga2(operators: SpaceOperators, options: Nsga2Options): SearchStrategy {
  const { population, crossover, mutation, start = [], attempts = 100 } = options;
  let parents: Ranked[] = [];
  let offspring: Member[] = [];
  let evaluations = 0;

  const tournament = (rng: Rng): Ranked => {
    const one = parents[rng.integer(parents.length)]!;
    const two = parents[rng.integer(parents.length)]!;
    return before(two, one) < 0 ? two : one;
  };
  return {
    propose(rng) {
      const first = start[evaluations];
      if (first !== undefined) return ok({ encoding: first });
      const make = () => {
        if (parents.length === 0) return { encoding: operators.random(rng) };
        const one = tournament(rng);
        const whole =
          rng.uniform() < crossover
            ? operators.crossover(one.encoding, tournament(rng).encoding, rng)
            : one.encoding;
        return { encoding: operators.redraw(whole, mutation, rng), parent: one.index };
      };
      return drawAllowed(operators, attempts, make);
    },
    feedback(encoding, { fitness, costs = [] }) {
      offspring.push({ encoding, objectives: [-fitness, ...costs], index: evaluations });
      evaluations += 1;
      if (offspring.length < population) return;
      const all: readonly Member[] = [...parents, ...offspring];
      const ranked = paretoFronts(all.map(({ objectives }) => objectives)).flatMap((front, rank) => {
        const distances = crowding(front.map((i) => all[i]!.objectives));
        return front.map((i, k): Ranked => {
          const { encoding: own, objectives, index } = all[i]!;
          const distance = Number.isFinite(distances[k]!) ? distances[k]! : -1;
          return { encoding: own, objectives, index, front: rank, distance };
        });
      });
      parents = ranked.sort(before).slice(0, population);
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
