import { childNetwork } from '../../src/nas/index.ts';
import { type Network, type Tensors, withAuxiliaryHead, withDropPath } from '../../src/net/index.ts';
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
          weights: weightsOf(network, await (averaged ? readAveragedWeights : readWeights)(model)),
        },
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

/** Of all weights, those that the network names. */
function weightsOf({ weights }: Network, all: Tensors): Tensors {
  return new Map(weights.map(({ name }) => [name, all.get(name)!]));
}

function trainingImages(images: Split, validation: Split | undefined, useValidation: boolean): Split {
  if (!useValidation) return images;
  if (validation === undefined) {
    throw stageFailure('no-validation', 'useValidation is set, but the input validation is not wired');
  }
  return joinSplits(images, validation);
}
