import type { Json } from '../../src/base/index.ts';
import {
  controllerLearningRate,
  type Encoding,
  reward,
  supernetPath,
  supernetWeights,
} from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/controller-search.ts';
import { defineStage, type Trial } from '../../src/stage/index.ts';
import {
  architectureOf,
  batchAccuracy,
  type Cursor,
  evaluationBatch,
  inheritedEvaluator,
  optimiserOf,
  plainBatches,
  readWeights,
  recipeBatches,
  requireSpace,
  restore,
  searchCosts,
  settingsOf,
  snapshot,
  start,
  train,
  trialOf,
  writeWeights,
} from '../../src/train/index.ts';
import { controllerArtifact, makeController, rewardSpecOf } from './controller.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, rng, backend, resume, tick, stopwatch, summary }) {
    const { space, supernet, validation, table } = inputs;
    const digest = inputDigests.space!;
    requireSpace(digest, { supernet: supernet.info });
    const costs = searchCosts({ space, digest, ...(table ? { table } : {}) }, params.target, 'target');
    const spec = rewardSpecOf(params, costs.target);
    const controller = makeController(params, space, rng.fork('controller'));
    const steps = params.steps * params.weightSteps;
    const trials: Trial[] = [];

    const model = await (await backend()).build(supernetWeights(space), optimiserOf(params));
    try {
      const batches = recipeBatches(inputs.train, params, rng);
      const rewardBatches = plainBatches(validation, params.validationBatch, rng.fork('rewards'));
      const paths = rng.fork('paths');
      const samples = rng.fork('samples');

      const updateController = async (update: number) => {
        const batch = rewardBatches.at(update);
        const rewarded: { encoding: Encoding; reward: number }[] = [];
        for (let k = 0; k < params.samples; k++) {
          const { encoding } = controller.propose(samples.fork(update).fork(k));
          const value = await batchAccuracy(model, supernetPath(space, encoding), batch, {
            statistics: 'batch',
          });
          const earned = reward(spec, value, costs.model.cost(encoding));
          rewarded.push({ encoding, reward: earned });
          trials.push(
            trialOf(costs, {
              index: trials.length,
              encoding,
              origin: 'controller',
              accuracy: { value, provenance: 'inherited', split: 'validation', images: batch.size },
              reward: earned,
              phase: 'search',
            }),
          );
        }
        const { controllerRate, controllerStart: delay, controllerRamp: ramp } = params;
        const progress = update / params.steps;
        const rate = controllerLearningRate(controllerRate, progress, { delay, ramp });
        const { reward: mean, baseline } = controller.feedback(rewarded, rate);
        return { reward: mean, baseline };
      };
      const extra = () => {
        const { state, tensors } = controller.save();
        return { state: { controller: state, trials } as unknown as Json, tensors };
      };

      let cursor: Cursor = start;
      if (resume) {
        const restored = await restore(model, resume);
        const saved = restored.extra.state as unknown as { controller: Json; trials: Trial[] };
        controller.restore({ state: saved.controller, tensors: restored.extra.tensors });
        trials.push(...saved.trials);
        cursor = restored.cursor;
      } else await writeWeights(model, supernet.weights, false);

      cursor = await train({
        model,
        batches,
        steps,
        pathAt: (step) => supernetPath(space, controller.propose(paths.fork(step)).encoding),
        settings: settingsOf(params, batches.perEpoch),
        rng,
        tick,
        stopwatch,
        cursor,
        phase: 'search',
        afterStep: async (step) =>
          (step + 1) % params.weightSteps === 0
            ? updateController((step + 1) / params.weightSteps - 1)
            : undefined,
        extra,
      });

      const evaluate = inheritedEvaluator({
        model,
        space,
        train: inputs.train,
        validation,
        recalibrationImages: params.recalibrationImages,
        batch: evaluationBatch,
        rng,
      });
      const draws = Array.from({ length: params.derive }, (_, i) =>
        controller.propose(rng.fork('derive').fork(i)),
      );
      const candidates = [controller.greedy(), ...draws.slice(1).map(({ encoding }) => encoding)];
      const derived = () => trials.filter(({ phase }) => phase === 'derive');
      for (const encoding of candidates.slice(derived().length)) {
        const accuracy = await evaluate(encoding);
        const earned = reward(spec, accuracy.value, costs.model.cost(encoding));
        trials.push(
          trialOf(costs, {
            index: trials.length,
            encoding,
            origin: 'controller',
            accuracy,
            reward: earned,
            phase: 'derive',
          }),
        );
        await tick(
          {
            step: derived().length,
            total: params.derive,
            metrics: { reward: earned, accuracy: accuracy.value },
            phase: 'derive',
          },
          () => snapshot(model, cursor, extra),
        );
      }
      const best = derived().reduce((a, b) => (b.reward! > a.reward! ? b : a));
      const entropy = draws.reduce((sum, draw) => sum + draw.entropy, 0) / draws.length;
      summary({
        reward: best.reward!,
        accuracy: best.accuracy.value,
        [costs.model.quantity]: best.cost,
        entropy,
      });
      return {
        supernet: {
          info: {
            space: digest,
            steps: supernet.info.steps + steps,
            phases: [...supernet.info.phases, 'search'],
          },
          weights: await readWeights(model),
        },
        controller: controllerArtifact(controller, digest, entropy),
        trials,
        architecture: architectureOf({
          space,
          digest,
          costs,
          encoding: best.encoding,
          accuracy: best.accuracy,
          origin: 'controller',
          log: { reward: best.reward!, steps: params.steps, samples: trials.length, entropy },
        }),
      };
    } finally {
      await model.close();
    }
  },
});
