import { frontFacts, makeStrategy, spaceOperators, supernetWeights } from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/evolutionary-refinement.ts';
import { defineStage } from '../../src/stage/index.ts';
import {
  architectureOf,
  evaluationOnly,
  inheritedEvaluator,
  inputConditions,
  mostAccurate,
  requireSpace,
  requireSupernet,
  searchCosts,
  searchObjectives,
  searchWith,
  startingPoints,
  writeWeights,
} from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, rng, backend, resume, tick, remember, summary }) {
    const { supernet, train, validation } = inputs;
    const space = requireSupernet(inputs.space);
    const digest = requireSpace(inputDigests.space, { supernet: supernet.info });
    const costs = searchCosts({ ...inputs, space }, digest, params.limit, 'limit');
    const limit = costs.target!;
    const { strategy: spec } = params;
    const first = startingPoints(
      inputs.trials ?? [],
      Math.min(params.start, firstPopulation(spec)),
      (encoding) => costs.model.cost(encoding) <= limit,
    );
    const strategy = makeStrategy(spec, {
      space,
      operators: spaceOperators(space, { cost: costs.model, value: limit }),
      cost: costs.model,
      limit,
      evaluations: params.evaluations,
      rng: rng.fork('parameters'),
      start: first,
    });
    const objectives = searchObjectives(spec, costs);
    const model = await (await backend()).build(supernetWeights(space), evaluationOnly);
    try {
      await writeWeights(model, supernet.weights, false);
      const { recalibrationImages } = params;
      const trials = await searchWith({
        strategy,
        evaluations: params.evaluations,
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
        ...(objectives && { objectives }),
        origin: 'evolution',
        phaseAt: (index) =>
          index < first.length ? 're-evaluated' : index < firstPopulation(spec) ? 'population' : 'evolve',
        under: {
          ...inputConditions(inputDigests),
          limit: { ...params.limit },
          start: params.start,
          strategy: spec.kind,
          population: firstPopulation(spec),
          ...(spec.kind === 'nsga2' ? { costs: spec.costs } : {}),
          recalibrationImages,
        },
        rng,
        tick,
        ...(resume ? { resume } : {}),
      });
      const best = mostAccurate(trials);
      const predictorError = strategy.figures?.()['predictor error'];
      const bestStart = mostAccurate(trials.slice(0, firstPopulation(spec)));
      summary({
        accuracy: best.accuracy.value,
        'start accuracy': bestStart.accuracy.value,
        [costs.model.quantity]: best.cost,
        evaluations: trials.length,
        ...(predictorError === undefined ? {} : { 'predictor error': predictorError }),
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
          origin: 'evolution',
          log: {
            evaluations: trials.length,
            limit,
            startAccuracy: bestStart.accuracy.value,
            foundAt: best.index,
            ...(predictorError === undefined ? {} : { predictorError }),
          },
        }),
      };
    } finally {
      await model.close();
    }
  },
});

/** Evaluations before what was found has offspring. */
const firstPopulation = (spec: Params['strategy']): number =>
  spec.kind === 'predictor-evolution' ? spec.samples : spec.population;
