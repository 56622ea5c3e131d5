import type { ArchitectureCost } from '../costs/model.ts';
import type { Encoding } from '../space/encoding.ts';
import { ENAS_LEARNING_RATE } from './controllers/lstm-controller.ts';
import { PPO_LEARNING_RATE } from './controllers/ppo-controller.ts';
import type { PredictorSpec } from './evolution/predictor.ts';
import type { NetAdaptOptions } from './netadapt.ts';
import { TUNAS_LEARNING_RATE } from './warmup.ts';

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
      readonly predictor: PredictorSpec;
      readonly generations: number;
    } & BreedingSettings)
  /** For accuracy and several costs together (Deb et al. 2002). */
  | {
      readonly kind: 'nsga2';
      readonly population: number;
      readonly crossover: number;
      /** null: one choice in each offspring on average. */
      readonly mutation: number | null;
      /** null: the cost that the search looks at. */
      readonly costs: readonly ArchitectureCost['quantity'][] | null;
    }
  /** From one architecture downward by least loss of accuracy for cost (Yang et al. 2018, Howard et al. 2019). */
  | {
      readonly kind: 'netadapt';
      /** null: the dearest architecture. */
      readonly start: Encoding | null;
      readonly reduction: number;
      readonly keep: NetAdaptOptions['keep'];
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
  /** Whether a proposal may not repeat an earlier one; default false. */
  readonly distinct?: boolean;
  /** Choice blocks redrawn in each offspring; default 1. */
  readonly mutations?: number;
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
    predictor: { kind: 'ridge', penalty: 1 },
    generations: 500,
    population: 100,
    parents: 0.25,
    mutants: 0.5,
    mutation: 0.1,
  },
  /** Deb et al. 2002: population 100, crossover 0.9, mutation 1 / n. */
  nsga2: { kind: 'nsga2', population: 100, crossover: 0.9, mutation: null, costs: null },
  /** MobileNetV3: δ = 0.01 |L|. */
  netadapt: { kind: 'netadapt', start: null, reduction: 0.01, keep: 'ratio' },
};

/** Settings of a perceptron that some hundred samples can bear; Once-for-All's, for 16 000, has 3 layers of 400. */
export const MLP_PREDICTOR = {
  kind: 'mlp',
  layers: 2,
  hidden: 32,
  epochs: 60,
  batch: 16,
  rate: 0.01,
  decay: 1e-4,
} as const satisfies PredictorSpec;
