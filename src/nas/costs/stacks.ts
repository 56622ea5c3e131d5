import type { StacksSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { Item } from '../networks/item.ts';
import { headItemOf, layerItemOf, stemItemOf } from '../networks/stacks.ts';
import type { Encoding } from '../space/choice.ts';
import { canonicalEncoding } from '../space/encoding.ts';
import { choiceBlocks } from '../space/layout.ts';
import { specify } from '../space/stacks/decide.ts';
import type { LayeredGraph } from './layered.ts';
import { expectedCost, extremePath } from './layered.ts';
import type { CostModel } from './model.ts';
import type { StacksTerms } from './stacks-graph.ts';
import { stacksGraph } from './stacks-graph.ts';

/** A cost model of a space of stacks: a constant and what each place costs, by the layer's shape or its absence. */
export function stacksCost(
  space: StacksSpace,
  quantity: CostModel['quantity'],
  unit: CostModel['unit'],
  terms: StacksTerms,
): CostModel {
  const known = new Map<string, number>();
  const costOf = (item: Item): number => {
    const place = `${item.place} ${item.key}`;
    const found = known.get(place) ?? terms.piece(item);
    known.set(place, found);
    return found;
  };
  let graph: LayeredGraph | undefined;
  const ways = (): LayeredGraph => {
    graph ??= stacksGraph(space, { ...terms, piece: costOf });
    return graph;
  };

  const cost = (encoding: Encoding): number => {
    const { input, stem, places, head } = specify(space, encoding);
    const layers = places.reduce(
      (sum, { id, shape, spec }) =>
        sum + (spec === undefined ? terms.absent(id, shape) : costOf(layerItemOf(space, spec))),
      terms.fixed + costOf(stemItemOf(space, input, stem)),
    );
    return layers + costOf(headItemOf(space, head));
  };

  const extreme = (which: 'cheapest' | 'dearest'): Encoding => {
    const encoding = choiceBlocks(space).map(() => 0);
    for (const [position, option] of extremePath(ways(), which)) encoding[position] = option;
    return canonicalEncoding(space, encoding);
  };

  return {
    quantity,
    unit,
    cost,
    expected: (probabilities) => expectedCost(ways(), probabilities),
    range() {
      const [minEncoding, maxEncoding] = [extreme('cheapest'), extreme('dearest')];
      return { min: cost(minEncoding), max: cost(maxEncoding), minEncoding, maxEncoding };
    },
  };
}
