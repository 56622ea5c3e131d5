import { never } from '../../base/result.ts';
import type { Rng } from '../../base/rng.ts';
import type { Searchable } from '../space/layout.ts';
import { choiceBlocks } from '../space/layout.ts';
import { constrainedEvolution } from './constrained-evolution.ts';
import { controllerStrategy } from './controller-strategy.ts';
import { enasController } from './enas-controller.ts';
import { agingEvolution } from './evolution.ts';
import { factorisedController } from './factorised-controller.ts';
import { ENAS_LEARNING_RATE } from './lstm-controller.ts';
import { nsga2 } from './nsga2.ts';
import { PPO_LEARNING_RATE, ppoController } from './ppo-controller.ts';
import { predictorEvolution } from './predictor-evolution.ts';
import type { SearchStrategy, SpaceOperators } from './strategy.ts';
import { controllerLearningRate, TUNAS_LEARNING_RATE } from './warmup.ts';

/** A strategy by name, with all its settings. */
export type StrategySpec =
  /** Uniform samples; `distinct`: none twice. */
  | { readonly kind: 'random'; readonly distinct: boolean }
  /** With (Real et al. 2019) and without aging: the oldest or the least fit leaves. */
  | ({ readonly kind: 'aging-evolution' } & EvolutionSettings)
  | ({ readonly kind: 'evolution' } & EvolutionSettings)
  /** ENAS's sampler, updated by REINFORCE after every `batch` evaluations. */
  | {
      readonly kind: 'lstm-controller';
      readonly batch: number;
      readonly rate: number;
      readonly entropyWeight: number;
      readonly baselineDecay: number;
      readonly hidden: number;
      readonly tanhConstant: number;
      readonly temperature: number;
    }
  /** TuNAS's policy; its rate grows to `ramp` times as much at the end. */
  | {
      readonly kind: 'factorised-controller';
      readonly batch: number;
      readonly rate: number;
      readonly ramp: number;
      readonly entropyWeight: number;
      readonly baselineDecay: number;
    }
  /** MnasNet's: PPO of an LSTM over the sequence of choices. */
  | {
      readonly kind: 'ppo';
      readonly batch: number;
      readonly rate: number;
      readonly clip: number;
      readonly passes: number;
      readonly entropyWeight: number;
      readonly baselineDecay: number;
      readonly hidden: number;
      readonly tanhConstant: number;
      readonly temperature: number;
    }
  /** Once-for-All's: generations of mutants and crosses of the best under a hard limit. */
  | ({ readonly kind: 'constrained-evolution' } & BreedingSettings)
  /** The same on an accuracy predictor that is fitted on evaluations. */
  | ({
      readonly kind: 'predictor-evolution';
      readonly samples: number;
      readonly every: number;
      readonly penalty: number;
      readonly generations: number;
    } & BreedingSettings)
  /** For accuracy and the cost looked at together (Deb et al. 2002). */
  | {
      readonly kind: 'nsga2';
      readonly population: number;
      readonly crossover: number;
      /** null: one choice in each offspring on average. */
      readonly mutation: number | null;
    };

interface BreedingSettings {
  readonly population: number;
  readonly parents: number;
  readonly mutants: number;
  readonly mutation: number;
}

interface EvolutionSettings {
  readonly population: number;
  readonly tournament: number;
  readonly distinct: boolean;
}

export type StrategyKind = StrategySpec['kind'];

/** What each strategy's publication used, where it says so. */
export const PUBLISHED: { readonly [K in StrategyKind]: Extract<StrategySpec, { readonly kind: K }> } = {
  random: { kind: 'random', distinct: false },
  /** Real et al. 2019: P = 100, S = 25. */
  'aging-evolution': { kind: 'aging-evolution', population: 100, tournament: 25, distinct: false },
  evolution: { kind: 'evolution', population: 100, tournament: 25, distinct: false },
  /** ENAS's release, macro space. */
  'lstm-controller': {
    kind: 'lstm-controller',
    batch: 20,
    rate: ENAS_LEARNING_RATE,
    entropyWeight: 1e-4,
    baselineDecay: 0.99,
    hidden: 64,
    tanhConstant: 1.5,
    temperature: 1,
  },
  /** TuNAS's release at its batch of 4096; without the delay, for a table has no weights to warm up. */
  'factorised-controller': {
    kind: 'factorised-controller',
    batch: 1,
    rate: TUNAS_LEARNING_RATE,
    ramp: 10,
    entropyWeight: 0,
    baselineDecay: 0.95,
  },
  /** MnasNet's text gives no settings of PPO: these are usual in the NASNet line; batch and passes are ours. */
  ppo: {
    kind: 'ppo',
    batch: 20,
    rate: PPO_LEARNING_RATE,
    clip: 0.2,
    passes: 4,
    entropyWeight: 1e-5,
    baselineDecay: 0.95,
    hidden: 64,
    tanhConstant: 2.5,
    temperature: 1,
  },
  /** Once-for-All's evolution finder. */
  'constrained-evolution': {
    kind: 'constrained-evolution',
    population: 100,
    parents: 0.25,
    mutants: 0.5,
    mutation: 0.1,
  },
  /** Its 500 generations on the predictor; how many are evaluated is ours. */
  'predictor-evolution': {
    kind: 'predictor-evolution',
    samples: 100,
    every: 10,
    penalty: 1,
    generations: 500,
    population: 100,
    parents: 0.25,
    mutants: 0.5,
    mutation: 0.1,
  },
  /** Deb et al. 2002: population 100, crossover 0.9, mutation 1 / n. */
  nsga2: { kind: 'nsga2', population: 100, crossover: 0.9, mutation: null },
};

export interface StrategyContext {
  readonly space: Searchable;
  readonly operators: SpaceOperators;
  /** Evaluations to come in all. */
  readonly evaluations: number;
  /** For initial parameters. */
  readonly rng: Rng;
}

/** The strategy that a spec describes, new. */
export function makeStrategy(spec: StrategySpec, context: StrategyContext): SearchStrategy {
  const { space, operators, evaluations, rng } = context;
  switch (spec.kind) {
    case 'random':
      // A population that never fills up.
      return agingEvolution(operators, { population: evaluations, sample: 1, distinct: spec.distinct });
    case 'aging-evolution':
    case 'evolution':
      return agingEvolution(operators, {
        population: spec.population,
        sample: spec.tournament,
        distinct: spec.distinct,
        leaves: spec.kind === 'evolution' ? 'least-fit' : 'oldest',
      });
    case 'lstm-controller':
      return controllerStrategy(enasController(space, rng, spec), {
        batch: spec.batch,
        rate: () => spec.rate,
        operators,
      });
    case 'factorised-controller':
      return controllerStrategy(factorisedController(space, spec), {
        batch: spec.batch,
        rate: (made) =>
          controllerLearningRate(spec.rate, Math.min(1, made / evaluations), { delay: 0, ramp: spec.ramp }),
        operators,
      });
    case 'ppo':
      return controllerStrategy(ppoController(space, rng, spec), {
        batch: spec.batch,
        rate: () => spec.rate,
        operators,
      });
    case 'constrained-evolution':
      return constrainedEvolution(operators, spec);
    case 'predictor-evolution':
      return predictorEvolution(space, operators, spec);
    case 'nsga2': {
      const mutation = spec.mutation ?? 1 / choiceBlocks(space).length;
      return nsga2(operators, { ...spec, mutation });
    }
    default:
      return never(spec);
  }
}
