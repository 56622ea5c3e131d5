import type { EvaluatedModel } from '../stage/artifacts.ts';

/** The most probable class of an image, the first of equals. */
export function predicted(probabilities: Float32Array, image: number, classes: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) {
    if (probabilities[image * classes + c]! > probabilities[image * classes + best]!) best = c;
  }
  return best;
}

/** Whether two models were asked of images with the same true classes, in the same order. */
export const sameImages = (a: EvaluatedModel, b: EvaluatedModel): boolean =>
  a.metrics.classes.length === b.metrics.classes.length &&
  a.labels.length === b.labels.length &&
  a.labels.every((label, i) => label === b.labels[i]);

/**
 * Half of the 95 % interval of the difference of two accuracies on the same images, 0…1: only the images on which one is
 * right and the other wrong tell them apart (McNemar 1947). Absent where the images are not the same.
 */
export function pairedMargin(a: EvaluatedModel, b: EvaluatedModel): number | undefined {
  if (!sameImages(a, b)) return undefined;
  const images = a.labels.length;
  const classes = a.metrics.classes.length;
  let [onlyA, onlyB] = [0, 0];
  a.labels.forEach((label, image) => {
    const [inA, inB] = [a, b].map(({ probabilities }) => predicted(probabilities, image, classes) === label);
    if (inA && !inB) onlyA++;
    if (inB && !inA) onlyB++;
  });
  return (1.96 * Math.sqrt(onlyA + onlyB - (onlyA - onlyB) ** 2 / images)) / images;
}
