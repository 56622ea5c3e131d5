import { costText, frontFacts, netAdapt } from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/netadapt.ts';
import { defineStage, stageFailure } from '../../src/stage/index.ts';
import { architectureOf, limitedSearch, requireSpace, searchSupernet } from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run(context) {
    const { architecture } = context.inputs;
    const { evaluations, reduction, keep } = context.params;
    const search = limitedSearch(context);
    const { space, digest, costs, limit } = search;
    requireSpace(digest, { architecture });
    const strategy = netAdapt(space, {
      start: architecture?.encoding ?? costs.model.range().maxEncoding,
      cost: costs.model,
      limit,
      reduction,
      keep,
    });
    const trials = await searchSupernet(context, search, {
      strategy,
      origin: 'netadapt',
      phaseAt: () => 'cut',
      under: { reduction, keep },
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
      context.note('the architecture that it begins with is within the limit: nothing was cut');
    context.summary({
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
        ...search,
        found,
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
  },
});
