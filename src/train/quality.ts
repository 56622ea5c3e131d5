/** How good predictions are, by several measures; each 0…1, higher is better. */
export interface Quality {
  /** Share of correct predictions. */
  readonly accuracy: number;
  /**
   * Mean over the classes of F1, the harmonic mean of precision and recall; 0 for a class that is neither there nor
   * predicted.
   */
  readonly macroF1: number;
  /** Geometric mean of the probabilities given to the true classes: exp(−negative log-likelihood). */
  readonly likelihood: number;
}

/** What a search may maximise. */
export type Metric = 'accuracy' | 'macro-f1' | 'likelihood';

export const metricOf = ({ accuracy, macroF1, likelihood }: Quality, metric: Metric): number =>
  ({ accuracy, 'macro-f1': macroF1, likelihood })[metric];

/**
 * Quality of predictions, one after another: `add` a true and a predicted class and the log-probability of the true one.
 */
export function qualityMeter(classes: number): {
  add(label: number, predicted: number, logProbability: number): void;
  quality(): Quality;
} {
  const [support, found, right] = [0, 1, 2].map(() => new Float64Array(classes));
  let [count, correct, logarithm] = [0, 0, 0];
  return {
    add(label, predicted, logProbability) {
      count++;
      support![label]!++;
      found![predicted]!++;
      logarithm += logProbability;
      if (label !== predicted) return;
      correct++;
      right![label]!++;
    },
    quality() {
      let f1 = 0;
      for (let c = 0; c < classes; c++) {
        const either = support![c]! + found![c]!;
        if (either > 0) f1 += (2 * right![c]!) / either;
      }
      return {
        accuracy: correct / count,
        macroF1: f1 / classes,
        likelihood: Math.exp(logarithm / count),
      };
    },
  };
}
