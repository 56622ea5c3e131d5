import type { Backend, Model, OptimiserSpec } from '../../src/net/backend.ts';
import type { Network, Tensors, WeightSpec } from '../../src/net/network.ts';
import { type Slot, slotsOf } from '../../src/net/optimiser.ts';
import { reachedWeights } from '../../src/net/reach.ts';
import { type Case, classes, someWeights } from './backend-cases.ts';

export const plain: OptimiserSpec = { kind: 'sgd', momentum: 0, nesterov: false, ema: false };
export const everything: OptimiserSpec = { kind: 'sgd', momentum: 0.9, nesterov: true, ema: true };

/** The backends of a running suite, and the models that it has made on them. */
export interface ContractLab {
  readonly backend: Backend;
  readonly oracle: Backend;
  /** Closed at the end. */
  readonly models: Model[];
  /** A model with weights and slots in general position. */
  readonly build: (on: Backend, weights: readonly WeightSpec[], optimiser: OptimiserSpec) => Promise<Model>;
}

/** Weights in general position, and slots that differ from them; Adam has taken 3 steps. */
export function startingValues(weights: readonly WeightSpec[], optimiser: OptimiserSpec): Tensors {
  const values = new Map(someWeights(weights));
  const start: Readonly<Record<Slot, (value: number) => number>> = {
    momentum: (value) => 0.1 * value,
    square: (value) => 0.01 * value ** 2,
    steps: () => 3,
    ema: (value) => 0.9 * value,
  };
  for (const spec of weights) {
    const { data } = values.get(spec.name)!;
    for (const [slot, shape] of slotsOf(spec, optimiser)) {
      const count = shape.reduce((product, side) => product * side, 1);
      values.set(`${slot}:${spec.name}`, { shape, data: data.slice(0, count).map(start[slot]) });
    }
  }
  return values;
}

/** Mean and biased variance by channel, in double precision. */
export function moments(
  images: Float32Array,
  channels: number,
): { mean: Float64Array; variance: Float64Array } {
  const n = images.length / channels;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (const [i, value] of images.entries()) mean[i % channels]! += value / n;
  for (const [i, value] of images.entries())
    variance[i % channels]! += (value - mean[i % channels]!) ** 2 / n;
  return { mean, variance };
}

export const named = (cases: readonly Case[]): [string, Case][] => cases.map((one) => [one.name, one]);

export const pick = (tensors: Tensors, names: readonly string[]): Tensors =>
  new Map(names.map((name) => [name, tensors.get(name)!]));

/** For each weight that the path reaches: whether a flat position of the full shape lies in the used prefix. */
export function prefixPositions(
  path: Network,
  weights: readonly WeightSpec[],
): Map<string, (flat: number) => boolean> {
  const full = new Map(weights.map(({ name, shape }) => [name, shape]));
  return new Map(
    [...reachedWeights(path)].map(([name, prefix]) => {
      const shape = full.get(name)!;
      const inside = (flat: number): boolean => {
        let rest = flat;
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          if (rest % shape[axis]! >= prefix[axis]!) return false;
          rest = Math.floor(rest / shape[axis]!);
        }
        return true;
      };
      return [name, inside];
    }),
  );
}

export const trainableNames = (weights: readonly WeightSpec[]): string[] =>
  weights.filter(({ trainable }) => trainable).map(({ name }) => name);

/** Mean cross-entropy of logits [n, classes] with probabilities, in double precision. */
export function softEntropy(logits: Float32Array, probabilities: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < logits.length; i += classes) {
    const row = logits.subarray(i, i + classes);
    const whole = Math.log(row.reduce((total, logit) => total + Math.exp(logit), 0));
    sum += row.reduce((total, logit, c) => total + probabilities[i + c]! * (whole - logit), 0);
  }
  return (sum * classes) / logits.length;
}

/** Mean cross-entropy of logits [n, classes], in double precision. */
export function crossEntropy(logits: Float32Array, labels: Int32Array): number {
  let sum = 0;
  for (const [i, label] of labels.entries()) {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    sum += Math.log(row.reduce((total, logit) => total + Math.exp(logit), 0)) - row[label]!;
  }
  return sum / labels.length;
}
