import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/measure-latency.ts';
import { defineStage, stageFailure } from '../../src/stage/index.ts';
import { measuredDevice, predictedLatency, summariseTimes } from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, device, backend, summary }) {
    const { batch, warmup, repeats, threads } = params;
    if (inputs.table !== undefined && batch !== 1) {
      throw stageFailure(
        'incomparable-batch',
        `the table predicts passes of one image, but batch is ${batch}; leave the input table unwired, or set batch to 1`,
      );
    }
    const predicted = predictedLatency(inputs, inputDigests);
    const samples = await (await backend()).time(inputs.model.network, { batch, warmup, repeats, threads });
    const { median, p10, p90, samples: count } = summariseTimes(samples);
    summary({
      ms: median,
      p10,
      p90,
      ...(predicted === undefined ? {} : { predicted }),
      device: measuredDevice(device).name,
    });
    return {
      measurement: {
        device: { ...measuredDevice(device), threads },
        batch,
        median,
        p10,
        p90,
        samples: count,
        ...(predicted === undefined ? {} : { predicted }),
      },
    };
  },
});
