import { childNetwork } from '../../src/nas/index.ts';
import { type Network, withAuxiliaryHead, withDropPath } from '../../src/net/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/final-train.ts';
import { defineStage, type Split, stageFailure } from '../../src/stage/index.ts';
import {
  evaluateSplit,
  initialise,
  joinSplits,
  openTeacher,
  optimiserOf,
  readAveragedWeights,
  readWeights,
  recipeBatches,
  requireSpace,
  restore,
  settingsOf,
  stepsOf,
  train,
  trainedModel,
  writeWeights,
} from '../../src/train/index.ts';

const EVALUATION_BATCH = 250;

export default defineStage<Params, Inputs, Outputs>({
  async run(context) {
    const { params, inputs, inputDigests, rng } = context;
    const { space, architecture, validation } = inputs;
    const { teacherRatio } = params;
    requireSpace(inputDigests.space, { architecture });
    const images = trainingImages(inputs.train, validation, params.useValidation);
    const heldOut = params.useValidation ? undefined : validation;
    const network = childNetwork(space, architecture.encoding);
    const trained = trainedNetwork(network, params);
    const averaged = params.emaDecay > 0;
    const backend = await context.backend();
    const teacher = inputs.teacher && (await openTeacher(backend, inputs.teacher, images.info));
    const model = await backend.build(trained.weights, optimiserOf(params, averaged));
    try {
      const batches = recipeBatches(images, params, rng);
      if (!context.resume)
        await writeWeights(
          model,
          initialise(trained.weights, rng.fork('initial'), params.initialiser),
          averaged,
        );
      const { loss } = await train({
        model,
        batches,
        steps: stepsOf(params.epochs, batches),
        pathAt: () => trained,
        settings: {
          ...settingsOf(params, batches.perEpoch),
          emaDecay: params.emaDecay,
          growingDropPath: params.dropPath.grow,
          ...(teacher && { teacherRatio }),
        },
        ...(teacher && { teach: teacher.teach }),
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
      return {
        model: trainedModel({
          network,
          weights: await (averaged ? readAveragedWeights : readWeights)(model),
          images,
          architecture,
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
        }),
      };
    } finally {
      await model.close();
      await teacher?.close();
    }
  },
});

/** The network with what helps in training only. */
function trainedNetwork(network: Network, { auxiliaryWeight, dropPath }: Params): Network {
  const dropping = dropPath.rate > 0 ? withDropPath(network, dropPath.rate) : network;
  return auxiliaryWeight > 0 ? withAuxiliaryHead(dropping, auxiliaryWeight) : dropping;
}

function trainingImages(images: Split, validation: Split | undefined, useValidation: boolean): Split {
  if (!useValidation) return images;
  if (validation === undefined) {
    throw stageFailure('no-validation', 'useValidation is set, but the input validation is not wired');
  }
  return joinSplits(images, validation);
}
