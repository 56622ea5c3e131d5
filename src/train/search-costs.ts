import {
  type ArchitectureCost,
  type CostModel,
  type Encoding,
  type GatedSpace,
  latencyCost,
  macsCost,
  paramsCost,
  resolveTarget,
  type SearchSpace,
  type StrategySpec,
} from '../nas/index.ts';
import type { Costs } from '../schema/generated/artifacts/trials.ts';
import type { LatencyTable } from '../stage/artifacts.ts';
import { stageFailure } from '../stage/contract.ts';
import { orFail } from './inputs.ts';

/** A cost target as params write it: a quantity, and either a fraction of its reachable range or a value. */
export interface TargetParams {
  readonly quantity: CostModel['quantity'];
  readonly fraction?: number;
  readonly value?: number;
}

/** The costs of a space's architectures, and the one that a search looks at. */
export interface SearchCosts<Model extends ArchitectureCost = ArchitectureCost> {
  readonly model: Model;
  /** Target or limit of that cost in its unit; absent for a search that looks at accuracy alone (its cost: MACs). */
  readonly target?: number;
  /** Every cost of an architecture that is known; latency only with a table. */
  readonly of: (encoding: Encoding) => Costs;
}

interface Costly<Space> {
  readonly space: Space;
  readonly table?: LatencyTable;
}

/**
 * Resolves a target before anything is trained. Ends the stage with `no-latency-table` when a latency is asked for and
 * no table is wired, with `impossible-target` when no architecture of the space can meet it, naming the range.
 *
 * @param digest content digest of the space
 */
export function searchCosts(
  inputs: Costly<GatedSpace>,
  digest: string,
  target: TargetParams | null,
  use: 'target' | 'limit',
): SearchCosts<CostModel>;
export function searchCosts(
  inputs: Costly<SearchSpace>,
  digest: string,
  target: TargetParams | null,
  use: 'target' | 'limit',
): SearchCosts;
export function searchCosts(
  { space, table }: Costly<SearchSpace>,
  digest: string,
  target: TargetParams | null,
  use: 'target' | 'limit',
): SearchCosts {
  const params = paramsCost(space);
  const macs = macsCost(space);
  const latency = table && orFail(latencyCost(space, digest, table));
  const of = (encoding: Encoding): Costs => ({
    params: params.cost(encoding),
    macs: macs.cost(encoding),
    ...(latency ? { latency: latency.cost(encoding) } : {}),
  });
  if (target === null) return { model: macs, of };
  const model = { params, macs, latency }[target.quantity];
  if (model === undefined) {
    throw stageFailure(
      'no-latency-table',
      `the ${use} is a latency, but the input table is not wired; wire a latency-profile, or count macs or params`,
    );
  }
  const wanted = target.fraction === undefined ? { value: target.value! } : { fraction: target.fraction };
  return { model, target: orFail(resolveTarget(model, wanted, use)), of };
}

/** What NSGA-II minimises, in its order; nothing for a strategy that looks at one cost. */
export function searchObjectives(
  spec: StrategySpec,
  costs: Pick<SearchCosts, 'of'> & { readonly model: Pick<SearchCosts['model'], 'range'> },
): ((encoding: Encoding) => readonly number[]) | undefined {
  if (spec.kind !== 'nsga2' || spec.costs === null) return undefined;
  const quantities = spec.costs;
  const known = costs.of(costs.model.range().minEncoding);
  const missing = quantities.find((quantity) => known[quantity] === undefined);
  if (missing !== undefined) {
    throw stageFailure(
      'no-latency-table',
      `NSGA-II is to minimise a latency, but there is none to be had: wire the input table, or leave ${missing} out of strategy.costs`,
    );
  }
  return (encoding) => {
    const of = costs.of(encoding);
    return quantities.map((quantity) => of[quantity]!);
  };
}
