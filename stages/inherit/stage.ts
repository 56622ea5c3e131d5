import { childNetwork, inheritWeights, supernetPath } from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/inherit.ts';
import { defineStage } from '../../src/stage/index.ts';
import {
  calibrationImages,
  calibrationOf,
  evaluateSplit,
  evaluationBatch,
  evaluationOnly,
  readWeights,
  recalibrateOn,
  requireSpace,
  trainedModel,
  writeWeights,
} from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, backend, summary }) {
    const { space, supernet, architecture, train, validation } = inputs;
    requireSpace(inputDigests.space, { supernet: supernet.info, architecture });
    const { encoding } = architecture;
    const device = await backend();
    const calibration = calibrationOf(params.recalibrationImages, inputDigests);

    const path = supernetPath(space, encoding);
    const shared = await device.build(path.weights, evaluationOnly);
    let recalibrated: typeof supernet.weights;
    try {
      await writeWeights(shared, supernet.weights, false);
      await recalibrateOn(shared, path, train, calibration);
      recalibrated = await readWeights(shared);
    } finally {
      await shared.close();
    }

    const network = childNetwork(space, encoding);
    const weights = inheritWeights(space, encoding, new Map([...supernet.weights, ...recalibrated]));
    const alone = await device.build(network.weights, evaluationOnly);
    try {
      await writeWeights(alone, weights, false);
      const { accuracy, images } = await evaluateSplit(alone, network, validation ?? train, {
        batchSize: evaluationBatch,
        statistics: 'moving',
      });
      const split = validation ? 'validation' : 'train';
      summary({ accuracy, on: split, images });
      return {
        model: trainedModel({
          network,
          weights,
          images: train,
          architecture,
          training: {
            epochs: 0,
            images: calibrationImages(train, calibration.images, calibration.rng).length,
            accuracy: { value: accuracy, provenance: 'inherited', split, images },
          },
        }),
      };
    } finally {
      await alone.close();
    }
  },
});
