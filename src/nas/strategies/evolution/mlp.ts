import type { Rng } from '../../../base/rng.ts';
import type { Tensor } from '../../../net/network.ts';
import { Adam } from '../adam.ts';

export interface MlpSettings {
  /** Hidden layers, and units of each. */
  readonly layers: number;
  readonly hidden: number;
  /** Passes over the samples. */
  readonly epochs: number;
  /** Samples a step. */
  readonly batch: number;
  /** Learning rate of Adam. */
  readonly rate: number;
  /** Coefficient of w in the gradient. */
  readonly decay: number;
}

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** [outputs, inputs] */
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly weightGradient: Float64Array;
  readonly biasGradient: Float64Array;
}

/**
 * A perceptron with rectified hidden layers, fitted by Adam on the mean square error (Once-for-All, Cai et al. 2020, its
 * accuracy predictor). What it learns is the deviation from the mean in units of the standard deviation, so that it starts
 * at the mean. The function of a row of features.
 */
export function mlp(
  features: readonly (readonly number[])[],
  values: readonly number[],
  { layers: depth, hidden, epochs, batch, rate, decay }: MlpSettings,
  rng: Rng,
): (row: readonly number[]) => number {
  const rows = features.map((row) => Float64Array.from(row));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
  const widths = [rows[0]!.length, ...Array.from({ length: depth }, () => hidden), 1];
  const layers = widths
    .slice(1)
    .map((outputs, at) => initialLayer(widths[at]!, outputs, rng.fork('initial').fork(at)));
  const parameters = layers.flatMap(({ weight, bias, inputs, outputs }, at): [string, Tensor][] => [
    [`weight ${at}`, { shape: [outputs, inputs], data: weight }],
    [`bias ${at}`, { shape: [outputs], data: bias }],
  ]);
  const adam = new Adam(new Map(parameters), { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
  const gradients = new Map(
    layers.flatMap(({ weightGradient, biasGradient }, at): [string, Float64Array][] => [
      [`weight ${at}`, weightGradient],
      [`bias ${at}`, biasGradient],
    ]),
  );
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = rng.fork('epoch').fork(epoch).permutation(rows.length);
    for (let from = 0; from < order.length; from += batch) {
      const chosen = order.subarray(from, from + batch);
      for (const { weight, weightGradient, biasGradient } of layers) {
        for (let i = 0; i < weight.length; i++) weightGradient[i] = decay * weight[i]!;
        biasGradient.fill(0);
      }
      for (const i of chosen) {
        const activations = forward(layers, rows[i]!);
        const error = activations.at(-1)![0]! - (values[i]! - mean) / spread;
        backward(layers, activations, (2 * error) / chosen.length);
      }
      adam.step(gradients, rate);
    }
  }
  return (row) => mean + spread * forward(layers, Float64Array.from(row)).at(-1)![0]!;
}

/** He-normal weights; of the last layer none, so that the first prediction is the mean. */
function initialLayer(inputs: number, outputs: number, rng: Rng): Layer {
  const scale = outputs === 1 ? 0 : Math.sqrt(2 / inputs);
  return {
    inputs,
    outputs,
    weight: Float32Array.from({ length: inputs * outputs }, () => scale * rng.normal()),
    bias: new Float32Array(outputs),
    weightGradient: new Float64Array(inputs * outputs),
    biasGradient: new Float64Array(outputs),
  };
}

/** The row, then what each layer gives; rectified but for the last. */
function forward(layers: readonly Layer[], row: Float64Array): Float64Array[] {
  const activations: Float64Array[] = [row];
  for (const [at, { inputs, outputs, weight, bias }] of layers.entries()) {
    const x = activations[at]!;
    const y = new Float64Array(outputs);
    for (let o = 0; o < outputs; o++) {
      let sum = bias[o]!;
      for (let i = 0; i < inputs; i++) sum += weight[o * inputs + i]! * x[i]!;
      y[o] = at < layers.length - 1 && sum < 0 ? 0 : sum;
    }
    activations.push(y);
  }
  return activations;
}

/** Adds the gradients of the loss, whose derivative by the output is given. */
function backward(layers: readonly Layer[], activations: readonly Float64Array[], slope: number): void {
  let above = Float64Array.of(slope);
  for (let at = layers.length - 1; at >= 0; at--) {
    const { inputs, outputs, weight, weightGradient, biasGradient } = layers[at]!;
    const x = activations[at]!;
    const below = new Float64Array(inputs);
    for (let o = 0; o < outputs; o++) {
      const g = above[o]!;
      if (g === 0) continue;
      biasGradient[o]! += g;
      for (let i = 0; i < inputs; i++) {
        weightGradient[o * inputs + i]! += g * x[i]!;
        // a rectified unit that gave 0 passes nothing on; the inputs themselves are asked for no gradient
        if (at > 0 && x[i]! > 0) below[i]! += g * weight[o * inputs + i]!;
      }
    }
    above = below;
  }
}
