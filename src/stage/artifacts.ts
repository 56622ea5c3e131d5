import type { Network, Tensors } from '../net/network.ts';

/** What the images of a data set are; the same for all splits of one preparation. */
export interface SplitInfo {
  /** Data set and part, for people: `fashion-mnist-mini/train`. */
  readonly name: string;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Class names, by class index. */
  readonly classes: readonly string[];
  /** Per-channel mean and standard deviation of the *training* part, of pixel values scaled to 0…1. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Images and labels of one split. */
export interface Split {
  readonly info: SplitInfo;
  /** [count, height, width, channels], 0…255 */
  readonly images: Uint8Array;
  /** [count], class indices */
  readonly labels: Uint8Array;
}

/** A network with trained weights, and what it takes to use it. */
export interface Model {
  readonly info: ModelInfo;
  readonly network: Network;
  /** Every weight of the network, moving statistics included. */
  readonly weights: Tensors;
}

export interface ModelInfo {
  readonly classes: readonly string[];
  /** Applied per channel to pixels scaled to 0…1: (x - mean) / deviation. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}
