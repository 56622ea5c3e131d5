import type { Rng } from '../base/rng.ts';
import { type Augmentation, epochOrder, makeBatch } from '../data/index.ts';
import type { Batch } from '../net/backend.ts';
import type { Split } from '../stage/artifacts.ts';
import { stageFailure } from '../stage/contract.ts';
import { type Input, splitFor } from './sized.ts';

/** Training batches by step: the same step gives the same batch whenever it is asked for at one size of image. */
export interface BatchSource {
  /** Full batches in one pass over the images; a ragged rest is left out. */
  readonly perEpoch: number;
  readonly batchSize: number;
  /**
   * @param step from 0, over all epochs
   * @param input what the network takes: another size than the split's gives the same images at that size, augmented in
   *   pixels of that size; default: the split's own
   * @param area memory for the images, as of `Model.inputArea`; default: their own
   */
  at(step: number, input?: Input, area?: (values: number) => Float32Array | undefined): Batch;
}

export interface TrainingBatchOptions {
  readonly batchSize: number;
  /** Absent: images are left as they are. */
  readonly augmentation?: Augmentation;
  readonly rng: Rng;
}

/**
 * Batches of a split in an order shuffled anew each epoch, standardised and augmented. An image that the last, ragged
 * batch of an epoch would hold is left out of that epoch only.
 * Ends the stage with `batch-too-large` when the split has fewer images than a batch holds.
 */
export function trainingBatches(split: Split, options: TrainingBatchOptions): BatchSource {
  const { batchSize, augmentation, rng } = options;
  const { count, mean, deviation } = split.info;
  const perEpoch = Math.floor(count / batchSize);
  if (perEpoch === 0) {
    throw stageFailure(
      'batch-too-large',
      `a batch of ${batchSize} images cannot be filled from ${count}; choose a batch size of at most ${count}`,
    );
  }
  const orders = rng.fork('order');
  const draws = rng.fork('augment');
  let epoch = -1;
  let order: Uint32Array = new Uint32Array(0);
  return {
    perEpoch,
    batchSize,
    at(step, input, area) {
      const wanted = Math.floor(step / perEpoch);
      if (wanted !== epoch) {
        epoch = wanted;
        order = epochOrder(count, orders.fork(epoch));
      }
      const first = (step % perEpoch) * batchSize;
      const sized = input === undefined ? split : splitFor(split, input);
      return makeBatch(sized, order.subarray(first, first + batchSize), {
        mean,
        deviation,
        ...(augmentation === undefined ? {} : { augment: { options: augmentation, rng: draws.fork(epoch) } }),
        ...(area && { area }),
      });
    },
  };
}

/** Shuffled batches of a split without augmentation; a split smaller than a batch makes a smaller one. */
export const plainBatches = (split: Split, batchSize: number, rng: Rng): BatchSource =>
  trainingBatches(split, { batchSize: Math.min(batchSize, split.info.count), rng });

/** Images `indices` of a split, standardised, without augmentation. */
export const plainBatch = (split: Split, indices: ArrayLike<number>): Batch =>
  makeBatch(split, indices, { mean: split.info.mean, deviation: split.info.deviation });
