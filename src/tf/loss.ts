import type { Scalar, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Batch } from '../net/backend.ts';
import type { Tf } from './runtime.ts';

/** Mean cross-entropy of logits [n, classes] with label smoothing (Szegedy et al. 2016 §7). */
export function crossEntropy(tf: Tf, logits: Tensor2D, labels: Int32Array, smoothing: number): Scalar {
  const classes = logits.shape[1];
  const hot = tf.oneHot(tf.tensor1d(labels, 'int32'), classes);
  const targets = tf.add(tf.mul(hot, 1 - smoothing), smoothing / classes);
  return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1))) as Scalar;
}

/** Mean cross-entropy of logits with probabilities [n, classes] that another model gives. */
export function teacherEntropy(tf: Tf, logits: Tensor2D, teacher: Float32Array): Scalar {
  const targets = tf.tensor2d(teacher, logits.shape);
  return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1))) as Scalar;
}

/** Number of rows whose largest logit is the label's, as a scalar. */
export const correct = (tf: Tf, logits: Tensor, labels: Int32Array): Tensor =>
  tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), tf.tensor1d(labels, 'int32')), 'float32'));

/** Images of a batch as [n, h, w, c]; throws when the batch has another shape. */
export function imagesOf(tf: Tf, batch: Batch, input: { h: number; w: number; c: number }): Tensor4D {
  const { size, images, labels } = batch;
  const expected = size * input.h * input.w * input.c;
  if (images.length !== expected || labels.length !== size) {
    throw new Error(
      `internal error: expected ${size} labels and ${expected} pixel values, got ${labels.length} and ${images.length}`,
    );
  }
  return tf.tensor4d(images, [size, input.h, input.w, input.c]);
}
