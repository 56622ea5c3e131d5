import type { Rng } from '../base/rng.ts';
import type { Batch, EvaluateOptions, Model } from '../net/backend.ts';
import type { Network } from '../net/network.ts';
import type { Split } from '../stage/artifacts.ts';
import { plainBatch } from './batches.ts';
import { type Quality, qualityMeter } from './quality.ts';
import { splitFor } from './sized.ts';

export interface SplitEvaluation {
  /** Share of correct predictions, 0…1; the first of equal logits counts as predicted. */
  readonly accuracy: number;
  readonly quality: Quality;
  /** Mean cross-entropy in nats, without label smoothing. */
  readonly loss: number;
  readonly images: number;
  /** [images, classes] */
  readonly probabilities: Float32Array;
}

export interface SplitEvaluationOptions extends EvaluateOptions {
  readonly batchSize: number;
  /** Look at the first so many images only; default all. */
  readonly limit?: number;
}

/**
 * Runs a path over the images of a split in their order, at the size that it takes; the last batch may be ragged. The
 * next batch is prepared while the backend runs the current one.
 */
export async function evaluateSplit(
  model: Model,
  path: Network,
  of: Split,
  options: SplitEvaluationOptions,
): Promise<SplitEvaluation> {
  const split = splitFor(of, path.input);
  const images = Math.min(options.limit ?? split.info.count, split.info.count);
  const classes = split.info.classes.length;
  const probabilities = new Float32Array(images * classes);
  const batchAt = (first: number): Batch | undefined =>
    first < images ? plainBatch(split, range(first, Math.min(first + options.batchSize, images))) : undefined;
  const mode: EvaluateOptions = { statistics: options.statistics, ema: options.ema ?? false };
  const meter = qualityMeter(classes);
  let loss = 0;
  let first = 0;
  let next = batchAt(0);
  while (next !== undefined) {
    const batch = next;
    const running = model.evaluate(path, batch, mode);
    next = batchAt(first + batch.size);
    const logits = await running;
    for (let i = 0; i < batch.size; i++) {
      const row = logits.subarray(i * classes, (i + 1) * classes);
      const label = batch.labels[i]!;
      const logarithm = softmax(row, probabilities.subarray((first + i) * classes))[label]!;
      loss -= logarithm;
      meter.add(label, largest(row), logarithm);
    }
    first += batch.size;
  }
  const quality = meter.quality();
  return { accuracy: quality.accuracy, quality, loss: loss / images, images, probabilities };
}

/** Quality of the predictions on one batch; the first of equal logits counts as predicted. */
export async function batchQuality(
  model: Model,
  path: Network,
  batch: Batch,
  options: EvaluateOptions,
): Promise<Quality> {
  const logits = await model.evaluate(path, batch, options);
  const classes = logits.length / batch.size;
  const meter = qualityMeter(classes);
  const scratch = new Float32Array(classes);
  for (let i = 0; i < batch.size; i++) {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    const label = batch.labels[i]!;
    meter.add(label, largest(row), softmax(row, scratch)[label]!);
  }
  return meter.quality();
}

export interface CalibrationOptions {
  /** How many, drawn without replacement; at most all. */
  readonly images: number;
  readonly batchSize: number;
  readonly rng: Rng;
}

/** Indices of the images that statistics are taken from, in order: at most as many as the split has. */
export const calibrationImages = (split: Split, images: number, rng: Rng): Uint32Array =>
  rng.permutation(split.info.count).subarray(0, Math.min(images, split.info.count));

/**
 * Sets a path's moving statistics to those of images drawn from a split, at the size that it takes, unaugmented (OFA's
 * calibration of batch normalisation, Cai et al. 2020 §3). A path that shares weights with others has no valid
 * statistics before. Only full batches are used, unless there is but a ragged one.
 */
export async function recalibrateOn(
  model: Model,
  path: Network,
  split: Split,
  options: CalibrationOptions,
): Promise<void> {
  const sized = splitFor(split, path.input);
  const drawn = calibrationImages(split, options.images, options.rng);
  const images = drawn.length;
  const size = Math.min(options.batchSize, images);
  const batches = function* (): Iterable<Batch> {
    for (let first = 0; first + size <= images; first += size) {
      yield plainBatch(sized, drawn.subarray(first, first + size));
    }
  };
  await model.recalibrate(path, batches());
}

const range = (from: number, to: number): Uint32Array =>
  Uint32Array.from({ length: to - from }, (_, i) => from + i);

const largest = (row: Float32Array): number => {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  return best;
};

/** Writes the softmax of a row of logits to `out`; returns its logarithm, in double precision. */
export function softmax(row: Float32Array, out: Float32Array): number[] {
  const top = row[largest(row)]!;
  let sum = 0;
  for (const logit of row) sum += Math.exp(logit - top);
  const logarithm = Array.from(row, (logit) => logit - top - Math.log(sum));
  for (const [i, value] of logarithm.entries()) out[i] = Math.exp(value);
  return logarithm;
}
