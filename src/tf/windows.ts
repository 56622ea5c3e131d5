import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Conv, Depthwise, Pool, Subsample } from '../net/network.ts';
import { kernelSides } from '../net/shape.ts';
import type { Tf } from './runtime.ts';

/** A convolution's kernel as [kh, kw, in, out]. */
type Cut = (name: string, shape: readonly number[]) => Tensor4D;

const padding = (layer: Pick<Conv, 'padding'>): 'same' | 'valid' => layer.padding ?? 'same';

export function conv(tf: Tf, layer: Conv, x: Tensor4D, weight: Cut): Tensor4D {
  const { stride, groups, output } = layer;
  const { h, w } = kernelSides(layer.kernel);
  const filter = dilated(tf, weight(layer.weight, [h, w, x.shape[3] / groups, output.c]), layer.dilation);
  if (groups === 1) return tf.conv2d(x, filter, stride, padding(layer));
  return tf.concat(
    (tf.split(x, groups, 3) as Tensor4D[]).map((part, g) =>
      tf.conv2d(part, group(tf, filter, groups, g), stride, padding(layer)),
    ),
    3,
  );
}

export function depthwise(tf: Tf, layer: Depthwise, x: Tensor4D, weight: Cut): Tensor4D {
  const filter = dilated(tf, depthwiseKernel(tf, layer, weight), layer.dilation);
  return tf.depthwiseConv2d(x, filter, layer.stride, padding(layer));
}

/** The kernel [kh, kw, c, 1], derived from a larger one where the layer says so. */
function depthwiseKernel(tf: Tf, layer: Depthwise, weight: Cut): Tensor4D {
  const { h, w } = kernelSides(layer.kernel);
  const { c } = layer.output;
  if (layer.derived === undefined) return weight(layer.weight, [h, w, c, 1]);
  let { side } = layer.derived;
  let kernel = weight(layer.weight, [side, side, c, 1]);
  for (const step of layer.derived.steps) {
    const border = (side - step.side) / 2;
    side = step.side;
    const taps = side ** 2;
    const middle = tf.reshape(tf.slice(kernel, [border, border, 0, 0], [side, side, c, 1]), [
      taps,
      c,
    ]) as Tensor2D;
    const matrix = weight(step.weight, [taps, taps]) as unknown as Tensor2D;
    kernel = tf.reshape(tf.matMul(matrix, middle, true), [side, side, c, 1]) as Tensor4D;
  }
  return kernel;
}

/** The kernel with zeros between its taps: TensorFlow.js has no gradients of dilated convolutions. */
function dilated(tf: Tf, kernel: Tensor4D, dilation = 1): Tensor4D {
  if (dilation === 1) return kernel;
  const [h, w, cin, cout] = kernel.shape;
  const gap = dilation - 1;
  const spread = tf.pad(tf.reshape(kernel, [h, 1, w, 1, cin * cout]), [
    [0, 0],
    [0, gap],
    [0, 0],
    [0, gap],
    [0, 0],
  ]);
  const whole = tf.reshape(spread, [h * dilation, w * dilation, cin, cout]) as Tensor4D;
  return tf.slice4d(whole, [0, 0, 0, 0], [h * dilation - gap, w * dilation - gap, cin, cout]);
}

/** Filters of one group, [kh, kw, cin / groups, cout / groups]. */
const group = (tf: Tf, filter: Tensor4D, groups: number, g: number): Tensor4D => {
  const [kh, kw, cin, cout] = filter.shape;
  return tf.slice4d(filter, [0, 0, 0, (g * cout) / groups], [kh, kw, cin, cout / groups]);
};

/**
 * Padding counts neither towards the average nor the maximum. The average is composed of a depthwise sum and the counts:
 * the gradient of `avgPool` in tfjs's plain kernels divides by the whole window at the borders, too.
 */
export function pool(tf: Tf, layer: Pool, x: Tensor4D): Tensor4D {
  const { h: kh, w: kw } = kernelSides(layer.kernel);
  const { fn, stride } = layer;
  if (fn === 'max') return tf.maxPool(x, [kh, kw], stride, padding(layer));
  const [, h, w, c] = x.shape;
  const counts = tf.depthwiseConv2d(
    tf.ones([1, h, w, 1]) as Tensor4D,
    tf.ones([kh, kw, 1, 1]) as Tensor4D,
    stride,
    padding(layer),
  );
  const sums = tf.depthwiseConv2d(x, tf.ones([kh, kw, c, 1]) as Tensor4D, stride, padding(layer));
  return tf.div(sums, counts);
}

/** Composed of ops that have gradients: rows and columns by reshaping to [n, h, stride, w, stride, c]. */
export function subsample(tf: Tf, { stride, offset, output }: Subsample, x: Tensor4D): Tensor4D {
  const [n, h, w, c] = x.shape;
  const [tall, wide] = [output.h * stride, output.w * stride];
  const after = (side: number, whole: number): [number, number] => [0, Math.max(0, whole + offset - side)];
  const padded = tf.pad(x, [[0, 0], after(h, tall), after(w, wide), [0, 0]]);
  const cut = tf.slice(padded, [0, offset, offset, 0], [n, tall, wide, c]);
  const first = tf.slice(
    tf.reshape(cut, [n, output.h, stride, output.w, stride, c]),
    [0, 0, 0, 0, 0, 0],
    [n, output.h, 1, output.w, 1, c],
  );
  return tf.reshape(first, [n, output.h, output.w, c]) as Tensor4D;
}
