import { never } from '../base/result.ts';
import type { Rng } from '../base/rng.ts';
import type { Augmentation } from '../data/index.ts';
import type { ClipBy, OptimiserSpec } from '../net/backend.ts';
import type { Split } from '../stage/artifacts.ts';
import { stageFailure } from '../stage/contract.ts';
import { type BatchSource, trainingBatches } from './batches.ts';
import type { StepSettings } from './loop.ts';
import { inSteps, type Schedule } from './schedule.ts';

/** The params by which every training stage says how weights are trained. */
export interface Recipe {
  /** Images a step. */
  readonly batch: number;
  /** Durations in epochs. */
  readonly learningRate: Schedule;
  readonly optimiser: OptimiserParams;
  /** Of SGD and RMSProp. */
  readonly momentum: number;
  /** Of SGD. */
  readonly nesterov: boolean;
  readonly weightDecay: number;
  readonly labelSmoothing: number;
  /** 0: no clipping. */
  readonly clipNorm: number;
  readonly clipBy: ClipBy;
  readonly augment: Augmentation;
}

/** The optimiser that a recipe names, with the figures of its own. */
export type OptimiserParams =
  | { readonly kind: 'sgd' }
  | { readonly kind: 'rmsprop'; readonly decay: number; readonly epsilon: number }
  | {
      readonly kind: 'adam' | 'adamw';
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
    };

/** The optimiser as the recipe wants it, with or without averaged weights. */
export function optimiserOf({ optimiser, momentum, nesterov }: Recipe, ema = false): OptimiserSpec {
  switch (optimiser.kind) {
    case 'sgd':
      return { kind: 'sgd', momentum, nesterov, ema };
    case 'rmsprop':
      return { ...optimiser, momentum, ema };
    case 'adam':
    case 'adamw': {
      const { kind, ...figures } = optimiser;
      return { kind: 'adam', ...figures, decoupled: kind === 'adamw', ema };
    }
    default:
      return never(optimiser);
  }
}

/** What of a recipe decides its steps. */
export type StepRecipe = Pick<
  Recipe,
  'learningRate' | 'weightDecay' | 'labelSmoothing' | 'clipNorm' | 'clipBy'
>;

/** Settings of the steps, durations turned from epochs into steps. */
export const settingsOf = (recipe: StepRecipe, stepsPerEpoch: number): StepSettings => ({
  schedule: inSteps(recipe.learningRate, stepsPerEpoch),
  weightDecay: recipe.weightDecay,
  labelSmoothing: recipe.labelSmoothing,
  ...(recipe.clipNorm > 0 ? { clipNorm: recipe.clipNorm } : {}),
  clipBy: recipe.clipBy,
});

/** Shuffled, augmented batches of a split; the order and the changes of each epoch are named by `rng`. */
export const recipeBatches = (
  split: Split,
  { batch, augment }: Pick<Recipe, 'batch' | 'augment'>,
  rng: Rng,
): BatchSource => trainingBatches(split, { batchSize: batch, augmentation: augment, rng });

/** Steps of so many passes over the images, at least one. */
export const stepsOf = (epochs: number, { perEpoch }: BatchSource): number =>
  Math.max(1, Math.round(epochs * perEpoch));

/**
 * The images of both splits, standardised with the statistics of the first.
 * Ends the stage with `splits-differ` when their shapes or classes do not agree.
 */
export function joinSplits(first: Split, second: Split): Split {
  const [a, b] = [first.info, second.info];
  const shape = ({ height, width, channels, classes }: Split['info']) =>
    `${height}x${width}x${channels} in classes ${classes.join(', ')}`;
  if (shape(a) !== shape(b)) {
    throw stageFailure('splits-differ', `${a.name} has images of ${shape(a)}, but ${b.name} of ${shape(b)}`);
  }
  const join = (left: Uint8Array, right: Uint8Array): Uint8Array => {
    const all = new Uint8Array(left.length + right.length);
    all.set(left);
    all.set(right, left.length);
    return all;
  };
  return {
    info: { ...a, name: `${a.name} + ${b.name}`, count: a.count + b.count },
    images: join(first.images, second.images),
    labels: join(first.labels, second.labels),
  };
}

/** The optimiser of a model that is only evaluated: no slots. */
export const evaluationOnly: OptimiserSpec = { kind: 'sgd', momentum: 0, nesterov: false, ema: false };
