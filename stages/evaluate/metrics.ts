import type { Evaluation } from '../../src/stage/index.ts';

type ClassMetrics = Evaluation['classes'][number];

/** The metrics that follow from predictions and labels alone. */
export type PredictionMetrics = Pick<
  Evaluation,
  'top5' | 'margin' | 'classes' | 'macro' | 'weighted' | 'confusion'
> & {
  /** Share of correct predictions, 0…1. */
  readonly accuracy: number;
};

/**
 * Metrics of a classifier. The predicted class is the most probable one, the first of equals.
 *
 * @param probabilities [images, classes]
 * @param labels [images], class indices
 * @param classes class names by index
 */
export function predictionMetrics(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classes: readonly string[],
): PredictionMetrics {
  const confusion = classes.map(() => classes.map(() => 0));
  let correct = 0;
  let amongFive = 0;
  for (let i = 0; i < labels.length; i++) {
    const row = probabilities.subarray(i * classes.length, (i + 1) * classes.length);
    const label = labels[i]!;
    const rank = rankOf(label, row);
    if (rank === 0) correct++;
    if (rank < 5) amongFive++;
    confusion[label]![predictedClass(row)]!++;
  }
  const perClass = classes.map((name, index) => classMetrics(name, index, confusion));
  const total = labels.length;
  return {
    accuracy: correct / total,
    top5: amongFive / total,
    margin: wilsonMargin(correct, total),
    classes: perClass,
    macro: averaged(perClass, () => 1 / classes.length),
    weighted: averaged(perClass, ({ support }) => support / total),
    confusion,
  };
}

/**
 * Half the width of the 95 % score interval of a share of `correct` in `total`, 0…1 (Wilson 1927). Unlike the normal
 * approximation it does not vanish at 0 and 1.
 */
export function wilsonMargin(correct: number, total: number): number {
  const z = 1.959963984540054;
  const p = correct / total;
  return (z / (1 + z ** 2 / total)) * Math.sqrt((p * (1 - p)) / total + z ** 2 / (4 * total ** 2));
}

const predictedClass = (row: Float32Array): number => row.indexOf(Math.max(...row));

/** How many classes come before a class when sorted by falling probability, equals by rising index. */
function rankOf(label: number, row: Float32Array): number {
  const own = row[label]!;
  let before = 0;
  for (const [index, value] of row.entries()) {
    if (value > own || (value === own && index < label)) before++;
  }
  return before;
}

/** A ratio whose denominator may be 0, which gives 0. */
const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

function classMetrics(name: string, index: number, confusion: readonly (readonly number[])[]): ClassMetrics {
  const found = confusion[index]![index]!;
  const support = confusion[index]!.reduce((sum, count) => sum + count, 0);
  const predicted = confusion.reduce((sum, row) => sum + row[index]!, 0);
  const precision = share(found, predicted);
  const recall = share(found, support);
  return {
    class: name,
    support,
    precision,
    recall,
    f1: share(2 * precision * recall, precision + recall),
  };
}

function averaged(
  classes: readonly ClassMetrics[],
  weight: (metrics: ClassMetrics) => number,
): Evaluation['macro'] {
  const mean = (field: 'precision' | 'recall' | 'f1'): number =>
    classes.reduce((sum, metrics) => sum + weight(metrics) * metrics[field], 0);
  return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') };
}
