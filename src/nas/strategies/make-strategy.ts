import { never } from '../../base/result.ts';
import type { Rng } from '../../base/rng.ts';
import type { ArchitectureCost } from '../costs/model.ts';
import { canonicalEncoding, type Encoding } from '../space/encoding.ts';
import type { Searchable } from '../space/layout.ts';
import { choiceBlocks } from '../space/layout.ts';
import { controllerStrategy } from './controllers/controller-strategy.ts';
import { enasController } from './controllers/enas-controller.ts';
import { factorisedController } from './controllers/factorised-controller.ts';
import { ppoController } from './controllers/ppo-controller.ts';
import { constrainedEvolution } from './evolution/constrained-evolution.ts';
import { agingEvolution } from './evolution/evolution.ts';
import { nsga2 } from './evolution/nsga2.ts';
import { predictorEvolution } from './evolution/predictor-evolution.ts';
import { netAdapt } from './netadapt.ts';
import type { SearchStrategy, SpaceOperators } from './strategy.ts';
import type { StrategySpec } from './strategy-spec.ts';
import { controllerLearningRate } from './warmup.ts';

export interface StrategyContext {
  readonly space: Searchable;
  readonly operators: SpaceOperators;
  /** The cost that the search looks at, and the largest that `operators` allow. */
  readonly cost: ArchitectureCost;
  readonly limit?: number;
  /** Evaluations to come in all. */
  readonly evaluations: number;
  /** For initial parameters. */
  readonly rng: Rng;
  /** Allowed architectures that evolution proposes first. */
  readonly start?: readonly Encoding[];
}

/** The strategy that a spec describes, new. */
export function makeStrategy(spec: StrategySpec, context: StrategyContext): SearchStrategy {
  const { space, operators, evaluations, rng, cost, limit, start = [] } = context;
  switch (spec.kind) {
    case 'random':
      // A population that never fills up.
      return agingEvolution(operators, { population: evaluations, sample: 1, distinct: spec.distinct });
    case 'aging-evolution':
    case 'evolution':
      return agingEvolution(mutatingOften(operators, spec.mutations ?? 1), {
        population: spec.population,
        sample: spec.tournament,
        start,
        distinct: spec.distinct ?? false,
        leaves: spec.kind === 'evolution' ? 'least-fit' : 'oldest',
      });
    case 'lstm-controller':
      return controllerStrategy(space, enasController(space, rng, spec), {
        batch: spec.batch,
        rate: () => spec.rate,
        operators,
      });
    case 'factorised-controller':
      return controllerStrategy(space, factorisedController(space, spec), {
        batch: spec.batch,
        rate: (made) =>
          controllerLearningRate(spec.rate, Math.min(1, made / evaluations), { delay: 0, ramp: spec.ramp }),
        operators,
      });
    case 'ppo':
      return controllerStrategy(space, ppoController(space, rng, spec), {
        batch: spec.batch,
        rate: () => spec.rate,
        operators,
      });
    case 'constrained-evolution':
      return constrainedEvolution(operators, { ...spec, start });
    case 'predictor-evolution':
      return predictorEvolution(space, operators, { ...spec, start });
    case 'nsga2': {
      const mutation = spec.mutation ?? 1 / choiceBlocks(space).length;
      return nsga2(operators, { ...spec, mutation, start });
    }
    case 'netadapt':
      return netAdapt(space, {
        start: canonicalEncoding(space, spec.start ?? cost.range().maxEncoding),
        cost,
        reduction: spec.reduction,
        keep: spec.keep,
        ...(limit === undefined ? {} : { limit }),
      });
    default:
      return never(spec);
  }
}

/** Operators whose mutations change so many choice blocks, one after the other. */
const mutatingOften = (operators: SpaceOperators, mutations: number): SpaceOperators => ({
  ...operators,
  mutate(encoding, rng) {
    let mutant = encoding;
    for (let k = 0; k < mutations; k++) mutant = operators.mutate(mutant, rng);
    return mutant;
  },
});
