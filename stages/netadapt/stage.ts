import { createRng } from '../../src/base/index.ts';
import { costText, frontFacts, netAdapt, supernetWeights } from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/netadapt.ts';
import { defineStage, stageFailure } from '../../src/stage/index.ts';
import {
  architectureOf,
  evaluationOnly,
  inheritedEvaluator,
  inputConditions,
  requireSpace,
  requireSupernet,
  searchCosts,
  searchWith,
  writeWeights,
} from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, backend, resume, tick, remember, note, summary }) {
    const { supernet, train, validation } = inputs;
    const space = requireSupernet(inputs.space);
    const digest = requireSpace(inputDigests.space, {
      supernet: supernet.info,
      architecture: inputs.architecture,
    });
    const costs = searchCosts({ ...inputs, space }, digest, params.limit, 'limit');
    const limit = costs.target!;
    const { evaluations, recalibrationImages, reduction, keep } = params;
    const strategy = netAdapt(space, {
      start: inputs.architecture?.encoding ?? costs.model.range().maxEncoding,
      cost: costs.model,
      limit,
      reduction,
      keep,
    });
    const model = await (await backend()).build(supernetWeights(space), evaluationOnly);
    try {
      await writeWeights(model, supernet.weights, false);
      const trials = await searchWith({
        strategy,
        evaluations,
        evaluate: inheritedEvaluator({
          model,
          space,
          train,
          validation,
          recalibrationImages,
          weights: () => supernet.weights,
          digests: inputDigests,
          remember,
        }),
        costs,
        origin: 'netadapt',
        phaseAt: () => 'cut',
        under: {
          ...inputConditions(inputDigests),
          limit: { ...params.limit },
          reduction,
          keep,
          recalibrationImages,
        },
        // nothing is drawn
        rng: createRng(0),
        tick,
        ...(resume ? { resume } : {}),
      });
      const [start] = trials;
      const found = trials[strategy.current!.index]!;
      if (found.cost > limit) {
        const { unit } = costs.model;
        throw stageFailure(
          'too-few-evaluations',
          `${evaluations} evaluations did not lead down to the limit of ${costText(limit, unit)}: ${strategy.steps} steps cut ${costText(start!.cost, unit)} to ${costText(found.cost, unit)}; raise evaluations or reduction`,
        );
      }
      if (strategy.steps === 0)
        note('the architecture that it begins with is within the limit: nothing was cut');
      summary({
        accuracy: found.accuracy.value,
        'start accuracy': start!.accuracy.value,
        [costs.model.quantity]: found.cost,
        steps: strategy.steps,
        evaluations: trials.length,
        ...frontFacts(trials),
      });
      return {
        trials,
        architecture: architectureOf({
          space,
          digest,
          costs,
          encoding: found.encoding,
          accuracy: found.accuracy,
          origin: 'netadapt',
          log: {
            evaluations: trials.length,
            steps: strategy.steps,
            limit,
            startAccuracy: start!.accuracy.value,
            startCost: start!.cost,
          },
        }),
      };
    } finally {
      await model.close();
    }
  },
});
