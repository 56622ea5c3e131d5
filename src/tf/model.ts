import type { TensorContainer, Tensor as TfTensor } from '@tensorflow/tfjs-core';
import type {
  Batch,
  EvaluateOptions,
  GradientOptions,
  GradientResult,
  Model,
  OptimiserSpec,
  StepOptions,
  StepResult,
} from '../net/backend.ts';
import {
  type BatchNorm,
  movingNames,
  type Network,
  type Tensor,
  type Tensors,
  type WeightSpec,
} from '../net/network.ts';
import { reachedLayers, reachedWeights } from '../net/reach.ts';
import { forward } from './forward.ts';
import { backward, type Moments, type PassResult } from './gradients.ts';
import { imagesOf } from './loss.ts';
import { descend } from './optimise.ts';
import type { Runtime, Tf } from './runtime.ts';
import { DeviceState, padded } from './state.ts';

/** A model executed op by op through TensorFlow.js, with its autodiff. */
export class TfModel implements Model {
  readonly weights: readonly WeightSpec[];
  readonly #tf: Tf;
  readonly #use: () => void;
  readonly #optimiser: OptimiserSpec;
  readonly #state: DeviceState;
  readonly #trainable: ReadonlySet<string>;
  readonly #decay: ReadonlySet<string>;

  constructor({ tf, use }: Runtime, weights: readonly WeightSpec[], optimiser: OptimiserSpec) {
    use();
    this.weights = weights;
    this.#tf = tf;
    this.#use = use;
    this.#optimiser = optimiser;
    this.#state = new DeviceState(tf, weights, optimiser);
    const names = (some: readonly WeightSpec[]) => new Set(some.map(({ name }) => name));
    this.#trainable = names(weights.filter(({ trainable }) => trainable));
    this.#decay = names(weights.filter(({ decay }) => decay));
  }

  async step(path: Network, batch: Batch, options: StepOptions): Promise<StepResult> {
    const tf = this.#tf;
    const scalars = this.#tidy(() => {
      const pass = backward(tf, this.#state, this.#trainable, path, batch, {
        labelSmoothing: options.labelSmoothing,
        ...(options.teacherRatio === undefined ? {} : { teacherRatio: options.teacherRatio }),
        dropoutSeed: options.dropoutSeed,
        ...(options.dropPath === undefined ? {} : { dropPath: options.dropPath }),
        gates: false,
      });
      descend(tf, this.#state, this.#decay, this.#optimiser, pass.weights, options);
      for (const [layer, moments] of pass.moments) this.#moveStatistics(layer, moments, batch.size);
      if (this.#optimiser.ema) this.#average(path, options.emaDecay);
      return pass.scalars;
    });
    return readScalars(scalars);
  }

  async gradients(path: Network, batch: Batch, options: GradientOptions): Promise<GradientResult> {
    const tf = this.#tf;
    const wanted = options.weights ?? [];
    const { scalars, gates, weights } = this.#tidy(() => {
      const pass = backward(tf, this.#state, this.#trainable, path, batch, {
        labelSmoothing: options.labelSmoothing,
        ...(options.teacherRatio === undefined ? {} : { teacherRatio: options.teacherRatio }),
        ...(options.dropoutSeed === undefined ? {} : { dropoutSeed: options.dropoutSeed }),
        gates: true,
      });
      return {
        scalars: pass.scalars,
        gates: [...pass.gates].map(([id, scalars]): [string, TfTensor] => [id, tf.stack([...scalars])]),
        weights: wanted.map((name): [string, TfTensor] => [name, this.#fullGradient(pass, name)]),
      };
    });
    const result = await readScalars(scalars);
    const read = async (tensor: TfTensor): Promise<Tensor> => {
      const data = new Float32Array(await tensor.data());
      tensor.dispose();
      return { shape: [...tensor.shape], data };
    };
    const byGate = new Map<string, Float32Array>();
    for (const [id, tensor] of gates) byGate.set(id, (await read(tensor)).data);
    const byWeight = new Map<string, Tensor>();
    for (const [name, tensor] of weights) byWeight.set(name, await read(tensor));
    return { ...result, gates: byGate, weights: byWeight };
  }

  async evaluate(path: Network, batch: Batch, options: EvaluateOptions): Promise<Float32Array> {
    const tf = this.#tf;
    const prefix = options.ema ? 'ema:' : '';
    const logits = this.#tidy(
      () =>
        forward(
          {
            tf,
            weight: (name, shape) => this.#state.prefix(prefix + name, shape),
            statistics: options.statistics,
          },
          reachedLayers(path),
          imagesOf(tf, batch, path.input),
          [path.output],
        )[0]!,
    );
    const data = await logits.data();
    logits.dispose();
    return new Float32Array(data);
  }

  async recalibrate(path: Network, batches: AsyncIterable<Batch> | Iterable<Batch>): Promise<void> {
    const tf = this.#tf;
    const layers = reachedLayers(path);
    const sums = new Map<string, TfTensor>();
    const add = (name: string, value: TfTensor): void => {
      const old = sums.get(name);
      sums.set(name, tf.keep(old === undefined ? value.clone() : tf.add(old, value)));
      old?.dispose();
    };
    let count = 0;
    for await (const batch of batches) {
      count++;
      this.#tidy(() => {
        forward(
          {
            tf,
            weight: (name, shape) => this.#state.prefix(name, shape),
            statistics: 'batch',
            onMoments: (layer, mean, variance) => {
              const [toMean, toVariance] = movingNames(layer) ?? [];
              if (toMean !== undefined) add(toMean, mean);
              if (toVariance !== undefined) add(toVariance, variance);
            },
          },
          layers,
          imagesOf(tf, batch, path.input),
          [path.output],
        );
      });
    }
    if (count === 0) throw new Error('internal error: expected batches to recalibrate on, got none');
    this.#tidy(() => {
      for (const [name, sum] of sums) this.#state.assign(name, tf.div(sum, count));
    });
    for (const sum of sums.values()) sum.dispose();
  }

  read(names: readonly string[] = this.#state.names): Promise<Tensors> {
    return this.#state.read(names);
  }

  async write(tensors: Tensors): Promise<void> {
    this.#use();
    this.#state.write(tensors);
  }

  async close(): Promise<void> {
    this.#state.dispose();
  }

  /** Runs ops on this model's own kernels and frees all but the result. */
  #tidy<T extends TensorContainer>(ops: () => T): T {
    this.#use();
    return this.#tf.tidy(ops);
  }

  /** The moving variance gathers the unbiased estimate. */
  #moveStatistics(layer: BatchNorm, { mean, variance }: Moments, size: number): void {
    const tf = this.#tf;
    const names = movingNames(layer);
    if (names === undefined) return;
    const n = size * layer.output.h * layer.output.w;
    const move = (name: string, value: TfTensor): void => {
      const old = this.#state.prefix(name, value.shape);
      this.#state.assign(name, tf.add(tf.mul(old, layer.decay), tf.mul(value, 1 - layer.decay)));
    };
    move(names[0], mean);
    move(names[1], n > 1 ? tf.mul(variance, n / (n - 1)) : variance);
  }

  #average(path: Network, decay: number): void {
    const tf = this.#tf;
    for (const [name, shape] of reachedWeights(path)) {
      const slot = `ema:${name}`;
      const old = this.#state.prefix(slot, shape);
      const now = this.#state.prefix(name, shape);
      this.#state.assign(slot, tf.add(tf.mul(old, decay), tf.mul(now, 1 - decay)));
    }
  }

  #fullGradient(pass: PassResult, name: string): TfTensor {
    if (!this.#trainable.has(name)) {
      throw new Error(`internal error: expected a trainable weight, got ${name}`);
    }
    const gradient = pass.weights.get(name);
    const full = this.#state.get(name).shape;
    return gradient === undefined ? this.#tf.zeros(full) : padded(this.#tf, gradient, full);
  }
}

async function readScalars(scalars: TfTensor): Promise<StepResult> {
  const [loss, correct] = await scalars.data();
  scalars.dispose();
  return { loss: loss!, correct: correct! };
}
