import type { Shape } from '../../net/network.ts';
import { shapeText, stridedShape } from '../../net/shape.ts';
import type { StacksSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { Item } from '../networks/item.ts';
import { headItemOf, layerItemOf, stacksItems, stemItemOf } from '../networks/stacks.ts';
import type { Encoding } from '../space/choice.ts';
import { canonicalEncoding } from '../space/encoding.ts';
import { choiceBlocks } from '../space/layout.ts';
import type { Alternative, Picks } from '../space/stacks/walk.ts';
import { stackWays, surroundings } from '../space/stacks/walk.ts';
import type { LayeredGraph } from './layered.ts';
import { expectedCost } from './layered.ts';
import type { CostModel } from './model.ts';
import { stacksGraph } from './stacks-graph.ts';

interface Extreme {
  readonly value: number;
  readonly picks: Picks;
}

/** A cost model of a space of stacks: a constant and what each piece costs, by its shape and place. */
export function stacksCost(
  space: StacksSpace,
  quantity: CostModel['quantity'],
  unit: CostModel['unit'],
  terms: { readonly fixed: number; readonly piece: (item: Item) => number },
): CostModel {
  const known = new Map<string, number>();
  const costOf = (item: Item): number => {
    const place = `${item.place} ${item.key}`;
    const found = known.get(place) ?? terms.piece(item);
    known.set(place, found);
    return found;
  };
  let graph: LayeredGraph | undefined;

  /** The best of all architectures, by the shapes between stacks. */
  function extreme(better: (a: number, b: number) => boolean): { value: number; encoding: Encoding } {
    const best = (found: readonly Extreme[]): Extreme =>
      found.reduce((a, b) => (better(b.value, a.value) ? b : a));
    const priced = <T>({ of, picks }: Alternative<T>, cost: (of: T) => number): Extreme => ({
      value: cost(of),
      picks,
    });
    const plus = (a: Extreme, b: Extreme): Extreme => ({
      value: a.value + b.value,
      picks: [...a.picks, ...b.picks],
    });
    const { images, stems, heads, stacks } = surroundings(space);
    const ends: Extreme[] = [];
    for (const image of images) {
      let states = new Map<string, { shape: Shape; so: Extreme }>();
      const offer = (into: typeof states, shape: Shape, so: Extreme): void => {
        const held = into.get(shapeText(shape));
        into.set(shapeText(shape), { shape, so: held === undefined ? so : best([held.so, so]) });
      };
      for (const stem of stems) {
        const cost = costOf(stemItemOf(space, image.of, stem.of)) + terms.fixed;
        const shape = stridedShape(image.of, space.stem.stride, stem.of.filters);
        offer(states, shape, { value: cost, picks: [...image.picks, ...stem.picks] });
      }
      for (const layout of stacks) {
        const next: typeof states = new Map();
        for (const { shape, so } of states.values()) {
          for (const { output, picks, parts } of stackWays(space, layout, shape)) {
            const through = parts.map((runs) =>
              best(
                runs.map((run) =>
                  priced(run, (specs) =>
                    specs.reduce((sum, spec) => sum + costOf(layerItemOf(space, spec)), 0),
                  ),
                ),
              ),
            );
            offer(next, output, through.reduce(plus, plus(so, { value: 0, picks })));
          }
        }
        states = next;
      }
      for (const { shape, so } of states.values()) {
        const last = heads(shape).map((head) => priced(head, (of) => costOf(headItemOf(space, of))));
        ends.push(plus(so, best(last)));
      }
    }
    const { value, picks } = best(ends);
    const encoding = choiceBlocks(space).map(() => 0);
    for (const [position, option] of picks) encoding[position] = option;
    return { value, encoding: canonicalEncoding(space, encoding) };
  }

  return {
    quantity,
    unit,
    cost: (encoding) => stacksItems(space, encoding).reduce((sum, item) => sum + costOf(item), terms.fixed),
    expected(probabilities) {
      graph ??= stacksGraph(space, terms.fixed, costOf);
      return expectedCost(graph, probabilities);
    },
    range() {
      const low = extreme((a, b) => a < b);
      const high = extreme((a, b) => a > b);
      return { min: low.value, max: high.value, minEncoding: low.encoding, maxEncoding: high.encoding };
    },
  };
}
