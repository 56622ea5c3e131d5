import type { Backend, Batch } from '../net/backend.ts';
import type { Network, Tensors } from '../net/network.ts';
import type { Essences, SplitInfo } from '../stage/artifacts.ts';
import { stageFailure } from '../stage/contract.ts';
import { softmax } from './evaluate.ts';
import { evaluationOnly } from './recipe.ts';
import { writeWeights } from './supernet.ts';

/** A trained model whose opinion of each batch another one learns from. */
export interface Teacher {
  /** The batch with the teacher's probabilities of its images, as augmented. */
  readonly teach: (batch: Batch) => Promise<Batch>;
  readonly close: () => Promise<void>;
}

/**
 * Puts a trained model onto the backend, in evaluation mode. Images standardised with the statistics of `images` are
 * standardised for it as it was trained.
 * Ends the stage with `teacher-differs` where it is for other classes or images of another shape.
 */
export async function openTeacher(
  backend: Backend,
  { info, network, weights }: Essences['model']['predictor'],
  images: SplitInfo,
): Promise<Teacher> {
  const { h, w, c } = network.input;
  const [theirs, ours] = [`${h}x${w}x${c}`, `${images.height}x${images.width}x${images.channels}`];
  if (info.classes.join('\n') !== images.classes.join('\n')) {
    throw stageFailure(
      'teacher-differs',
      `the teacher tells ${info.classes.join(', ')} apart, but the training images are of ${images.classes.join(', ')}`,
    );
  }
  if (theirs !== ours) {
    throw stageFailure(
      'teacher-differs',
      `the teacher takes images of ${theirs}, but the training images are ${ours}`,
    );
  }
  const model = await backend.build(network.weights, evaluationOnly);
  await writeWeights(model, weights, false);
  const factor = images.deviation.map((deviation, k) => deviation / info.deviation[k]!);
  const shift = images.mean.map((mean, k) => (mean - info.mean[k]!) / info.deviation[k]!);
  const same = factor.every((each) => each === 1) && shift.every((each) => each === 0);
  return {
    async teach(batch) {
      const restandardised = same
        ? batch.images
        : batch.images.map((value, i) => value * factor[i % c]! + shift[i % c]!);
      const logits = await model.evaluate(
        network,
        { ...batch, images: restandardised },
        { statistics: 'moving' },
      );
      return { ...batch, teacher: probabilitiesOf(logits, info.classes.length) };
    },
    close: () => model.close(),
  };
}

/**
 * A path over a supernet's weights as a teacher, with the statistics of each batch: what it was trained with, for a path
 * has no moving statistics of its own (Once-for-All's release).
 */
export async function openLargest(backend: Backend, path: Network, weights: Tensors): Promise<Teacher> {
  const model = await backend.build(path.weights, evaluationOnly);
  await writeWeights(model, weights, false);
  return {
    async teach(batch) {
      const logits = await model.evaluate(path, batch, { statistics: 'batch' });
      return { ...batch, teacher: probabilitiesOf(logits, logits.length / batch.size) };
    },
    close: () => model.close(),
  };
}

/** The softmax of each row of logits [n, classes]. */
function probabilitiesOf(logits: Float32Array, classes: number): Float32Array {
  const probabilities = new Float32Array(logits.length);
  for (let i = 0; i < logits.length; i += classes) {
    softmax(logits.subarray(i, i + classes), probabilities.subarray(i, i + classes));
  }
  return probabilities;
}
