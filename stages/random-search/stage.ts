import { agingEvolution, frontFacts, spaceOperators } from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/random-search.ts';
import { defineStage } from '../../src/stage/index.ts';
import {
  architectureOf,
  limitedSearch,
  mostAccurate,
  quantile,
  searchSupernet,
} from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run(context) {
    const { evaluations } = context.params;
    const search = limitedSearch(context);
    const { space, costs, limit } = search;
    const trials = await searchSupernet(context, search, {
      // A population that never fills up is random sampling without repeats.
      strategy: agingEvolution(spaceOperators(space, { cost: costs.model, value: limit }), {
        population: evaluations,
        sample: 1,
        distinct: true,
      }),
      origin: 'random',
      phaseAt: () => 'search',
      rng: context.rng,
    });
    const best = mostAccurate(trials);
    const median = quantile(
      trials.map(({ accuracy }) => accuracy.value).sort((a, b) => a - b),
      0.5,
    );
    context.summary({
      accuracy: best.accuracy.value,
      'median accuracy': median,
      [costs.model.quantity]: best.cost,
      evaluations,
      ...frontFacts(trials),
    });
    return {
      trials,
      architecture: architectureOf({
        ...search,
        found: best,
        origin: 'random',
        log: { evaluations, limit, medianAccuracy: median },
      }),
    };
  },
});
