import type { Json } from '../base/canonical.ts';
import type { Network, Tensors } from '../net/network.ts';
import type { Architecture } from '../schema/generated/artifacts/architecture.ts';
import type { ControllerInfo } from '../schema/generated/artifacts/controller.ts';
import type { Correlation } from '../schema/generated/artifacts/correlation.ts';
import type { Evaluation } from '../schema/generated/artifacts/evaluation.ts';
import type { LatencyMeasurement } from '../schema/generated/artifacts/latency-measurement.ts';
import type { LatencyTable } from '../schema/generated/artifacts/latency-table.ts';
import type { ModelInfo } from '../schema/generated/artifacts/model.ts';
import type { SearchSpace } from '../schema/generated/artifacts/search-space.ts';
import type { SplitInfo } from '../schema/generated/artifacts/split.ts';
import type { SupernetInfo } from '../schema/generated/artifacts/supernet.ts';
import type { Trial } from '../schema/generated/artifacts/trials.ts';

export type {
  Architecture,
  Correlation,
  Evaluation,
  LatencyMeasurement,
  LatencyTable,
  SearchSpace,
  SplitInfo,
  Trial,
};

/** Images and labels of one split. */
export interface Split {
  readonly info: SplitInfo;
  /** [count, height, width, channels], 0…255 */
  readonly images: Uint8Array;
  /** [count], class indices */
  readonly labels: Uint8Array;
}

/** Shared weights of all candidates at maximum width, moving statistics included, without optimiser slots. */
export interface Supernet {
  readonly info: SupernetInfo;
  readonly weights: Tensors;
}

/** A trained sampler of architectures. */
export interface Controller {
  readonly info: ControllerInfo;
  readonly weights: Tensors;
}

/** A network with trained weights, and what it takes to use it. */
export interface TrainedModel {
  readonly info: ModelInfo;
  readonly network: Network;
  /** Every weight of the network, moving statistics included. */
  readonly weights: Tensors;
}

/** Metrics of a model on a split, and what it said of each example. */
export interface EvaluatedModel {
  readonly metrics: Evaluation;
  /** [images, classes], probabilities */
  readonly probabilities: Float32Array;
  /** [images], true class indices */
  readonly labels: Uint8Array;
}

/** What a stage reads and returns for each kind of artifact. Plain data: values cross bundle borders. */
export interface ArtifactValues {
  readonly 'train-split': Split;
  readonly 'validation-split': Split;
  readonly 'test-split': Split;
  readonly 'search-space': SearchSpace;
  readonly 'latency-table': LatencyTable;
  readonly supernet: Supernet;
  readonly controller: Controller;
  readonly trials: readonly Trial[];
  readonly architecture: Architecture;
  readonly model: TrainedModel;
  readonly evaluation: EvaluatedModel;
  readonly 'latency-measurement': LatencyMeasurement;
  readonly correlation: Correlation;
  /** Any JSON value: for stage types of a user's own. */
  readonly json: Json;
}

/** Parts of artifacts that are all that matters to some stage types: kind → name → what such a stage reads. */
export interface Essences {
  readonly architecture: { readonly choices: Pick<Architecture, 'space' | 'encoding'> };
  readonly model: {
    readonly predictor: Omit<TrainedModel, 'info'> & {
      readonly info: Omit<ModelInfo, 'training'>;
      /** Whose weights these are, and where they began when they were trained. */
      readonly weightsFrom: Pick<ModelInfo['training'], 'start'> &
        Pick<ModelInfo['training']['accuracy'], 'provenance'>;
    };
  };
}

/** Names of the essences of each kind that has any. */
export const essenceNames: { readonly [K in keyof Essences]: readonly (keyof Essences[K])[] } = {
  architecture: ['choices'],
  model: ['predictor'],
};

/** Every kind by name. */
export const kindNames = [
  'train-split',
  'validation-split',
  'test-split',
  'search-space',
  'latency-table',
  'supernet',
  'controller',
  'trials',
  'architecture',
  'model',
  'evaluation',
  'latency-measurement',
  'correlation',
  'json',
] as const satisfies readonly (keyof ArtifactValues)[];

/** Kinds that are lists, of items that are artifacts of the same kind: what a `foreach` can go over. */
export const listKinds = ['json', 'trials'] as const satisfies readonly (keyof ArtifactValues)[];

/**
 * Numbers that an item of a list has whatever made the list, by which a `foreach` can rank; absent: only the list
 * itself knows.
 */
export const figuresOfItems: { readonly [kind: string]: readonly string[] | undefined } = {
  trials: [
    'index',
    'epochs',
    'predicted',
    'accuracy',
    'accuracy.value',
    'accuracy.images',
    'costs.params',
    'costs.macs',
    'costs.latency',
    'cost',
    'target',
    'quality',
    'quality.value',
    'reward',
    'parent',
  ],
};
