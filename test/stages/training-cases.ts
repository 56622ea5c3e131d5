import { createRng } from '../../src/base/index.ts';
import {
  enasMacroChannelsSpace,
  randomEncoding,
  type SearchSpace,
  supernetWeights,
} from '../../src/nas/index.ts';
import { initialise } from '../../src/train/index.ts';
import { sidedSpace, variedSpace } from '../nas/spaces.ts';
import type { Setup } from './harness.ts';
import { architecture, space, spaceDigest, supernet, teacher, train, trial, validation } from './tiny.ts';

const weights = {
  batch: 8,
  learningRate: { kind: 'cosine', rate: 0.05 },
  augment: { pad: 1, flip: true, cutout: 2 },
};
const channels = enasMacroChannelsSpace({
  input: space.input,
  classes: space.classes,
  layers: 4,
  filters: 6,
});
const search = { train, validation, space, supernet };
/** The same in another space, from a random architecture on. */
const searchIn = (other: SearchSpace) => ({
  train,
  validation,
  space: other,
  supernet: { ...supernet, weights: initialise(supernetWeights(other), createRng(9)) },
  architecture: { space: spaceDigest, encoding: randomEncoding(other, createRng(5)) },
});

/** The strategies of evolutionary-refinement besides aging evolution. */
const refinements = [
  { name: 'no aging', strategy: { kind: 'evolution', population: 4, tournament: 2 }, stopAt: [3, 7] },
  { name: 'constrained', strategy: { kind: 'constrained-evolution', population: 4 }, stopAt: [1, 6, 8] },
  {
    name: 'on a perceptron',
    strategy: {
      kind: 'predictor-evolution',
      samples: 5,
      every: 3,
      predictor: { kind: 'mlp', hidden: 4, epochs: 5 },
      generations: 3,
      population: 6,
    },
    stopAt: [2, 5, 7],
  },
  {
    name: 'on ridge regression',
    strategy: { kind: 'predictor-evolution', samples: 5, every: 3, generations: 3, population: 6 },
    stopAt: [6],
  },
  {
    name: 'NSGA-II for two costs',
    strategy: { kind: 'nsga2', population: 4, costs: ['macs', 'params'] },
    stopAt: [3, 5],
  },
] as const;

/** Every stage type that takes checkpoints and is exact, with ticks at which it is stopped, the last ones included. */
export const trainingCases: readonly {
  readonly name: string;
  readonly type: string;
  readonly setup: Omit<Setup, 'backend'>;
  readonly ticks: number;
  readonly stopAt: readonly number[];
  /** How many ticks there will be is an estimate until the last one. */
  readonly estimated?: true;
  /** Params that are refused with those of the case, because nobody would read them. */
  readonly unread?: readonly string[];
}[] = [
  {
    name: 'supernet-warmup',
    type: 'supernet-warmup',
    setup: { params: { ...weights, epochs: 2, opWarmup: 0.6 }, inputs: { train, space } },
    ticks: 10,
    stopAt: [1, 5, 9],
  },
  {
    name: 'supernet-warmup by progressive shrinking, on images of two sides',
    type: 'supernet-warmup',
    setup: {
      params: {
        batch: 8,
        augment: weights.augment,
        mode: {
          kind: 'progressive-shrinking',
          phases: [
            { epochs: 0.4, rate: 0.05 },
            { epochs: 0.4, rate: 0.05, kernel: 3 },
            { epochs: 0.2, rate: 0.02, kernel: 3, depth: 1, subnets: 2 },
            { epochs: 0.4, rate: 0.02, kernel: 3, depth: 1, expansion: 2, subnets: 3 },
          ],
        },
      },
      inputs: { train, space: sidedSpace },
    },
    ticks: 7,
    stopAt: [1, 2, 3, 4, 5, 6],
    unread: ['epochs', 'learningRate', 'opWarmup', 'filterWarmup'],
  },
  {
    name: 'controller-search with an LSTM',
    type: 'controller-search',
    setup: {
      params: {
        ...weights,
        steps: 6,
        samples: 2,
        validationBatch: 7,
        controllerStart: 0,
        controllerRate: 0.1,
        target: { quantity: 'macs', fraction: 0.4 },
        derive: 3,
        recalibrationImages: 16,
      },
      inputs: search,
    },
    ticks: 9,
    stopAt: [1, 4, 6, 7, 8],
  },
  {
    name: 'controller-search, factorised, two weight steps an update',
    type: 'controller-search',
    setup: {
      params: {
        ...weights,
        controller: 'factorised',
        reward: 'mnas-soft',
        steps: 3,
        weightSteps: 2,
        rewarded: 'trained',
        validationBatch: 7,
        controllerStart: 0,
        controllerRate: 0.2,
        controllerRamp: 10,
        target: { quantity: 'params', fraction: 0.5 },
        derive: 2,
        recalibrationImages: 16,
      },
      inputs: search,
    },
    ticks: 8,
    stopAt: [1, 2, 7],
  },
  {
    name: 'controller-search, ppo',
    type: 'controller-search',
    setup: {
      params: {
        ...weights,
        controller: 'ppo',
        hidden: 8,
        passes: 2,
        reward: 'mnas-soft',
        steps: 3,
        samples: 2,
        validationBatch: 7,
        controllerStart: 0,
        controllerRate: 0.1,
        target: { quantity: 'params', fraction: 0.5 },
        derive: 2,
        recalibrationImages: 16,
      },
      inputs: search,
    },
    ticks: 5,
    stopAt: [1, 3, 4],
  },
  {
    name: 'evolutionary-refinement',
    type: 'evolutionary-refinement',
    setup: {
      params: {
        limit: { quantity: 'macs', fraction: 0.6 },
        evaluations: 9,
        strategy: { kind: 'aging-evolution', population: 4, tournament: 2 },
        start: 2,
        recalibrationImages: 16,
      },
      inputs: {
        ...search,
        trials: [trial(0, [0, 0, 0, 0, 0, 0, 0], 0.5, 7), trial(1, [0, 1, 0, 1, 0, 0, 1], 0.6, 7)],
      },
    },
    ticks: 9,
    stopAt: [1, 3, 6, 8],
  },
  {
    name: 'random-search',
    type: 'random-search',
    setup: {
      params: {
        limit: { quantity: 'macs', fraction: 0.6 },
        evaluations: 7,
        recalibrationImages: 16,
      },
      inputs: search,
    },
    ticks: 7,
    stopAt: [1, 5],
  },
  {
    name: 'netadapt',
    type: 'netadapt',
    setup: {
      params: {
        limit: { quantity: 'macs', fraction: 0.3 },
        reduction: 0.05,
        keep: 'accuracy',
        evaluations: 40,
        recalibrationImages: 16,
      },
      inputs: { ...search, architecture: architecture([1, 2, 0, 1, 1, 1, 0]) },
    },
    ticks: 14,
    stopAt: [1, 2, 6, 13],
    estimated: true,
  },
  {
    name: 'proxyless-finetune',
    type: 'proxyless-finetune',
    setup: {
      params: {
        ...weights,
        steps: 6,
        gateStart: 0,
        gateEvery: 2,
        gateBatch: 7,
        gateRate: 0.2,
        target: { quantity: 'macs', fraction: 0.5 },
        derive: 2,
        recalibrationImages: 16,
      },
      inputs: { ...search, architecture: architecture([0, 1, 0, 1, 0, 1, 0]) },
    },
    ticks: 10,
    stopAt: [1, 3, 6, 7, 9],
  },
  {
    name: 'proxyless-finetune, of a space of stacks',
    type: 'proxyless-finetune',
    setup: {
      params: {
        ...weights,
        steps: 4,
        gateStart: 0,
        gateEvery: 1,
        gateBatch: 7,
        gateRate: 0.2,
        mode: 'two',
        loss: { kind: 'mul-log' },
        target: { quantity: 'macs', fraction: 0.5 },
        derive: 1,
        recalibrationImages: 16,
      },
      inputs: searchIn(variedSpace),
    },
    ticks: 7,
    stopAt: [1, 2, 3, 6],
  },
  {
    name: 'proxyless-finetune by REINFORCE',
    type: 'proxyless-finetune',
    setup: {
      params: {
        ...weights,
        steps: 6,
        gateStart: 0,
        gateBatch: 7,
        gateRate: 0.2,
        loss: { kind: 'reinforce', samples: 3, metric: 'likelihood', baselineDecay: 0.5 },
        target: { quantity: 'macs', fraction: 0.5 },
        derive: 1,
        recalibrationImages: 16,
      },
      inputs: { ...search, architecture: architecture([0, 1, 0, 1, 0, 1, 0]) },
    },
    ticks: 9,
    stopAt: [1, 3, 5, 8],
    unread: ['mode'],
  },
  {
    name: 'proxyless-finetune by REINFORCE, of a macro space over channels',
    type: 'proxyless-finetune',
    setup: {
      params: {
        ...weights,
        steps: 4,
        gateStart: 0,
        gateBatch: 7,
        gateRate: 0.2,
        loss: { kind: 'reinforce', samples: 2, metric: 'likelihood', baselineDecay: 0.5 },
        target: { quantity: 'macs', fraction: 0.5 },
        limit: { quantity: 'params', fraction: 0.5 },
        derive: 1,
        recalibrationImages: 16,
      },
      inputs: searchIn(channels),
    },
    ticks: 7,
    stopAt: [1, 2, 3, 4, 6],
    unread: ['mode'],
  },
  {
    name: 'successive-halving',
    type: 'successive-halving',
    setup: {
      params: {
        ...weights,
        networks: 4,
        eta: 2,
        epochs: 0.4,
        limit: { quantity: 'params', fraction: 0.7 },
      },
      inputs: { train, validation, space, trials: [trial(0, [0, 1, 0, 1, 0, 0, 1], 0.6, 7)] },
    },
    ticks: 16,
    stopAt: [1, 2, 7, 8, 9, 11, 12, 14, 15],
  },
  {
    name: 'final-train with averaged weights',
    type: 'final-train',
    setup: {
      params: { ...weights, epochs: 2, emaDecay: 0.9, clipNorm: 1 },
      inputs: { train, space, architecture: architecture([0, 1, 0, 1, 0, 1, 0]), validation },
    },
    ticks: 10,
    stopAt: [1, 5, 9],
  },
  {
    name: 'final-train with AdamW, a teacher, an auxiliary head and growing drop-path',
    type: 'final-train',
    setup: {
      params: {
        ...weights,
        epochs: 2,
        learningRate: { kind: 'exponential-ramp', rate: 0.001, factor: 10, warmup: 0 },
        optimiser: { kind: 'adamw' },
        clipNorm: 0.1,
        clipBy: 'value',
        initialiser: 'glorot-truncated',
        teacherRatio: 0.5,
        auxiliaryWeight: 0.4,
        dropPath: { rate: 0.3, grow: true },
      },
      inputs: { train, space, architecture: architecture([0, 1, 0, 1, 0, 1, 0]), teacher },
    },
    ticks: 10,
    stopAt: [1, 9],
  },
];

/** The strategies of a stage type of which there is a case above, as cases of their own. */
export const strategyCases: typeof trainingCases = refinements.map(({ name, strategy, stopAt }) => ({
  name: `evolutionary-refinement, ${name}`,
  type: 'evolutionary-refinement',
  setup: {
    params: {
      limit: { quantity: 'macs', fraction: 0.6 },
      evaluations: 12,
      strategy,
      start: 2,
      recalibrationImages: 16,
    },
    inputs: {
      ...search,
      trials: [trial(0, [0, 0, 0, 0, 0, 0, 0], 0.5, 7), trial(1, [0, 1, 0, 1, 0, 0, 1], 0.6, 7)],
    },
  },
  ticks: 12,
  stopAt,
}));
