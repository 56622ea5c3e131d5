/**
 * A network as data: a list of layer records in evaluation order, each naming the layers it reads. Counting, printing,
 * comparing, exporting and executing are visitors of this one description. Arrays are NHWC; padding, where nothing else
 * is said, is TensorFlow's SAME (output side = ceil(input side / stride), the odd pixel at the end).
 */

import type { Layer, Shape } from './layer.ts';

export * from './layer.ts';

/**
 * How a weight starts. `fan` is the fan-in or fan-out of the weight's full shape (He), or fan-in + fan-out (Glorot); the
 * variance is 2/fan throughout: uniform ones draw from ±√(6/fan), truncated ones from a normal distribution cut at two of
 * its own deviations. A truncated normal's `deviation` is that before the cut, as in TensorFlow.
 */
export type Initialiser =
  | { readonly kind: 'zeros' }
  | { readonly kind: 'ones' }
  | { readonly kind: 'identity' }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'normal' | 'truncated-normal'; readonly deviation: number }
  | { readonly kind: FanInitialiser; readonly fan: number };

/** Initialisers whose spread a fan decides. */
export type FanInitialiser = `${'he' | 'glorot'}-${'normal' | 'uniform' | 'truncated'}`;

/** One named weight, at its full (in a supernet: maximum) shape. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly init: Initialiser;
  /** False for the moving statistics of batch normalisation. */
  readonly trainable: boolean;
  /** Whether L2 weight decay applies (kernels yes; biases, gamma, beta no). */
  readonly decay: boolean;
}

/** Logits that help in training. */
export interface AuxiliaryOutput {
  /** Id of the layer, output {1, 1, classes}. */
  readonly output: string;
  readonly weight: number;
  /** Learns from a batch's teacher as the network's output does. */
  readonly taught?: true;
}

/** A network that can be executed: layers, the tensor that is its result (logits), and every weight it names. */
export interface Network {
  readonly input: Shape;
  readonly layers: readonly Layer[];
  /**
   * Id of the layer whose output are the logits, shape {1, 1, classes}. A piece of a network that is only timed
   * (`Backend.time`) may end in a tensor of any shape.
   */
  readonly output: string;
  /**
   * Further logits that a training step learns from: their cross-entropy with the labels is added to the loss, times
   * `weight` (Szegedy et al. 2015 §5). Evaluation leaves them and all that only they need alone; so do counts.
   */
  readonly auxiliary?: readonly AuxiliaryOutput[];
  readonly weights: readonly WeightSpec[];
}

/** Named tensors: weights, optimiser slots, moving statistics. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
export type Tensors = ReadonlyMap<string, Tensor>;
