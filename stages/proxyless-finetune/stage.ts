import type { Json } from '../../src/base/index.ts';
import {
  canonicalEncoding,
  encodingKey,
  frontFacts,
  supernetPath,
  supernetWeights,
} from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/proxyless-finetune.ts';
import { defineStage, type Trial } from '../../src/stage/index.ts';
import {
  architectureOf,
  type Conditions,
  type Cursor,
  evaluateCandidates,
  hardLimit,
  inheritedEvaluator,
  inputConditions,
  type Metrics,
  optimiserOf,
  plainBatches,
  readWeights,
  recipeBatches,
  requireSpace,
  requireUnchanged,
  restore,
  settingsOf,
  snapshot,
  start,
  train,
  trialOf,
  writeWeights,
} from '../../src/train/index.ts';
import { choose } from './derive.ts';
import { gated } from './gate-step.ts';

/** What a checkpoint of this stage holds besides the training. */
interface Saved {
  readonly gates: Json;
  /** Of the last gate step. */
  readonly shown: Metrics;
  readonly evaluated: readonly Trial[];
  /** Of what was evaluated. */
  readonly under: Conditions;
}

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, rng, backend, resume, tick, remember, stopwatch, summary }) {
    const { space, supernet, validation } = inputs;
    const digest = requireSpace(inputDigests.space, {
      supernet: supernet.info,
      architecture: inputs.architecture,
    });
    const asked = gated(params, inputs, digest, rng.fork('gates'));
    const { gates, costs } = asked;
    const limit = hardLimit(inputs, digest, params.limit);
    const given = inputs.architecture?.encoding;
    const firstGateStep = Math.round(params.gateStart * params.steps);
    const evaluated: Trial[] = [];
    const under: Conditions = {
      ...inputConditions(inputDigests),
      target: { ...params.target },
      limit: params.limit && { ...params.limit },
      recalibrationImages: params.recalibrationImages,
    };

    const model = await (await backend()).build(supernetWeights(space), optimiserOf(params));
    try {
      const batches = recipeBatches(inputs.train, params, rng);
      const gateBatches = plainBatches(validation, params.gateBatch, rng.fork('gate batches'));
      const paths = rng.fork('paths');
      const updateGates = asked.stepsOn({ model, batches: gateBatches, rng: rng.fork('proposals') });
      /** Whether the gates learn after a weight step. */
      const updates = (step: number): boolean => {
        const since = step + 1 - firstGateStep;
        return since > 0 && since % params.gateEvery === 0;
      };
      let { shown } = asked;
      const extra = () => {
        const { state, tensors } = gates.save();
        return { state: { gates: state, shown, evaluated, under } as unknown as Json, tensors };
      };

      let cursor: Cursor = start;
      if (resume) {
        const restored = await restore(model, resume);
        const saved = restored.extra.state as unknown as Saved;
        if (saved.evaluated.length > 0) requireUnchanged(saved.under, under);
        gates.restore({ state: saved.gates, tensors: restored.extra.tensors });
        shown = saved.shown;
        cursor = restored.cursor;
        // a shorter fine-tuning's checkpoint may hold candidates of its own end
        if (cursor.step === params.steps) evaluated.push(...saved.evaluated);
      } else await writeWeights(model, supernet.weights, false);

      cursor = await train({
        model,
        batches,
        steps: params.steps,
        pathAt: (step) => supernetPath(space, canonicalEncoding(space, gates.sample(paths.fork(step)))),
        settings: settingsOf(params, batches.perEpoch),
        rng,
        tick,
        stopwatch,
        cursor,
        phase: 'finetune',
        ticksAfter: params.derive + (given ? 2 : 1),
        decides: updates,
        afterStep: async (step) => {
          if (updates(step)) shown = await updateGates();
          return shown;
        },
        extra,
      });

      const draws = rng.fork('derive');
      const sampled = Array.from({ length: params.derive }, (_, i) => {
        const stream = draws.fork(i);
        return limit.drawn(() => canonicalEncoding(space, gates.sample(stream)));
      });
      await evaluateCandidates({
        model,
        steps: params.steps,
        candidates: [limit.below(gates.derive()), ...(given ? [given] : []), ...sampled],
        done: evaluated,
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
        trial: (encoding, { accuracy }) =>
          trialOf(costs, { index: evaluated.length, encoding, origin: 'gates', accuracy, phase: 'derive' }),
        tick,
        snapshot: () => snapshot(model, cursor, extra),
      });
      const mostProbable = evaluated[0]!;
      const before = given && evaluated[1]!;
      // the given architecture is evaluated for comparison, and may be above the limit
      const allowed = evaluated.filter(({ encoding }) => limit.allows(encoding));
      const best = choose(allowed, costs.target!);
      summary({
        accuracy: best.accuracy.value,
        ...(before && { 'start accuracy': before.accuracy.value }),
        [costs.model.quantity]: best.cost,
        ...(given && {
          architecture:
            encodingKey(best.encoding) === encodingKey(given) ? 'architecture kept' : 'architecture changed',
        }),
        ...frontFacts(evaluated),
      });
      return {
        supernet: {
          info: {
            space: digest,
            steps: supernet.info.steps + params.steps,
            phases: [...supernet.info.phases, 'finetune'],
          },
          weights: await readWeights(model),
        },
        trials: evaluated,
        architecture: architectureOf({
          space,
          digest,
          costs,
          found: best,
          origin: 'gates',
          log: {
            steps: params.steps,
            gateSteps: gates.steps,
            target: costs.target!,
            ...(before && { givenAccuracy: before.accuracy.value }),
            mostProbableAccuracy: mostProbable.accuracy.value,
            mostProbableCost: mostProbable.cost,
          },
        }),
      };
    } finally {
      await model.close();
    }
  },
});
