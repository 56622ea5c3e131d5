import { agingEvolution, frontFacts, spaceOperators, supernetWeights } from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/random-search.ts';
import { defineStage } from '../../src/stage/index.ts';
import {
  architectureOf,
  evaluationOnly,
  inheritedEvaluator,
  inputConditions,
  mostAccurate,
  quantile,
  requireSpace,
  requireSupernet,
  searchCosts,
  searchWith,
  writeWeights,
} from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, rng, backend, resume, tick, remember, summary }) {
    const { supernet, train, validation } = inputs;
    const space = requireSupernet(inputs.space);
    const digest = requireSpace(inputDigests.space, { supernet: supernet.info });
    const costs = searchCosts({ ...inputs, space }, digest, params.limit, 'limit');
    const limit = costs.target!;
    const { evaluations, recalibrationImages } = params;
    // A population that never fills up is random sampling without repeats.
    const strategy = agingEvolution(spaceOperators(space, { cost: costs.model, value: limit }), {
      population: evaluations,
      sample: 1,
      distinct: true,
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
        origin: 'random',
        phaseAt: () => 'search',
        under: {
          ...inputConditions(inputDigests),
          limit: { ...params.limit },
          recalibrationImages,
        },
        rng,
        tick,
        ...(resume ? { resume } : {}),
      });
      const best = mostAccurate(trials);
      const median = quantile(
        trials.map(({ accuracy }) => accuracy.value).sort((a, b) => a - b),
        0.5,
      );
      summary({
        accuracy: best.accuracy.value,
        'median accuracy': median,
        [costs.model.quantity]: best.cost,
        evaluations,
        ...frontFacts(trials),
      });
      return {
        trials,
        architecture: architectureOf({
          space,
          digest,
          costs,
          encoding: best.encoding,
          accuracy: best.accuracy,
          origin: 'random',
          log: { evaluations, limit, medianAccuracy: median },
        }),
      };
    } finally {
      await model.close();
    }
  },
});
