/**
 * A network as data: a list of layer records in evaluation order, each naming the layers it reads.
 * Counting, printing, comparing, exporting and executing are visitors of this one description.
 * Arrays are NHWC; padding is TensorFlow's SAME (output side = ceil(input side / stride), the odd pixel at the end).
 */

/** Height, width and channels of one example. */
export interface Shape {
  readonly h: number;
  readonly w: number;
  readonly c: number;
}

/** Name of the network's input where a layer names what it reads. */
export const INPUT = 'input';

export type ActivationName = 'relu' | 'relu6' | 'h-swish' | 'swish' | 'sigmoid' | 'hard-sigmoid' | 'tanh';

interface LayerBase {
  /** Unique in the network; also the name of the tensor that the layer produces. */
  readonly id: string;
  /** Ids of the layers read, in order; `input` is the network's input. */
  readonly inputs: readonly string[];
  /** Shape of the produced tensor. */
  readonly output: Shape;
}

/** Dense convolution; weight [kh, kw, cin / groups, cout], at least as wide as needed (a prefix is used). */
export interface Conv extends LayerBase {
  readonly op: 'conv';
  readonly kernel: number;
  readonly stride: number;
  readonly groups: number;
  readonly weight: string;
  readonly bias?: string;
}

/** Depthwise convolution with multiplier 1; weight [k, k, c, 1], a prefix of the channels is used. */
export interface Depthwise extends LayerBase {
  readonly op: 'depthwise';
  readonly kernel: number;
  readonly stride: number;
  readonly weight: string;
}

/**
 * Batch normalisation over N, H, W. Normalises with the biased batch variance when training; the moving variance
 * gathers the unbiased one. `decay` is the weight of the old moving value (TF convention).
 */
export interface BatchNorm extends LayerBase {
  readonly op: 'batch-norm';
  readonly gamma: string;
  readonly beta: string;
  readonly movingMean: string;
  readonly movingVariance: string;
  readonly decay: number;
  readonly epsilon: number;
}

export interface Activation extends LayerBase {
  readonly op: 'activation';
  readonly fn: ActivationName;
}

/**
 * Squeeze-and-excitation: x · gate(W2 relu(W1 mean(x) + b1) + b2).
 * Weights: reduce [c, squeeze], reduce bias [squeeze], expand [squeeze, c], expand bias [c]; prefixes are used.
 */
export interface SqueezeExcite extends LayerBase {
  readonly op: 'squeeze-excite';
  readonly squeeze: number;
  readonly gate: 'hard-sigmoid' | 'sigmoid';
  readonly reduceWeight: string;
  readonly reduceBias: string;
  readonly expandWeight: string;
  readonly expandBias: string;
}

/** Sum of two tensors of one shape. */
export interface Add extends LayerBase {
  readonly op: 'add';
}

/**
 * Weighted sum of alternatives of one shape: Σ coefficient_k · input_k. An alternative with coefficient 0 adds nothing
 * and receives no gradient. With `gates`, the backend also reports dLoss/dcoefficient_k = ⟨dLoss/doutput, input_k⟩
 * for every k, those with coefficient 0 included (they are evaluated forward for that).
 */
export interface Mix extends LayerBase {
  readonly op: 'mix';
  readonly coefficients: readonly number[];
  readonly gates: boolean;
}

/** Spatial pooling; padding counts neither towards the average nor the maximum. */
export interface Pool extends LayerBase {
  readonly op: 'pool';
  readonly fn: 'average' | 'max';
  readonly kernel: number;
  readonly stride: number;
}

/** Mean over H and W; output {h: 1, w: 1, c}. */
export interface GlobalPool extends LayerBase {
  readonly op: 'global-pool';
}

/** Fully connected on a {1, 1, c} tensor; weight [c, units], bias [units]; a prefix of the rows is used. */
export interface Dense extends LayerBase {
  readonly op: 'dense';
  readonly weight: string;
  readonly bias?: string;
}

/** Inverted dropout on a {1, 1, c} tensor: kept values are divided by 1 - rate; identity when evaluating. */
export interface Dropout extends LayerBase {
  readonly op: 'dropout';
  readonly rate: number;
}

export type Layer =
  | Conv
  | Depthwise
  | BatchNorm
  | Activation
  | SqueezeExcite
  | Add
  | Mix
  | Pool
  | GlobalPool
  | Dense
  | Dropout;

/**
 * How a weight starts. `fan` is the fan-in of the weight's full shape (He), or fan-in + fan-out (Glorot):
 * he-normal has the variance 2/fan, as has he-uniform; glorot-uniform draws from ±√(6/fan).
 */
export type Initialiser =
  | { readonly kind: 'zeros' }
  | { readonly kind: 'ones' }
  | { readonly kind: 'normal'; readonly deviation: number }
  | { readonly kind: 'he-normal' | 'he-uniform' | 'glorot-uniform'; readonly fan: number };

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

/** A network that can be executed: layers, the tensor that is its result (logits), and every weight it names. */
export interface Network {
  readonly input: Shape;
  readonly layers: readonly Layer[];
  /**
   * Id of the layer whose output are the logits, shape {1, 1, classes}. A piece of a network that is only timed
   * (`Backend.time`) may end in a tensor of any shape.
   */
  readonly output: string;
  readonly weights: readonly WeightSpec[];
}

/** Named tensors: weights, optimiser slots, moving statistics. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
export type Tensors = ReadonlyMap<string, Tensor>;
