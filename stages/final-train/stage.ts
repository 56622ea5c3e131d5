import { childNetwork } from '../../src/nas/index.ts';
import { type Network, withAuxiliaryHead, withDropPath } from '../../src/net/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/final-train.ts';
import { defineStage, type Split, stageFailure } from '../../src/stage/index.ts';
import {
  evaluateSplit,
  evaluationBatch,
  initialise,
  joinSplits,
  openTeacher,
  optimiserOf,
  readAveragedWeights,
  readWeights,
  recipeBatches,
  requireSameNetwork,
  requireSpace,
  restore,
  settingsOf,
  standardisedFor,
  stepsOf,
  train,
  trainedModel,
  writeWeights,
} from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run(context) {
    const { params, inputs, inputDigests, rng } = context;
    const { space, architecture, validation, start } = inputs;
    const { teacherRatio } = params;
    requireSpace(inputDigests.space, { architecture });
    const network = childNetwork(space, architecture.encoding);
    if (start !== undefined) requireSameNetwork(start, network, inputs.train.info);
    const standardised = (split: Split): Split =>
      start === undefined ? split : standardisedFor(split, start.info);
    const images = standardised(trainingImages(inputs.train, validation, params.useValidation));
    const heldOut = params.useValidation ? undefined : validation && standardised(validation);
    const trained = trainedNetwork(network, params);
    const averaged = params.emaDecay > 0;
    const backend = await context.backend();
    const teacher = inputs.teacher && (await openTeacher(backend, inputs.teacher, images.info));
    const model = await backend.build(trained.weights, optimiserOf(params, averaged));
    try {
      const batches = recipeBatches(images, params, rng);
      const initial = initialise(trained.weights, rng.fork('initial'), params.initialiser);
      await writeWeights(model, new Map([...initial, ...(start?.weights ?? [])]), averaged);
      const score = (ema: boolean) =>
        evaluateSplit(model, network, heldOut ?? images, {
          batchSize: evaluationBatch,
          statistics: 'moving',
          ema,
        });
      const before = start && (await score(false)).accuracy;
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
      const scored = await score(averaged);
      context.summary({
        accuracy: scored.accuracy,
        ...(before === undefined ? {} : { 'start accuracy': before }),
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
            ...(start && { start: start.weightsFrom.provenance === 'inherited' ? 'inherited' : 'trained' }),
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
