import type { Network, Tensors, WeightSpec } from './network.ts';
import type { OptimiserSpec } from './optimiser.ts';

export type { OptimiserSpec } from './optimiser.ts';

/**
 * One integer for the arithmetic of all backends. Raised whenever the bytes that a training step produces change;
 * golden bytes in the test suite fail when it was forgotten. It enters every fingerprint that needs a backend.
 */
export const numericsVersion = 2;

/** What a run says about its backend, and what a checkpoint must agree with to be resumed. */
export interface BackendInfo {
  /** `onnx` only times passes. */
  readonly name: 'cpu' | 'tf' | 'onnx';
  /** `wasm`, `native`, `tfjs-node-gpu`, `tfjs-node`, `tfjs-cpu`, `onnxruntime-node`. */
  readonly build: string;
  /** `wasm-simd128`, `avx512`, `avx2`, …: decides bits, so it is part of the numerics key. Of `onnx`: its version. */
  readonly instructionSet: string;
  /** Worker threads; never changes bytes. */
  readonly threads: number;
}

/** Equal keys mean that training can go on from the other's checkpoint, bit for bit. */
export interface NumericsKey {
  readonly backend: string;
  readonly instructionSet: string;
  readonly numericsVersion: number;
}

/** A batch ready for the network: standardised images and class indices. */
export interface Batch {
  readonly size: number;
  /** [size, h, w, c] */
  readonly images: Float32Array;
  /** [size], each in 0…classes-1 */
  readonly labels: Int32Array;
  /** What another model thinks, [size, classes]: probabilities of each image. Needed where `teacherRatio` is above 0. */
  readonly teacher?: Float32Array;
}

/** The teacher's probabilities of a batch that must have them. */
export function teacherOf({ teacher }: Batch): Float32Array {
  if (teacher === undefined)
    throw new Error('internal error: expected a batch with a teacher, got one without');
  return teacher;
}

/** What a gradient's clipping limits. */
export type ClipBy = 'global-norm' | 'norm' | 'value';

export interface StepOptions {
  readonly learningRate: number;
  /** Coefficient of w in the gradient of each weight with `decay` (L2; AdamW takes it out of the gradient). */
  readonly weightDecay: number;
  /** Mass spread evenly over all classes, 0…1. */
  readonly labelSmoothing: number;
  /**
   * Weight of the cross-entropy with the batch's `teacher` beside that with its labels (knowledge distillation, as in
   * Once-for-all, Cai et al. 2020 §3); absent: 0. It concerns the network's output and auxiliary ones that are `taught`.
   */
  readonly teacherRatio?: number;
  /** Weight of the old average when the optimiser keeps one, 0…1. */
  readonly emaDecay: number;
  /** Limit of what `clipBy` says, before weight decay; absent: no clipping. */
  readonly clipNorm?: number;
  /** `global-norm`: L2 norm of the whole gradient; `norm`: of each weight's; `value`: of each element. Absent: global. */
  readonly clipBy?: ClipBy;
  /** Names the dropout masks of this step: equal keys give equal masks on every backend. */
  readonly dropoutSeed: number;
  /** Scales the rate of every drop-path layer, 0…1; absent: 1. Scheduled drop-path (Zoph et al. 2018 §4) moves it. */
  readonly dropPath?: number;
}

export interface StepResult {
  /** Mean cross-entropy over the batch; label smoothing, teacher and auxiliary outputs included, weight decay not. */
  readonly loss: number;
  /** Correct predictions in the batch. */
  readonly correct: number;
}

export interface GradientOptions {
  readonly labelSmoothing: number;
  /** As in StepOptions. */
  readonly teacherRatio?: number;
  /** As in StepOptions; absent: dropout is off. */
  readonly dropoutSeed?: number;
  /** Names of the weights whose gradients are wanted (tests, diagnostics); default none. */
  readonly weights?: readonly string[];
}

export interface GradientResult extends StepResult {
  /** By id of each `mix` layer with gates: [alternatives]. */
  readonly gates: ReadonlyMap<string, Float32Array>;
  /** By weight name, full shape, zero outside the used prefix; without weight decay. */
  readonly weights: Tensors;
}

export interface EvaluateOptions {
  /** Which statistics batch normalisation uses: `moving`, or those of the `batch` at hand. */
  readonly statistics: 'moving' | 'batch';
  /** Take the averaged weights (`ema:<name>`) instead of the weights. */
  readonly ema?: boolean;
}

/**
 * Weights by name on a device, and what can be done with them. A *path* is a Network over some of these weights,
 * each at a prefix of its full shape: the whole network, one architecture of a supernet, or a weighted few.
 * Backends keep what they prepare for a path (plans, graphs) by object identity and by an equal layer list.
 * Calls must not overlap: await each before the next.
 */
export interface Model {
  readonly weights: readonly WeightSpec[];
  /**
   * Forward, backward, update. Only what `reachedWeights(path)` names changes, at those prefixes, slots likewise: an
   * alternative with coefficient 0 is not run and keeps its weights, momentum, average and moving statistics.
   */
  step(path: Network, batch: Batch, options: StepOptions): Promise<StepResult>;
  /**
   * Memory for so many values in which the images of a batch may be assembled, for `step` to read them there. There are two,
   * given in turn: what is in one stays until it is given again. May be called while a step is under way. Undefined, or the
   * method absent, where images are copied to the device anyway.
   */
  inputArea?(values: number): Float32Array | undefined;
  /**
   * Makes ready what a step or an evaluation of that path with such a batch and such options will need. May be called while
   * another call is under way; changes no result. Absent where there is nothing to make ready.
   */
  prepare?(path: Network, batch: Batch, options: StepOptions | EvaluateOptions): void;
  /** Forward and backward in training mode without changing anything, moving statistics included. */
  gradients(path: Network, batch: Batch, options: GradientOptions): Promise<GradientResult>;
  /** Logits, [size, classes]. */
  evaluate(path: Network, batch: Batch, options: EvaluateOptions): Promise<Float32Array>;
  /**
   * Sets the moving statistics of the path's batch normalisations to the plain average of the batches' means and
   * (biased) variances (OFA's BN calibration), in training mode but without dropout. Other state stays, frozen
   * normalisations included.
   */
  recalibrate(path: Network, batches: AsyncIterable<Batch> | Iterable<Batch>): Promise<void>;
  /**
   * Copies out by name: weights, and slots as `momentum:<name>` (see `Slot`) and their like. Default: everything.
   * Throws on an unknown name.
   */
  read(names?: readonly string[]): Promise<Tensors>;
  /** Copies in by name; shapes must agree. Throws on an unknown name or a wrong shape. */
  write(tensors: Tensors): Promise<void>;
  /** Frees device memory; the model cannot be used afterwards. */
  close(): Promise<void>;
}

/** What passes of a network are timed on. */
export interface Timer {
  readonly info: BackendInfo;
  /** Milliseconds that one forward pass in evaluation mode takes, for latency measurements: median-ready samples. */
  time(path: Network, options: TimeOptions): Promise<Float64Array>;
  close(): Promise<void>;
}

/**
 * Runs networks. Chosen and injected by the runner; a stage never names one. When the device fails, calls of the backend
 * and its models reject with a `backendFailure`; its models cannot be used afterwards.
 */
export interface Backend extends Timer {
  /** A model whose weights all start at zero, and its slots at `slotStart`: `write` initial values before use. */
  build(weights: readonly WeightSpec[], optimiser: OptimiserSpec): Promise<Model>;
}

export interface TimeOptions {
  readonly batch: number;
  /** Forward passes that are discarded. */
  readonly warmup: number;
  /** Forward passes that are timed, one sample each. */
  readonly repeats: number;
  /** Threads to use; default: one, or what the backend was opened with where that settles it. Throws where it cannot. */
  readonly threads?: number;
}
