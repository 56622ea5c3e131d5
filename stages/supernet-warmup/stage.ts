import {
  randomChoices,
  sampleWarmup,
  supernetPath,
  supernetWeights,
  warmupPath,
  warmupProbability,
} from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/supernet-warmup.ts';
import { defineStage, stageFailure } from '../../src/stage/index.ts';
import {
  initialise,
  optimiserOf,
  readWeights,
  recipeBatches,
  restore,
  settingsOf,
  stepsOf,
  train,
  writeWeights,
} from '../../src/train/index.ts';
import { requireShrinking, shrink } from './shrink.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run(context) {
    const { params, inputs, inputDigests, rng, resume, tick, stopwatch, summary } = context;
    const { space } = inputs;
    const weights = supernetWeights(space);
    if (inputs.teacher !== undefined && params.mode.kind !== 'progressive-shrinking') {
      throw stageFailure(
        'teacher-not-read',
        'the input teacher is wired, but only the mode progressive-shrinking learns from a teacher',
      );
    }
    const shrinking = params.mode.kind === 'progressive-shrinking' && requireShrinking(space);
    const backend = await context.backend();
    const model = await backend.build(weights, optimiserOf(params));
    const supernet = async (steps: number, phase: string) => ({
      supernet: {
        info: { space: inputDigests.space!, steps, phases: [phase] },
        weights: await readWeights(model),
      },
    });
    try {
      if (!resume)
        await writeWeights(model, initialise(weights, rng.fork('initial'), params.initialiser), false);
      if (params.mode.kind === 'progressive-shrinking' && shrinking) {
        const { steps, loss, accuracy } = await shrink(
          context,
          shrinking,
          params.mode,
          params,
          backend,
          model,
        );
        summary({ loss, accuracy, steps, phases: params.mode.phases.length });
        return await supernet(steps, 'shrinking');
      }
      const batches = recipeBatches(inputs.train, params, rng);
      const steps = stepsOf(params.epochs, batches);
      const paths = rng.fork('paths');
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
      return await supernet(steps, 'warm-up');
    } finally {
      await model.close();
    }
  },
});
