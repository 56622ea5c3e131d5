import type { Json } from '../../src/base/index.ts';
import {
  canonicalEncoding,
  controllerLearningRate,
  type Encoding,
  frontFacts,
  reward,
  supernetPath,
  supernetWeights,
} from '../../src/nas/index.ts';
import { type Batch, shapeText } from '../../src/net/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/controller-search.ts';
import { defineStage, type Trial } from '../../src/stage/index.ts';
import {
  architectureOf,
  batchQuality,
  type Conditions,
  type Cursor,
  evaluateCandidates,
  hardLimit,
  inheritedEvaluator,
  inputConditions,
  metricOf,
  optimiserOf,
  plainBatches,
  readWeights,
  recipeBatches,
  requireSpace,
  requireUnchanged,
  restore,
  searchCosts,
  settingsOf,
  snapshot,
  start,
  train,
  trialOf,
  writeWeights,
} from '../../src/train/index.ts';
import { controllerArtifact, makeController, meanEntropy, rewardSpecOf } from './controller.ts';

/** What a checkpoint of this stage holds besides the training. */
interface Saved {
  readonly controller: Json;
  readonly searched: readonly Trial[];
  readonly derived: readonly Trial[];
  readonly under: Conditions;
}

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, rng, backend, resume, tick, remember, stopwatch, summary }) {
    const { space, supernet, validation } = inputs;
    const digest = requireSpace(inputDigests.space, { supernet: supernet.info });
    const costs = searchCosts(inputs, digest, params.target, 'target');
    const spec = rewardSpecOf(params, costs.target);
    const limit = hardLimit(inputs, digest, params.limit);
    const controller = makeController(params, space, rng.fork('controller'));
    const { weightSteps, samples: sampleCount, rewarded: what } = params;
    const steps = params.steps * weightSteps;
    const count = what === 'trained' ? weightSteps : sampleCount;
    const under: Conditions = {
      ...inputConditions(inputDigests),
      reward: params.reward,
      metric: params.metric,
      costExponent: params.costExponent,
      target: params.target && { ...params.target },
      limit: params.limit && { ...params.limit },
      controller: params.controller,
      hidden: params.hidden,
      weightSteps,
      rewarded: what,
      validationBatch: params.validationBatch,
      rewardStatistics: params.rewardStatistics,
      skipTarget: params.skipTarget,
      skipWeight: params.skipWeight,
      passes: params.passes,
      recalibrationImages: params.recalibrationImages,
    };
    /** What the reward looks at where that is not the accuracy, which every trial has. */
    const qualityFact = (value: number): Pick<Trial, 'quality'> =>
      params.metric === 'accuracy' ? {} : { quality: { metric: params.metric, value } };
    const searched: Trial[] = [];
    const derived: Trial[] = [];

    const model = await (await backend()).build(supernetWeights(space), optimiserOf(params));
    try {
      const batches = recipeBatches(inputs.train, params, rng);
      const rewardBatches = plainBatches(validation, params.validationBatch, rng.fork('rewards'));
      const paths = rng.fork('paths');
      const samples = rng.fork('samples');

      /** Whether the controller learns after a weight step. */
      const updates = (step: number): boolean => (step + 1) % weightSteps === 0;
      const updateController = async (update: number) => {
        const mode = { statistics: params.rewardStatistics };
        const sized = new Map<string, Batch>();
        const draw = (k: number) => {
          const stream =
            what === 'trained' ? paths.fork(update * weightSteps + k) : samples.fork(update).fork(k);
          // the update needs the sequence that was drawn, all else the network that it stands for
          const { encoding: drawn } = controller.propose(stream);
          const encoding = canonicalEncoding(space, drawn);
          const path = supernetPath(space, encoding);
          const size = shapeText(path.input);
          const batch = sized.get(size) ?? rewardBatches.at(update, path.input);
          sized.set(size, batch);
          return { drawn, encoding, path, batch };
        };
        const rewarded: { encoding: Encoding; reward: number }[] = [];
        let next = draw(0);
        for (let k = 0; k < count; k++) {
          const { drawn, encoding, path, batch } = next;
          const running = batchQuality(model, path, batch, mode);
          if (k + 1 < count) {
            next = draw(k + 1);
            model.prepare?.(next.path, next.batch, mode);
          }
          const quality = await running;
          const value = metricOf(quality, params.metric);
          const earned = reward(spec, value, costs.model.cost(encoding));
          rewarded.push({ encoding: drawn, reward: earned });
          searched.push(
            trialOf(costs, {
              index: searched.length,
              encoding,
              origin: 'controller',
              accuracy: {
                value: quality.accuracy,
                provenance: 'inherited',
                split: 'validation',
                images: batch.size,
              },
              ...qualityFact(value),
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
        return { state: { controller: state, searched, derived, under } as unknown as Json, tensors };
      };

      let cursor: Cursor = start;
      if (resume) {
        const restored = await restore(model, resume);
        const saved = restored.extra.state as unknown as Saved;
        requireUnchanged(saved.under, under);
        controller.restore({ state: saved.controller, tensors: restored.extra.tensors });
        searched.push(...saved.searched);
        cursor = restored.cursor;
        // a shorter search's checkpoint may hold candidates of its own end
        if (cursor.step === steps) derived.push(...saved.derived);
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
        ticksAfter: params.derive,
        decides: updates,
        afterStep: async (step) =>
          updates(step) ? updateController((step + 1) / weightSteps - 1) : undefined,
        extra,
      });

      const draws = Array.from({ length: params.derive - 1 }, (_, i) => {
        const stream = rng.fork('derive').fork(i);
        return limit.drawn(() => controller.propose(stream).encoding);
      });
      await evaluateCandidates({
        model,
        steps,
        candidates: [limit.below(controller.greedy()), ...draws].map((encoding) =>
          canonicalEncoding(space, encoding),
        ),
        done: derived,
        evaluate: inheritedEvaluator({
          model,
          space,
          train: inputs.train,
          validation,
          recalibrationImages: params.recalibrationImages,
          weights: () => readWeights(model),
          digests: inputDigests,
          remember,
        }),
        trial: (encoding, { accuracy, quality }) => {
          const value = metricOf(quality, params.metric);
          return trialOf(costs, {
            index: searched.length + derived.length,
            encoding,
            origin: 'controller',
            accuracy,
            ...qualityFact(value),
            reward: reward(spec, value, costs.model.cost(encoding)),
            phase: 'derive',
          });
        },
        tick,
        snapshot: () => snapshot(model, cursor, extra),
      });
      const best = derived.reduce((a, b) => (b.reward! > a.reward! ? b : a));
      const entropy = meanEntropy(controller, rng.fork('entropy'));
      summary({
        reward: best.reward!,
        accuracy: best.accuracy.value,
        [costs.model.quantity]: best.cost,
        entropy,
        ...frontFacts([...searched, ...derived]),
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
        trials: [...searched, ...derived],
        architecture: architectureOf({
          space,
          digest,
          costs,
          found: best,
          origin: 'controller',
          log: { reward: best.reward!, steps: params.steps, samples: searched.length, entropy },
        }),
      };
    } finally {
      await model.close();
    }
  },
});
