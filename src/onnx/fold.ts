import { type BatchNorm, type Layer, movingNames, type Scale, type Tensors } from '../net/network.ts';
import { type Affine, vectorOf } from './kernels.ts';

/** A normalisation by its moving statistics, as what each channel is multiplied with and added to. */
export function normAffine(layer: BatchNorm, weights: Tensors): Affine | undefined {
  const moving = movingNames(layer);
  if (moving === undefined) return undefined;
  const { c } = layer.output;
  const [mean, variance] = moving.map((name) => vectorOf(weights, name, c)) as [Float32Array, Float32Array];
  const [gamma, beta] = [vectorOf(weights, layer.gamma, c), vectorOf(weights, layer.beta, c)];
  const factor = Float64Array.from(gamma, (value, i) => value / Math.sqrt(variance[i]! + layer.epsilon));
  return { factor, offset: factor.map((value, i) => beta[i]! - value * mean[i]!) };
}

export function scaleAffine(layer: Scale, weights: Tensors): Affine {
  const factor = Float64Array.from(vectorOf(weights, layer.weight, layer.output.c));
  return { factor, offset: new Float64Array(factor.length) };
}

/** What a layer does to each channel alone, without looking at the images; nothing for a layer that does more. */
export function affineOf(layer: Layer, weights: Tensors): Affine | undefined {
  if (layer.op === 'batch-norm') return normAffine(layer, weights);
  return layer.op === 'scale' ? scaleAffine(layer, weights) : undefined;
}

/** Layers that a convolution or fully connected layer takes in, and all that they do together. */
export interface Folded {
  readonly affine?: Affine;
  /** The last of them: what the folded layer stands for. */
  readonly last: Layer;
  readonly layers: readonly Layer[];
}

/**
 * What follows `layer` and can be part of its kernel and bias: normalisations and scales, each the only reader of the
 * one before. A layer that is an output of the network is the last.
 */
export function foldedInto(
  layer: Layer,
  readers: (layer: Layer) => readonly Layer[],
  output: string,
  weights: Tensors,
): Folded {
  let affine: Affine | undefined;
  let last = layer;
  const layers: Layer[] = [];
  while (last.id !== output) {
    const [next, another] = readers(last);
    const further = next !== undefined && another === undefined ? affineOf(next, weights) : undefined;
    if (next === undefined || further === undefined) break;
    const before = affine;
    affine =
      before === undefined
        ? further
        : {
            factor: before.factor.map((value, i) => value * further.factor[i]!),
            offset: before.offset.map((value, i) => value * further.factor[i]! + further.offset[i]!),
          };
    layers.push(next);
    last = next;
  }
  return { ...(affine && { affine }), last, layers };
}
