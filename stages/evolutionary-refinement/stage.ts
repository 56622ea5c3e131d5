import { frontFacts, makeStrategy, spaceOperators } from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/evolutionary-refinement.ts';
import { defineStage } from '../../src/stage/index.ts';
import {
  architectureOf,
  limitedSearch,
  mostAccurate,
  searchObjectives,
  searchSupernet,
  startingPoints,
} from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run(context) {
    const { params, inputs, rng } = context;
    const search = limitedSearch(context);
    const { space, costs, limit } = search;
    const { strategy: spec, evaluations } = params;
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
      evaluations,
      rng: rng.fork('parameters'),
      start: first,
    });
    const objectives = searchObjectives(spec, costs);
    const trials = await searchSupernet(context, search, {
      strategy,
      ...(objectives && { objectives }),
      origin: 'evolution',
      phaseAt: (index) =>
        index < first.length ? 're-evaluated' : index < firstPopulation(spec) ? 'population' : 'evolve',
      under: {
        start: params.start,
        strategy: spec.kind,
        population: firstPopulation(spec),
        ...(spec.kind === 'nsga2' ? { costs: spec.costs } : {}),
      },
      rng,
    });
    const best = mostAccurate(trials);
    const predictorError = strategy.figures?.()['predictor error'];
    const bestStart = mostAccurate(trials.slice(0, firstPopulation(spec)));
    context.summary({
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
        ...search,
        found: best,
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
  },
});

/** Evaluations before what was found has offspring. */
const firstPopulation = (spec: Params['strategy']): number =>
  spec.kind === 'predictor-evolution' ? spec.samples : spec.population;
