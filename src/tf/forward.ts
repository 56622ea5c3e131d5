import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { never } from '../base/result.ts';
import { dropoutMask } from '../net/dropout.ts';
import { type BatchNorm, INPUT, type Layer, movingNames } from '../net/network.ts';
import { activate, hardSigmoid } from './activations.ts';
import type { Tf } from './runtime.ts';
import { conv, depthwise, pool, subsample } from './windows.ts';

/** What a forward pass needs beside its layers. */
export interface Pass {
  readonly tf: Tf;
  /** A weight's prefix of the given shape. */
  readonly weight: (name: string, shape: readonly number[]) => Tensor;
  readonly statistics: 'batch' | 'moving';
  /** Absent: dropout is the identity. */
  readonly dropoutSeed?: number;
  /** Scales the rates of drop-path layers; absent: 1. */
  readonly dropPath?: number;
  /** A scalar tensor in place of a mix layer's coefficient, so that its gradient can be taken. */
  readonly coefficient?: (layer: string, index: number) => Tensor | undefined;
  /** Told of mean and biased variance, [c] each, of each normalisation with those of the batch. */
  readonly onMoments?: (layer: BatchNorm, mean: Tensor, variance: Tensor) => void;
}

/**
 * Runs layers in their order on a batch of images [n, h, w, c]; returns the tensors of the layers `outputs`,
 * [n, h, w, c] each. Call it inside `tidy`.
 */
export function forward(
  pass: Pass,
  layers: readonly Layer[],
  images: Tensor4D,
  outputs: readonly string[],
): Tensor4D[] {
  const tensors = new Map<string, Tensor4D>([[INPUT, images]]);
  for (const layer of layers) {
    const inputs = layer.inputs.map((id) => tensors.get(id));
    tensors.set(layer.id, run(pass, layer, inputs, images.shape[0]));
  }
  return outputs.map((id) => tensors.get(id)!);
}

function run(pass: Pass, layer: Layer, inputs: readonly (Tensor4D | undefined)[], n: number): Tensor4D {
  const { tf, weight } = pass;
  const x = inputs[0]!;
  const { h, w, c } = layer.output;
  const kernel = (name: string, shape: readonly number[]) => weight(name, shape) as Tensor4D;
  switch (layer.op) {
    case 'conv': {
      const result = conv(tf, layer, x, kernel);
      return layer.bias === undefined ? result : tf.add(result, weight(layer.bias, [c]));
    }
    case 'depthwise':
      return depthwise(tf, layer, x, kernel);
    case 'batch-norm':
      return batchNorm(pass, layer, x);
    case 'activation':
      return activate(tf, layer.fn, x) as Tensor4D;
    case 'squeeze-excite': {
      const { squeeze } = layer;
      const mean = tf.mean(x, [1, 2]) as Tensor2D; // [n, c]
      const reduced = tf.relu(
        tf.add(
          tf.matMul(mean, weight(layer.reduceWeight, [c, squeeze])),
          weight(layer.reduceBias, [squeeze]),
        ),
      );
      const expanded = tf.add(
        tf.matMul(reduced, weight(layer.expandWeight, [squeeze, c])),
        weight(layer.expandBias, [c]),
      );
      const gate = layer.gate === 'sigmoid' ? tf.sigmoid(expanded) : hardSigmoid(tf, expanded);
      return tf.mul(x, tf.reshape(gate, [-1, 1, 1, c]));
    }
    case 'add':
      return tf.add(x, inputs[1]!);
    case 'mix': {
      let sum: Tensor4D | undefined;
      for (const [k, coefficient] of layer.coefficients.entries()) {
        const factor = pass.coefficient?.(layer.id, k) ?? coefficient;
        if (factor === 0) continue;
        const term = tf.mul(inputs[k]!, factor) as Tensor4D;
        sum = sum === undefined ? term : tf.add(sum, term);
      }
      return sum ?? tf.zeros([n, h, w, c]);
    }
    case 'pool':
      return pool(tf, layer, x);
    case 'global-pool':
      return tf.mean(x, [1, 2], true) as Tensor4D;
    case 'dense': {
      const cin = x.shape[3];
      const product = tf.matMul(tf.reshape(x, [-1, cin]) as Tensor2D, weight(layer.weight, [cin, c]));
      const biased = layer.bias === undefined ? product : tf.add(product, weight(layer.bias, [c]));
      return tf.reshape(biased, [-1, 1, 1, c]);
    }
    case 'dropout': {
      if (pass.dropoutSeed === undefined) return x;
      const mask = dropoutMask(pass.dropoutSeed, layer.id, n * c, layer.rate);
      return tf.mul(x, tf.tensor4d(mask, [n, 1, 1, c]));
    }
    case 'drop-path': {
      if (pass.dropoutSeed === undefined) return x;
      const rate = layer.rate * (pass.dropPath ?? 1);
      return tf.mul(x, tf.tensor4d(dropoutMask(pass.dropoutSeed, layer.id, n, rate), [n, 1, 1, 1]));
    }
    case 'concat':
      return tf.concat(inputs as Tensor4D[], 3);
    case 'slice':
      return tf.slice(x, [0, 0, 0, layer.first], [n, h, w, c]);
    case 'zero':
      return tf.zeros([n, h, w, c]);
    case 'identity':
      return x;
    case 'subsample':
      return subsample(tf, layer, x);
    case 'scale':
      return tf.mul(x, weight(layer.weight, [c]));
    default:
      return never(layer);
  }
}

function batchNorm(pass: Pass, layer: BatchNorm, x: Tensor4D): Tensor4D {
  const { tf, weight } = pass;
  const shape = [layer.output.c];
  let mean: Tensor;
  let variance: Tensor;
  const moving = movingNames(layer);
  if (moving !== undefined && (layer.frozen || pass.statistics === 'moving')) {
    [mean, variance] = moving.map((name) => weight(name, shape)) as [Tensor, Tensor];
  } else {
    mean = tf.mean(x, [0, 1, 2]);
    variance = tf.mean(tf.square(tf.sub(x, mean)), [0, 1, 2]);
    pass.onMoments?.(layer, mean, variance);
  }
  const scale = tf.mul(weight(layer.gamma, shape), tf.rsqrt(tf.add(variance, layer.epsilon)));
  return tf.add(tf.mul(tf.sub(x, mean), scale), weight(layer.beta, shape)) as Tensor4D;
}
