import type { EvaluatedModel } from '../stage/index.ts';

/**
 * Derives the metrics of an evaluation again from its predictions, written apart from the stage that made them, and names
 * those that are not what the evaluation says.
 */
export function metricDifferences({ metrics, probabilities, labels }: EvaluatedModel): string[] {
  const classes = metrics.classes.length;
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let correct = 0;
  let likelihood = 0;
  for (const [image, label] of labels.entries()) {
    const row = probabilities.subarray(image * classes, (image + 1) * classes);
    let best = 0;
    for (let c = 1; c < classes; c++) if (row[c]! > row[best]!) best = c;
    confusion[label]![best]!++;
    if (best === label) correct++;
    likelihood -= Math.log(Math.max(row[label]!, Number.MIN_VALUE));
  }
  const found: string[] = [];
  const agree = (what: string, said: number, derived: number, tolerance = 1e-9) => {
    if (!(Math.abs(said - derived) <= tolerance)) found.push(`${what} ${said}, derived ${derived}`);
  };
  if (metrics.accuracy.images !== labels.length) {
    found.push(`images ${metrics.accuracy.images}, derived ${labels.length}`);
  }
  agree('accuracy', metrics.accuracy.value, correct / labels.length);
  // the stage works on logits, of which the probabilities are rounded to 32 bits
  agree('negative log-likelihood', metrics.negativeLogLikelihood, likelihood / labels.length, 1e-3);
  if (JSON.stringify(metrics.confusion) !== JSON.stringify(confusion)) found.push('confusion matrix');
  const f1 = metrics.classes.map((said, c) => {
    const support = confusion[c]!.reduce((sum, n) => sum + n, 0);
    const predicted = confusion.reduce((sum, row) => sum + row[c]!, 0);
    const derived = support + predicted === 0 ? 0 : (2 * confusion[c]![c]!) / (support + predicted);
    agree(`F1 of ${said.class}`, said.f1, derived);
    return derived;
  });
  agree('macro F1', metrics.macro.f1, f1.reduce((sum, each) => sum + each, 0) / classes);
  return found;
}
