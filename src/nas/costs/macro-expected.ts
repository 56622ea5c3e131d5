import type { MacroSpace } from '../../schema/generated/artifacts/search-space.ts';
import { macroHalvings, macroTensor } from '../space/macro.ts';
import type { ExpectedCost } from './model.ts';

/** What the parts of a macro space's networks cost whose channels are not parted. */
export interface MacroPrices {
  /** Of every network. */
  readonly fixed: number;
  /** Of an operation of a layer, by its option. */
  readonly operation: (layer: number, option: number) => number;
  readonly join: (layer: number, skips: number) => number;
  /** Of one tensor at the first or the second halving. */
  readonly half: (which: number) => number;
  readonly unusedHalvings: boolean;
}

/**
 * Mean cost of a macro space when every choice is drawn independently, exactly: operations by their probabilities, the joining
 * of skips by the distribution of their number, a halving that has to be reached by 1 − Π p(off) over the skips behind it
 * that join the tensor.
 */
export function macroExpectation(
  space: MacroSpace,
  { fixed, operation, join, half, unusedHalvings }: MacroPrices,
  probabilities: readonly (readonly number[])[],
): ExpectedCost {
  const gradient = probabilities.map((row) => row.map(() => 0));
  const halvings = macroHalvings(space);
  /** Positions of the skips that join a tensor, by layer. */
  const joins: { readonly layer: number; readonly tensor: number; readonly position: number }[] = [];
  let value = fixed;
  let at = 0;
  for (let layer = 0; layer < space.layers; layer++) {
    const operations = at++;
    for (const [option, p] of probabilities[operations]!.entries()) {
      const price = operation(layer, option);
      value += p * price;
      gradient[operations]![option]! += price;
    }
    const skips = Array.from({ length: layer }, (_, anchor) => {
      joins.push({ layer, tensor: macroTensor(space, anchor), position: at });
      return at++;
    });
    const price = (counts: readonly number[], more: number): number =>
      counts.reduce((sum, p, count) => sum + p * join(layer, count + more), 0);
    value += price(numberOn(skips, probabilities), 0);
    for (const position of skips) {
      const others = numberOn(
        skips.filter((other) => other !== position),
        probabilities,
      );
      gradient[position]![0]! += price(others, 0);
      gradient[position]![1]! += price(others, 1);
    }
  }
  for (const [which, behind] of halvings.entries()) {
    // the tensor before the next layer is halved whatever is joined
    if (unusedHalvings) {
      value += half(which) * (behind + 2);
      continue;
    }
    value += half(which);
    for (let tensor = 0; tensor <= behind; tensor++) {
      const positions = joins.flatMap((each) =>
        each.layer > behind && each.tensor === tensor ? [each.position] : [],
      );
      const off = (without?: number): number =>
        positions.reduce((p, position) => (position === without ? p : p * probabilities[position]![0]!), 1);
      value += half(which) * (1 - off());
      for (const position of positions) gradient[position]![0]! -= half(which) * off(position);
    }
  }
  return { value, gradient };
}

/** Probabilities that 0, 1, … of these skips are on. */
function numberOn(
  positions: readonly number[],
  probabilities: readonly (readonly number[])[],
): readonly number[] {
  let counts = [1];
  for (const position of positions) {
    const [off, on] = probabilities[position]!;
    counts = Array.from(
      { length: counts.length + 1 },
      (_, count) => off! * (counts[count] ?? 0) + on! * (counts[count - 1] ?? 0),
    );
  }
  return counts;
}
