import {
  randomChoices,
  sampleWarmup,
  supernetPath,
  supernetWeights,
  warmupPath,
  warmupProbability,
} from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/supernet-warmup.ts';
import { defineStage } from '../../src/stage/index.ts';
import {
  initialise,
  optimiserOf,
  readWeights,
  recipeBatches,
  requireSupernet,
  restore,
  settingsOf,
  stepsOf,
  train,
  writeWeights,
} from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, rng, backend, resume, tick, stopwatch, summary }) {
    const space = requireSupernet(inputs.space);
    const weights = supernetWeights(space);
    const model = await (await backend()).build(weights, optimiserOf(params));
    try {
      const batches = recipeBatches(inputs.train, params, rng);
      const steps = stepsOf(params.epochs, batches);
      const paths = rng.fork('paths');
      if (!resume)
        await writeWeights(model, initialise(weights, rng.fork('initial'), params.initialiser), false);
      const { loss, accuracy } = await train({
        model,
        batches,
        steps,
        pathAt(step) {
          const draw = paths.fork(step);
          const encoding = randomChoices(space, draw.fork('encoding'));
          const averaged = sampleWarmup(space, draw.fork('warm-up'), {
            op: warmupProbability(step / steps, params.opWarmup),
            filters: warmupProbability(step / steps, params.filterWarmup),
          });
          return averaged.size === 0 ? supernetPath(space, encoding) : warmupPath(space, encoding, averaged);
        },
        settings: settingsOf(params, batches.perEpoch),
        rng,
        tick,
        stopwatch,
        ...(resume ? { cursor: (await restore(model, resume)).cursor } : {}),
      });
      summary({ loss, accuracy, steps });
      return {
        supernet: {
          info: { space: inputDigests.space!, steps, phases: ['warm-up'] },
          weights: await readWeights(model),
        },
      };
    } finally {
      await model.close();
    }
  },
});
