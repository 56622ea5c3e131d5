import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/measure-latency.ts';
import { defineStage, stageFailure } from '../../src/stage/index.ts';
import { measuredDevice, predictedLatency, timeSteadily } from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, device, timer, summary }) {
    const { batch, warmup, repeats, precision, mostRepeats, threads } = params;
    if (inputs.table !== undefined && batch !== 1) {
      throw stageFailure(
        'incomparable-batch',
        `the table predicts passes of one image, but batch is ${batch}; leave the input table unwired, or set batch to 1`,
      );
    }
    const predicted = predictedLatency(inputs, inputDigests);
    const { median, p10, p90, margin, samples } = await timeSteadily(await timer(), inputs.model.network, {
      batch,
      warmup,
      repeats,
      precision,
      mostRepeats,
      threads,
    });
    summary({
      ms: median,
      p10,
      p90,
      ...(predicted === undefined ? {} : { predicted: predicted.ms }),
      ...(margin > precision * median ? { unsteady: `± ${((100 * margin) / median).toFixed(0)} %` } : {}),
      device: measuredDevice(device).name,
    });
    return {
      measurement: {
        device: measuredDevice(device),
        batch,
        median,
        p10,
        p90,
        margin,
        samples,
        ...(predicted === undefined ? {} : { predicted: predicted.ms, predictedMargin: predicted.margin }),
      },
    };
  },
});
