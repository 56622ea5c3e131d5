import { resizedPixels } from '../data/index.ts';
import type { Backend, Batch } from '../net/backend.ts';
import type { Network, Shape, Tensors, WeightSpec } from '../net/network.ts';
import type { Essences, SplitInfo } from '../stage/artifacts.ts';
import { stageFailure } from '../stage/contract.ts';
import { softmax } from './evaluate.ts';
import { evaluationOnly } from './recipe.ts';
import { writeWeights } from './supernet.ts';

/** A trained model whose opinion of each batch another one learns from. */
export interface Teacher {
  /** The batch, of images of this size, with the teacher's probabilities of them as augmented. */
  readonly teach: (batch: Batch, input: Shape) => Promise<Batch>;
  readonly close: () => Promise<void>;
}

/**
 * Puts a trained model onto the backend, in evaluation mode. Images standardised with the statistics of `images` are
 * standardised for it as it was trained, and resized where it takes others.
 * Ends the stage with `teacher-differs` where it is for other classes or images of another number of channels.
 */
export async function openTeacher(
  backend: Backend,
  { info, network, weights }: Essences['model']['predictor'],
  images: SplitInfo,
): Promise<Teacher> {
  const { c } = network.input;
  if (info.classes.join('\n') !== images.classes.join('\n')) {
    throw stageFailure(
      'teacher-differs',
      `the teacher tells ${info.classes.join(', ')} apart, but the training images are of ${images.classes.join(', ')}`,
    );
  }
  if (c !== images.channels) {
    throw stageFailure(
      'teacher-differs',
      `the teacher takes images of ${c === 1 ? '1 channel' : `${c} channels`}, but the training images have ${images.channels}`,
    );
  }
  const model = await backend.build(network.weights, evaluationOnly);
  await writeWeights(model, weights, false);
  const factor = images.deviation.map((deviation, k) => deviation / info.deviation[k]!);
  const shift = images.mean.map((mean, k) => (mean - info.mean[k]!) / info.deviation[k]!);
  const same = factor.every((each) => each === 1) && shift.every((each) => each === 0);
  return {
    async teach(batch, input) {
      const seen = resizedPixels(batch.images, input, network.input, c);
      const restandardised = same ? seen : seen.map((value, i) => value * factor[i % c]! + shift[i % c]!);
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
 * A path over a supernet's weights as a teacher, at the size of each batch's images and with its statistics: what it
 * was trained with, for a path has no moving statistics of its own (Once-for-All's release).
 */
export async function openLargest(
  backend: Backend,
  pathFor: (input: Shape) => Network,
  specs: readonly WeightSpec[],
  weights: Tensors,
): Promise<Teacher> {
  const model = await backend.build(specs, evaluationOnly);
  await writeWeights(model, weights, false);
  return {
    async teach(batch, input) {
      const logits = await model.evaluate(pathFor(input), batch, { statistics: 'batch' });
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
