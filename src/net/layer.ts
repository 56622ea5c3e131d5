/** The records that a network is made of. */

/** Height, width and channels of one example. */
export interface Shape {
  readonly h: number;
  readonly w: number;
  readonly c: number;
}

/** Name of the network's input where a layer names what it reads. */
export const INPUT = 'input';

/** Sides of a window in pixels: one number for a square. */
export type Kernel = number | { readonly h: number; readonly w: number };

/** Where the windows of a convolution or pooling lie. */
export interface Windows {
  readonly kernel: Kernel;
  readonly stride: number;
  /** Pixels from tap to tap; absent: 1. */
  readonly dilation?: number;
  /** `valid`: windows lie inside of the input; absent: SAME. */
  readonly padding?: 'valid';
}

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
export interface Conv extends LayerBase, Windows {
  readonly op: 'conv';
  readonly groups: number;
  readonly weight: string;
  readonly bias?: string;
}

/** Depthwise convolution with multiplier 1; weight [kh, kw, c, 1], a prefix of the channels is used. */
export interface Depthwise extends LayerBase, Windows {
  readonly op: 'depthwise';
  readonly weight: string;
  /** The kernel is made of a larger, square one, which is then what `weight` holds. */
  readonly derived?: DerivedKernel;
}

/**
 * A square kernel made of a larger one, step by step (Once-for-All's elastic kernel, Cai et al. 2020 §3): the middle of
 * the kernel before, as a vector of its side² taps, times a matrix that all channels share.
 */
export interface DerivedKernel {
  /** Side of the largest kernel: `weight` is [side, side, c, 1]. */
  readonly side: number;
  /** Ever smaller sides, each with its matrix [taps in, taps out]; the last is the layer's kernel. */
  readonly steps: readonly { readonly side: number; readonly weight: string }[];
}

/**
 * Batch normalisation over N, H, W. Normalises with the biased batch variance when training; the moving variance
 * gathers the unbiased one. `decay` is the weight of the old moving value (TF convention).
 * Without moving statistics it is stateless: those of the batch, in evaluation, too.
 */
export interface BatchNorm extends LayerBase {
  readonly op: 'batch-norm';
  readonly gamma: string;
  readonly beta: string;
  readonly movingMean?: string;
  readonly movingVariance?: string;
  readonly decay: number;
  readonly epsilon: number;
  /** Normalises with the moving statistics always, which stay as they are, and learns scale and shift only. */
  readonly frozen?: true;
}

/** Names of the moving mean and variance of a normalisation that has them. */
export function movingNames(layer: BatchNorm): readonly [mean: string, variance: string] | undefined {
  const { movingMean, movingVariance } = layer;
  return movingMean === undefined || movingVariance === undefined ? undefined : [movingMean, movingVariance];
}

/** Multiplies each channel by a weight [c] (layer scale, Touvron et al. 2021 §2.1); a prefix is used. */
export interface Scale extends LayerBase {
  readonly op: 'scale';
  readonly weight: string;
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

/** Channels of all inputs, one input after the other. */
export interface Concat extends LayerBase {
  readonly op: 'concat';
}

/** Some of the input's channels, beginning with `first`: as many as the output has. */
export interface Slice extends LayerBase {
  readonly op: 'slice';
  readonly first: number;
}

/** Zeros; reads nothing and learns nothing. */
export interface Zero extends LayerBase {
  readonly op: 'zero';
}

/** Its input. */
export interface Identity extends LayerBase {
  readonly op: 'identity';
}

/**
 * Every `stride`-th row and column, beginning with the row and column `offset`; zeros where those lie outside.
 * Sides as with SAME padding.
 */
export interface Subsample extends LayerBase {
  readonly op: 'subsample';
  readonly stride: number;
  readonly offset: number;
}

/** Spatial pooling; padding counts neither towards the average nor the maximum. Not dilated. */
export interface Pool extends LayerBase, Omit<Windows, 'dilation'> {
  readonly op: 'pool';
  readonly fn: 'average' | 'max';
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

/**
 * Drops whole images (Larsson et al. 2017; stochastic depth): each image is 0 with probability `rate`, else divided by
 * 1 - rate; identity when evaluating. A step may scale the rate.
 */
export interface DropPath extends LayerBase {
  readonly op: 'drop-path';
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
  | Dropout
  | Concat
  | Slice
  | Zero
  | Identity
  | Subsample
  | Scale
  | DropPath;
