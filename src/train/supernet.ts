import type { Model } from '../net/backend.ts';
import type { Network, Tensor, Tensors } from '../net/network.ts';
import type { Accuracy } from '../schema/generated/artifacts/trials.ts';
import type { Split } from '../stage/artifacts.ts';
import { type CalibrationOptions, evaluateSplit, recalibrateOn } from './evaluate.ts';
import type { Quality } from './quality.ts';

/** Every weight of a model at its full shape, moving statistics included, without optimiser slots. */
export const readWeights = (model: Model): Promise<Tensors> =>
  model.read(model.weights.map(({ name }) => name));

/** The averaged weights (`ema:<name>`) of a model that keeps them, under their plain names. */
export async function readAveragedWeights(model: Model): Promise<Tensors> {
  const slots = await model.read(model.weights.map(({ name }) => `ema:${name}`));
  return new Map([...slots].map(([name, tensor]) => [name.slice('ema:'.length), tensor]));
}

/**
 * Starts a model from weights made elsewhere (a supernet's, initial ones): its averages, if it keeps any, start equal
 * to them and its momentum stays zero. Every weight of the model must be given; others are left aside.
 */
export async function writeWeights(model: Model, weights: Tensors, averages: boolean): Promise<void> {
  const tensors = new Map<string, Tensor>();
  for (const { name } of model.weights) {
    const tensor = weights.get(name);
    if (tensor === undefined) throw new Error(`internal error: expected weight ${name}, got none`);
    tensors.set(name, tensor);
    if (averages) tensors.set(`ema:${name}`, tensor);
  }
  await model.write(tensors);
}

export interface InheritedOptions {
  /** Where moving statistics come from. Absent: the statistics of each evaluated batch itself are used. */
  readonly calibration?: { readonly split: Split } & CalibrationOptions;
  readonly batchSize: number;
  /** Evaluate the first so many images only; default all. */
  readonly limit?: number;
}

/** What a path was found to be worth. */
export interface Rating {
  readonly accuracy: Accuracy;
  readonly quality: Quality;
}

/**
 * Rating of a path with the weights that it inherits from a supernet, on the validation split. With `calibration`
 * the path's moving statistics are overwritten.
 */
export async function inheritedRating(
  model: Model,
  path: Network,
  validation: Split,
  options: InheritedOptions,
): Promise<Rating> {
  const { calibration, batchSize, limit } = options;
  if (calibration !== undefined) await recalibrateOn(model, path, calibration.split, calibration);
  const { quality, images } = await evaluateSplit(model, path, validation, {
    batchSize,
    statistics: calibration === undefined ? 'batch' : 'moving',
    ...(limit === undefined ? {} : { limit }),
  });
  const accuracy = { value: quality.accuracy, provenance: 'inherited', split: 'validation', images } as const;
  return { accuracy, quality };
}
