import { createRng } from '../../../src/base/index.ts';
import type { ArchitectureTable, CostLimit, StrategySpec } from '../../../src/nas/index.ts';
import { makeStrategy, spaceOperators, tableCost } from '../../../src/nas/index.ts';

/** Best accuracy that a strategy has seen after each of these numbers of evaluations of a table. */
export function bestAfter(
  table: ArchitectureTable,
  spec: StrategySpec,
  marks: readonly number[],
  seed: number,
  limit?: CostLimit,
): number[] {
  const rng = createRng(seed);
  const evaluations = Math.max(...marks);
  const { space } = table;
  const operators = spaceOperators(space, limit);
  const strategy = makeStrategy(spec, {
    space,
    operators,
    cost: limit?.cost ?? tableCost(table, 'macs')!,
    ...(limit && { limit: limit.value }),
    evaluations,
    rng: rng.fork('parameters'),
  });
  const draws = rng.fork('proposals');
  const found: number[] = [];
  let best = 0;
  for (let index = 0; index < evaluations; index++) {
    if (!strategy.done?.()) {
      const proposal = strategy.propose(draws.fork(index));
      if (!proposal.ok) throw new Error(proposal.failures[0]!.message);
      const { encoding } = proposal.value;
      const { accuracy, costs } = table.at(encoding);
      // NetAdapt comes down to the limit: what it sees above it is no result
      if (limit === undefined || limit.cost.cost(encoding) <= limit.value) best = Math.max(best, accuracy);
      strategy.feedback(encoding, { fitness: accuracy, costs: [costs.macs] });
    }
    if (marks.includes(index + 1)) found.push(best);
  }
  return found;
}
