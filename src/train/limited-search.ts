import { type SearchStrategy, supernetWeights } from '../nas/index.ts';
import type { LatencyTable, SearchSpace, Split, Supernet, Trial } from '../stage/artifacts.ts';
import type { StageContext } from '../stage/contract.ts';
import { inheritedEvaluator } from './candidates.ts';
import { requireSpace } from './inputs.ts';
import { evaluationOnly } from './recipe.ts';
import { type SearchCosts, searchCosts, type TargetParams } from './search-costs.ts';
import { type SearchInProgress, searchWith } from './search-with.ts';
import { writeWeights } from './supernet.ts';
import { type Conditions, inputConditions } from './unchanged.ts';

/** What a stage needs to search a space under a limit of cost with the weights of a supernet, which do not change. */
export type LimitedSearchContext = Pick<
  StageContext<
    { readonly limit: TargetParams; readonly evaluations: number; readonly recalibrationImages: number },
    {
      readonly space: SearchSpace;
      readonly supernet: Supernet;
      readonly train: Split;
      readonly validation: Split;
      readonly table?: LatencyTable;
    }
  >,
  'params' | 'inputs' | 'inputDigests' | 'backend' | 'remember' | 'tick' | 'resume'
>;

/** The space that is searched, what its architectures cost, and the limit of that cost. */
export interface LimitedSearch {
  readonly space: SearchSpace;
  /** Content digest of the space. */
  readonly digest: string;
  readonly costs: SearchCosts;
  /** In the unit of the cost. */
  readonly limit: number;
}

/**
 * Reads the inputs of such a search. Ends the stage with `space-mismatch`, `no-latency-table` or
 * `impossible-target`, all before anything is evaluated.
 */
export function limitedSearch({
  params,
  inputs,
  inputDigests,
}: Pick<LimitedSearchContext, 'params' | 'inputs' | 'inputDigests'>): LimitedSearch {
  const { space } = inputs;
  const digest = requireSpace(inputDigests.space, { supernet: inputs.supernet.info });
  const costs = searchCosts(inputs, digest, params.limit, 'limit');
  return { space, digest, costs, limit: costs.target! };
}

export interface SearchPlan
  extends Pick<SearchInProgress, 'strategy' | 'objectives' | 'origin' | 'phaseAt' | 'rng'> {
  readonly strategy: SearchStrategy;
  /** What the trials are made under besides the inputs, the limit and the recalibration. */
  readonly under?: Conditions;
}

/** Searches with inherited weights, as `searchWith` says, and gives the trials in their order. */
export async function searchSupernet(
  { params, inputs, inputDigests, backend, remember, tick, resume }: LimitedSearchContext,
  { space, costs }: LimitedSearch,
  { under, ...plan }: SearchPlan,
): Promise<Trial[]> {
  const { supernet, train, validation } = inputs;
  const { evaluations, recalibrationImages } = params;
  const model = await (await backend()).build(supernetWeights(space), evaluationOnly);
  try {
    await writeWeights(model, supernet.weights, false);
    return await searchWith({
      ...plan,
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
      under: { ...inputConditions(inputDigests), limit: { ...params.limit }, recalibrationImages, ...under },
      tick,
      ...(resume ? { resume } : {}),
    });
  } finally {
    await model.close();
  }
}
