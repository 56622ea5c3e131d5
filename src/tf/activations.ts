import type { Tensor } from '@tensorflow/tfjs-core';
import { never } from '../base/result.ts';
import type { ActivationName } from '../net/network.ts';
import type { Tf } from './runtime.ts';

/** ReLU6(x + 3) / 6 (Howard et al. 2019 §5.2). tfjs's own `hardSigmoid` is another function, 0.2x + 0.5. */
export const hardSigmoid = (tf: Tf, x: Tensor): Tensor => tf.div(tf.relu6(tf.add(x, 3)), 6);

/** An activation composed of ops that have gradients; the shape stays. */
export function activate(tf: Tf, fn: ActivationName, x: Tensor): Tensor {
  switch (fn) {
    case 'relu':
      return tf.relu(x);
    case 'relu6':
      return tf.relu6(x);
    case 'h-swish':
      return tf.mul(x, hardSigmoid(tf, x));
    case 'swish':
      return tf.mul(x, tf.sigmoid(x));
    case 'sigmoid':
      return tf.sigmoid(x);
    case 'hard-sigmoid':
      return hardSigmoid(tf, x);
    case 'tanh':
      return tf.tanh(x);
    default:
      return never(fn);
  }
}
