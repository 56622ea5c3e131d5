import type { Json } from '../../../base/canonical.ts';
import { ok } from '../../../base/result.ts';
import type { Encoding } from '../../space/encoding.ts';
import { encodingKey } from '../../space/encoding.ts';
import type { Searchable } from '../../space/layout.ts';
import { drawAllowed, type SearchStrategy, type SpaceOperators } from '../strategy.ts';
import { type ConstrainedEvolutionOptions, evolveOn } from './constrained-evolution.ts';
import { fitPredictor, type Predictor, type PredictorSpec, type Sample } from './predictor.ts';

export interface PredictorEvolutionOptions extends ConstrainedEvolutionOptions {
  /** Random evaluations that the first predictor is fitted on. */
  readonly samples: number;
  /** Evaluations of its best finds before it is fitted anew on all. */
  readonly every: number;
  readonly predictor: PredictorSpec;
  /** Generations of evolution on each predictor. */
  readonly generations: number;
}

/** What evolution on the predictor found, and what it thinks of it. */
interface Found {
  readonly encoding: Encoding;
  readonly predicted: number;
}

interface Saved {
  readonly samples: readonly Sample[];
  readonly queue: readonly Found[];
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
  const { attempts = 100, start = [] } = options;
  let samples: Sample[] = [];
  let queue: Found[] = [];
  let error: number | null = null;
  return {
    propose(rng) {
      if (samples.length >= options.samples && queue.length === 0) {
        const predictor: Predictor = fitPredictor(space, samples, options.predictor, rng.fork('predictor'));
        error = predictor.heldOutError;
        const known = new Set(samples.map(({ encoding }) => encodingKey(encoding)));
        queue = evolveOn(
          operators,
          { ...options, start: [], known, keyOf: encodingKey },
          predictor.predict,
          options.every,
          rng,
        ).map((encoding) => ({ encoding, predicted: predictor.predict(encoding) }));
      }
      const next = queue[0];
      if (next !== undefined) return ok(next);
      const first = start[samples.length];
      if (first !== undefined) return ok({ encoding: first });
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
