import {
  agingEvolution,
  type Encoding,
  encodingKey,
  spaceOperators,
  supernetWeights,
} from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/evolutionary-refinement.ts';
import { defineStage, type Trial } from '../../src/stage/index.ts';
import {
  architectureOf,
  evaluationOnly,
  inheritedEvaluator,
  inputConditions,
  mostAccurate,
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
    const first = startingPoints(
      inputs.trials ?? [],
      params.start,
      (encoding) => costs.model.cost(encoding) <= limit,
    );
    const operators = spaceOperators(space, { cost: costs.model, value: limit });
    const strategy = agingEvolution(
      {
        ...operators,
        mutate(encoding, own) {
          let mutant = encoding;
          for (let k = 0; k < params.mutations; k++) mutant = operators.mutate(mutant, own);
          return mutant;
        },
      },
      { population: params.population, sample: params.tournament, start: first },
    );
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
        origin: 'evolution',
        phaseAt: (index) =>
          index < first.length ? 're-evaluated' : index < params.population ? 'population' : 'evolve',
        under: {
          ...inputConditions(inputDigests),
          limit: { ...params.limit },
          start: params.start,
          population: params.population,
          recalibrationImages,
        },
        rng,
        tick,
        ...(resume ? { resume } : {}),
      });
      const best = mostAccurate(trials);
      const bestStart = mostAccurate(trials.slice(0, params.population));
      summary({
        accuracy: best.accuracy.value,
        'start accuracy': bestStart.accuracy.value,
        [costs.model.quantity]: best.cost,
        evaluations: trials.length,
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
          },
        }),
      };
    } finally {
      await model.close();
    }
  },
});

/**
 * The first members of the population: different allowed encodings among the trials, those measured on the most
 * images first, then the most accurate.
 */
function startingPoints(
  trials: readonly Trial[],
  count: number,
  allowed: (encoding: Encoding) => boolean,
): Encoding[] {
  const ranked = [...trials].sort(
    (a, b) =>
      b.accuracy.images - a.accuracy.images || b.accuracy.value - a.accuracy.value || a.index - b.index,
  );
  const distinct = new Map(
    ranked
      .filter((trial) => allowed(trial.encoding))
      .map((trial) => [encodingKey(trial.encoding), trial.encoding]),
  );
  return [...distinct.values()].slice(0, count);
}
