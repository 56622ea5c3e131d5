import { childNetwork } from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/final-train.ts';
import { defineStage, type Split, stageFailure } from '../../src/stage/index.ts';
import {
  evaluateSplit,
  initialise,
  joinSplits,
  optimiserOf,
  readAveragedWeights,
  readWeights,
  recipeBatches,
  requireSpace,
  restore,
  settingsOf,
  stepsOf,
  train,
  writeWeights,
} from '../../src/train/index.ts';

const EVALUATION_BATCH = 250;

export default defineStage<Params, Inputs, Outputs>({
  async run(context) {
    const { params, inputs, inputDigests, rng } = context;
    const { space, architecture, validation } = inputs;
    requireSpace(inputDigests.space, { architecture });
    const images = trainingImages(inputs.train, validation, params.useValidation);
    const heldOut = params.useValidation ? undefined : validation;
    const network = childNetwork(space, architecture.encoding);
    const averaged = params.emaDecay > 0;
    const model = await (await context.backend()).build(network.weights, optimiserOf(params, averaged));
    try {
      const batches = recipeBatches(images, params, rng);
      if (!context.resume)
        await writeWeights(
          model,
          initialise(network.weights, rng.fork('initial'), params.initialiser),
          averaged,
        );
      const { loss } = await train({
        model,
        batches,
        steps: stepsOf(params.epochs, batches),
        pathAt: () => network,
        settings: { ...settingsOf(params, batches.perEpoch), emaDecay: params.emaDecay },
        rng,
        tick: context.tick,
        stopwatch: context.stopwatch,
        ...(context.resume ? { cursor: (await restore(model, context.resume)).cursor } : {}),
      });
      const scored = await evaluateSplit(model, network, heldOut ?? images, {
        batchSize: EVALUATION_BATCH,
        statistics: 'moving',
        ema: averaged,
      });
      context.summary({
        accuracy: scored.accuracy,
        on: heldOut ? 'validation' : 'train',
        loss,
        images: images.info.count,
        epochs: params.epochs,
      });
      const { mean, deviation, classes } = images.info;
      return {
        model: {
          info: {
            classes,
            mean,
            deviation,
            input: space.input,
            architecture: { space: architecture.space, encoding: architecture.encoding },
            training: {
              epochs: params.epochs,
              images: images.info.count,
              accuracy: {
                value: scored.accuracy,
                provenance: 'trained',
                split: heldOut ? 'validation' : 'train',
                images: scored.images,
              },
            },
          },
          network,
          weights: averaged ? await readAveragedWeights(model) : await readWeights(model),
        },
      };
    } finally {
      await model.close();
    }
  },
});

function trainingImages(images: Split, validation: Split | undefined, useValidation: boolean): Split {
  if (!useValidation) return images;
  if (validation === undefined) {
    throw stageFailure('no-validation', 'useValidation is set, but the input validation is not wired');
  }
  return joinSplits(images, validation);
}
