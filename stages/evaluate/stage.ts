import { countNetwork } from '../../src/net/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/evaluate.ts';
import { defineStage, stageFailure } from '../../src/stage/index.ts';
import {
  evaluateSplit,
  evaluationOnly,
  predictedLatency,
  standardisedFor,
  writeWeights,
} from '../../src/train/index.ts';
import { predictionMetrics } from './metrics.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, backend, summary }) {
    const { model, test } = inputs;
    const latency = predictedLatency(inputs, inputDigests)?.ms;
    const { classes, mean, deviation } = model.info;
    const { start } = model.weightsFrom;
    if (classes.join('\n') !== test.info.classes.join('\n')) {
      throw stageFailure(
        'classes-differ',
        `the model tells ${classes.join(', ')} apart, but the test split has ${test.info.classes.join(', ')}`,
      );
    }
    const running = await (await backend()).build(model.network.weights, evaluationOnly);
    try {
      await writeWeights(running, model.weights, false);
      // Standardised as the model was trained, whatever statistics the split carries.
      const standardised = standardisedFor(test, { mean, deviation });
      const { loss, probabilities, images } = await evaluateSplit(running, model.network, standardised, {
        batchSize: params.batch,
        statistics: 'moving',
      });
      const { accuracy, ...metrics } = predictionMetrics(probabilities, test.labels, classes);
      const { params: parameters, macs } = countNetwork(model.network);
      summary({
        accuracy,
        margin: metrics.margin,
        images,
        params: parameters,
        macs,
        ...(latency === undefined ? {} : { 'predicted ms': latency }),
      });
      return {
        evaluation: {
          metrics: {
            ...metrics,
            accuracy: { value: accuracy, provenance: model.weightsFrom.provenance, split: 'test', images },
            ...(start === undefined ? {} : { start }),
            negativeLogLikelihood: loss,
            costs: { params: parameters, macs, ...(latency === undefined ? {} : { latency }) },
          },
          probabilities,
          labels: test.labels,
        },
      };
    } finally {
      await running.close();
    }
  },
});
