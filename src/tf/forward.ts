import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { never } from '../base/result.ts';
import { dropoutMask } from '../net/dropout.ts';
import { type BatchNorm, type Conv, INPUT, type Layer, type Pool } from '../net/network.ts';
import { activate, hardSigmoid } from './activations.ts';
import type { Tf } from './runtime.ts';

/** What a forward pass needs beside its layers. */
export interface Pass {
  readonly tf: Tf;
  /** A weight's prefix of the given shape. */
  readonly weight: (name: string, shape: readonly number[]) => Tensor;
  readonly statistics: 'batch' | 'moving';
  /** Absent: dropout is the identity. */
  readonly dropoutSeed?: number;
  /** A scalar tensor in place of a mix layer's coefficient, so that its gradient can be taken. */
  readonly coefficient?: (layer: string, index: number) => Tensor | undefined;
  /** Told of each batch normalisation's mean and biased variance, [c] each, when `statistics` is `batch`. */
  readonly onMoments?: (layer: BatchNorm, mean: Tensor, variance: Tensor) => void;
}

/**
 * Runs layers in their order on a batch of images [n, h, w, c]; returns the tensor of the layer `output`, [n, h, w, c].
 * Call it inside `tidy`.
 */
export function forward(pass: Pass, layers: readonly Layer[], images: Tensor4D, output: string): Tensor4D {
  const tensors = new Map<string, Tensor4D>([[INPUT, images]]);
  for (const layer of layers) {
    const inputs = layer.inputs.map((id) => tensors.get(id));
    tensors.set(layer.id, run(pass, layer, inputs, images.shape[0]));
  }
  return tensors.get(output)!;
}

function run(pass: Pass, layer: Layer, inputs: readonly (Tensor4D | undefined)[], n: number): Tensor4D {
  const { tf, weight } = pass;
  const x = inputs[0]!;
  const { c } = layer.output;
  switch (layer.op) {
    case 'conv':
      return conv(pass, layer, x);
    case 'depthwise': {
      const kernel = weight(layer.weight, [layer.kernel, layer.kernel, c, 1]) as Tensor4D;
      return tf.depthwiseConv2d(x, kernel, layer.stride, 'same');
    }
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
      return sum ?? tf.zeros([n, layer.output.h, layer.output.w, c]);
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
    default:
      return never(layer);
  }
}

function conv({ tf, weight }: Pass, layer: Conv, x: Tensor4D): Tensor4D {
  const { kernel, stride, groups, output } = layer;
  const filter = weight(layer.weight, [kernel, kernel, x.shape[3] / groups, output.c]) as Tensor4D;
  const result =
    groups === 1
      ? tf.conv2d(x, filter, stride, 'same')
      : tf.concat(
          (tf.split(x, groups, 3) as Tensor4D[]).map((part, g) =>
            tf.conv2d(part, group(tf, filter, groups, g), stride, 'same'),
          ),
          3,
        );
  return layer.bias === undefined ? result : tf.add(result, weight(layer.bias, [output.c]));
}

/** Filters of one group, [kh, kw, cin / groups, cout / groups]. */
const group = (tf: Tf, filter: Tensor4D, groups: number, g: number): Tensor4D => {
  const [kh, kw, cin, cout] = filter.shape;
  return tf.slice4d(filter, [0, 0, 0, (g * cout) / groups], [kh, kw, cin, cout / groups]);
};

function batchNorm(pass: Pass, layer: BatchNorm, x: Tensor4D): Tensor4D {
  const { tf, weight } = pass;
  const shape = [layer.output.c];
  let mean: Tensor;
  let variance: Tensor;
  if (pass.statistics === 'moving') {
    mean = weight(layer.movingMean, shape);
    variance = weight(layer.movingVariance, shape);
  } else {
    mean = tf.mean(x, [0, 1, 2]);
    variance = tf.mean(tf.square(tf.sub(x, mean)), [0, 1, 2]);
    pass.onMoments?.(layer, mean, variance);
  }
  const scale = tf.mul(weight(layer.gamma, shape), tf.rsqrt(tf.add(variance, layer.epsilon)));
  return tf.add(tf.mul(tf.sub(x, mean), scale), weight(layer.beta, shape)) as Tensor4D;
}

/**
 * Padding counts neither towards the average nor the maximum. The average is composed of a depthwise sum and the counts:
 * the gradient of `avgPool` in tfjs's plain kernels divides by the whole window at the borders, too.
 */
function pool(tf: Tf, { fn, kernel, stride }: Pool, x: Tensor4D): Tensor4D {
  if (fn === 'max') return tf.maxPool(x, kernel, stride, 'same');
  const [, h, w, c] = x.shape;
  const counts = tf.depthwiseConv2d(
    tf.ones([1, h, w, 1]) as Tensor4D,
    tf.ones([kernel, kernel, 1, 1]) as Tensor4D,
    stride,
    'same',
  );
  const sums = tf.depthwiseConv2d(x, tf.ones([kernel, kernel, c, 1]) as Tensor4D, stride, 'same');
  return tf.div(sums, counts);
}
