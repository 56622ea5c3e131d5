import type { MacroSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { Item } from '../networks/item.ts';
import { macroPieces } from '../networks/whole-pieces.ts';
import type { Encoding } from '../space/choice.ts';
import { macroHalvings, macroLayers, macroTensor } from '../space/macro.ts';
import { macroExpectation } from './macro-expected.ts';
import { bestOperations, type LayerPrices } from './macro-operations.ts';
import { cheapestSkips, dearestSkips, type SkipPrices } from './macro-skips.ts';
import type { CostModel } from './model.ts';

/** Where a cost of a macro space comes from. */
export interface MacroTerms {
  readonly fixed: number;
  readonly piece: (item: Item) => number;
  /** Whether halvings of tensors that nothing joins cost something, as they do of parameters, but not of time. */
  readonly unusedHalvings: boolean;
}

/**
 * A cost of the networks of a macro space. A layer costs by its operations and by its number of skips, whatever the others
 * are, but for halvings, of which a time has only those of tensors that are joined behind them. The range is exact; so is the
 * expectation, which there is where channels are not parted.
 */
export function macroCost(
  space: MacroSpace,
  quantity: CostModel['quantity'],
  unit: CostModel['unit'],
  { fixed, piece, unusedHalvings }: MacroTerms,
): CostModel {
  const halvings = macroHalvings(space);
  const known = new Map<string, number>();
  const price = (place: string, variant: string | number = ''): number => {
    const key = `${place} ${variant}`;
    const found = known.get(key) ?? piece(macroPieces(space).get(key)!);
    known.set(key, found);
    return found;
  };
  const layerPrices = (layer: number): LayerPrices => ({
    branch: ({ operation, count }) => price(`l${layer}.${operation}`, count),
    mix: (parts) => (space.partition === 0 ? 0 : price(`l${layer}.mix`, parts)),
  });
  const join = (layer: number, skips: number): number => (layer === 0 ? 0 : price(`l${layer}.join`, skips));
  const half = (which: number): number => price(`l${halvings[which]!}.half`);
  const ends = (): number => fixed + price('stem') + price('head');

  const cost = (encoding: Encoding): number => {
    const layers = macroLayers(space, encoding);
    let sum = ends();
    for (const [layer, { branches, skips }] of layers.entries()) {
      const { branch, mix } = layerPrices(layer);
      for (const each of branches) sum += branch(each);
      sum += mix(branches.reduce((parts, { count }) => parts + count, 0)) + join(layer, skips.length);
    }
    for (const [which, behind] of halvings.entries()) {
      // the tensor before the next layer is halved whatever is joined
      const reached = new Set([behind + 1]);
      for (const [layer, { skips }] of layers.entries()) {
        if (layer <= behind) continue;
        for (const anchor of skips) {
          const tensor = macroTensor(space, anchor);
          if (tensor <= behind) reached.add(tensor);
        }
      }
      sum += half(which) * (unusedHalvings ? behind + 2 : reached.size);
    }
    return sum;
  };
  const skipPrices = (): SkipPrices => ({ join, half: (which) => (unusedHalvings ? 0 : half(which)) });
  const extreme = (sign: 1 | -1): Encoding => {
    const better = (a: number, b: number): boolean => sign * a < sign * b;
    const skips = (sign === 1 ? cheapestSkips : dearestSkips)(space, skipPrices());
    return Array.from({ length: space.layers }, (_, layer) => [
      ...bestOperations(space, layerPrices(layer), better),
      ...Array.from({ length: layer }, (_, anchor) =>
        skips[layer]!.has(macroTensor(space, anchor)) ? 1 : 0,
      ),
    ]).flat();
  };
  return {
    quantity,
    unit,
    cost,
    expected(probabilities) {
      if (space.partition !== 0)
        throw new Error('internal error: expected channels that are not parted, got parts');
      const operation = (layer: number, option: number): number =>
        layerPrices(layer).branch({ operation: space.operations[option]!, first: 0, count: 1 });
      return macroExpectation(space, { fixed: ends(), operation, join, half, unusedHalvings }, probabilities);
    },
    range() {
      const [minEncoding, maxEncoding] = [extreme(1), extreme(-1)];
      return { min: cost(minEncoding), max: cost(maxEncoding), minEncoding, maxEncoding };
    },
  };
}
