import type { Json } from '../../base/canonical.ts';
import { ok } from '../../base/result.ts';
import type { Encoding } from '../space/encoding.ts';
import { encodingKey } from '../space/encoding.ts';
import type { Searchable } from '../space/layout.ts';
import { type ConstrainedEvolutionOptions, evolveOn } from './constrained-evolution.ts';
import { ridgePredictor, type Sample } from './predictor.ts';
import { drawAllowed, type SearchStrategy, type SpaceOperators } from './strategy.ts';

export interface PredictorEvolutionOptions extends ConstrainedEvolutionOptions {
  /** Random evaluations that the first predictor is fitted on. */
  readonly samples: number;
  /** Evaluations of its best finds before it is fitted anew on all. */
  readonly every: number;
  /** Penalty of the ridge regression. */
  readonly penalty: number;
  /** Generations of evolution on each predictor. */
  readonly generations: number;
}

interface Saved {
  readonly samples: readonly Sample[];
  readonly queue: readonly Encoding[];
  readonly error: number | null;
}

/**
 * Evolution on an accuracy predictor (Once-for-All, Cai et al. 2020): random architectures are evaluated and a predictor is
 * fitted on them; constrained evolution on it proposes its best finds, which are evaluated, and so on.
 */
export function predictorEvolution(
  space: Searchable,
  operators: SpaceOperators,
  options: PredictorEvolutionOptions,
): SearchStrategy {
  const { attempts = 100 } = options;
  let samples: Sample[] = [];
  let queue: Encoding[] = [];
  let error: number | null = null;
  return {
    propose(rng) {
      if (samples.length >= options.samples && queue.length === 0) {
        const predictor = ridgePredictor(space, samples, options.penalty);
        error = predictor.heldOutError;
        const known = new Set(samples.map(({ encoding }) => encodingKey(encoding)));
        queue = evolveOn(
          operators,
          { ...options, known, keyOf: encodingKey },
          predictor.predict,
          options.every,
          rng,
        );
      }
      const next = queue[0];
      if (next !== undefined) return ok({ encoding: next });
      return drawAllowed(operators, attempts, () => ({ encoding: operators.random(rng) }));
    },
    feedback(encoding, { fitness }) {
      samples.push({ encoding, value: fitness });
      queue.shift();
    },
    figures: () => (error === null ? {} : { 'predictor error': error }),
    save() {
      const saved: Saved = { samples, queue, error };
      return { state: structuredClone(saved) as unknown as Json, tensors: new Map() };
    },
    restore({ state }) {
      const saved = structuredClone(state) as unknown as Saved;
      samples = [...saved.samples];
      queue = [...saved.queue];
      error = saved.error;
    },
  };
}
