import type { Rng } from '../base/rng.ts';
import type { Batch } from '../net/backend.ts';
import type { Split } from '../stage/artifacts.ts';
import { stageFailure } from '../stage/contract.ts';

/** Training batches by step: the same step gives the same batch whenever it is asked for. */
export interface BatchSource {
  /** Full batches in one pass over the images; a ragged rest is left out. */
  readonly perEpoch: number;
  readonly batchSize: number;
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
 * Batches in an order shuffled anew each epoch (`rng.fork('order').fork(epoch)`).
 * Ends the stage with `batch-too-large` when there are fewer images than a batch holds.
 */
export function shuffledBatches({ count, batchSize, rng, make }: BatchOrder): BatchSource {
  const perEpoch = Math.floor(count / batchSize);
  if (perEpoch === 0) {
    throw stageFailure(
      'batch-too-large',
      `a batch of ${batchSize} images cannot be filled from a split of ${count}; use a batch size of at most ${count}`,
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
        order = orders.fork(epoch).permutation(count);
      }
      const first = (step % perEpoch) * batchSize;
      return make(order.subarray(first, first + batchSize), epoch);
    },
  };
}

/** Images `indices` of a split, standardised, without augmentation. */
export function plainBatch(split: Split, indices: ArrayLike<number>): Batch {
  const { height, width, channels, mean, deviation } = split.info;
  const pixels = height * width * channels;
  const images = new Float32Array(indices.length * pixels);
  const labels = new Int32Array(indices.length);
  const tables = Array.from({ length: channels }, (_, c) =>
    Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean[c]!) / deviation[c]!),
  );
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i]! * pixels;
    const to = i * pixels;
    for (let p = 0; p < pixels; p++) images[to + p] = tables[p % channels]![split.images[from + p]!]!;
    labels[i] = split.labels[indices[i]!]!;
  }
  return { size: indices.length, images, labels };
}
