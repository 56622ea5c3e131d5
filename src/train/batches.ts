import type { Rng } from '../base/rng.ts';
import { epochOrder, makeBatch } from '../data/index.ts';
import type { Batch } from '../net/backend.ts';
import type { Split } from '../stage/artifacts.ts';
import { stageFailure } from '../stage/contract.ts';

/** Training batches by step: the same step gives the same batch whenever it is asked for. */
export interface BatchSource {
  /** Full batches in one pass over the images; a ragged rest is left out. */
  readonly perEpoch: number;
  readonly batchSize: number;
  /** @param step from 0, over all epochs */
  at(step: number): Batch;
}

/** Makes the batch of the images at `indices` of an epoch, augmented or not. */
export type MakeBatch = (indices: Uint32Array, epoch: number) => Batch;

export interface BatchOrder {
  /** Images that there are. */
  readonly count: number;
  readonly batchSize: number;
  readonly rng: Rng;
  readonly make: MakeBatch;
}

/**
 * Batches in an order shuffled anew each epoch (`rng.fork('order').fork(epoch)`). An image that the last, ragged batch
 * of an epoch would hold is left out of that epoch only.
 * Ends the stage with `batch-too-large` when there are fewer images than a batch holds.
 */
export function shuffledBatches({ count, batchSize, rng, make }: BatchOrder): BatchSource {
  const perEpoch = Math.floor(count / batchSize);
  if (perEpoch === 0) {
    throw stageFailure(
      'batch-too-large',
      `a batch of ${batchSize} images cannot be filled from ${count}; choose a batch size of at most ${count}`,
    );
  }
  const orders = rng.fork('order');
  let epoch = -1;
  let order: Uint32Array = new Uint32Array(0);
  return {
    perEpoch,
    batchSize,
    at(step) {
      const wanted = Math.floor(step / perEpoch);
      if (wanted !== epoch) {
        epoch = wanted;
        order = epochOrder(count, orders.fork(epoch));
      }
      const first = (step % perEpoch) * batchSize;
      return make(order.subarray(first, first + batchSize), epoch);
    },
  };
}

/** Shuffled batches of a split without augmentation; a split smaller than a batch makes a smaller one. */
export const plainBatches = (split: Split, batchSize: number, rng: Rng): BatchSource =>
  trainingBatches(split, { batchSize: Math.min(batchSize, split.info.count), rng });

/** Images `indices` of a split, standardised, without augmentation. */
export const plainBatch = (split: Split, indices: ArrayLike<number>): Batch =>
  makeBatch(split, indices, { mean: split.info.mean, deviation: split.info.deviation });
