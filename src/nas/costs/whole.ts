import { countNetwork } from '../../net/count.ts';
import type { CellSpace, MacroSpace } from '../../schema/generated/artifacts/search-space.ts';
import { childNetwork } from '../networks/paths.ts';
import type { Encoding } from '../space/choice.ts';
import { canonicalEncoding, encodingKey } from '../space/encoding.ts';
import { choiceBlocks } from '../space/layout.ts';
import type { ArchitectureCost, CostModel } from './model.ts';

/** Counts of whole networks: for spaces whose pieces depend on each other. */
export function wholeCost(
  space: MacroSpace | CellSpace,
  quantity: 'params' | 'macs',
  unit: CostModel['unit'],
): ArchitectureCost {
  const known = new Map<string, number>();
  const cost = (encoding: Encoding): number => {
    const key = encodingKey(encoding);
    const found = known.get(key) ?? countNetwork(childNetwork(space, encoding))[quantity];
    known.set(key, found);
    return found;
  };
  return {
    quantity,
    unit,
    cost,
    range() {
      const best = (encodings: readonly Encoding[], better: (a: number, b: number) => boolean): Encoding =>
        encodings.reduce((a, b) => (better(cost(b), cost(a)) ? b : a));
      const extreme = (better: (a: number, b: number) => boolean): Encoding => {
        if (space.grammar === 'macro') return best(macroCorners(space), better);
        // What a branch costs does not depend on the tensor that it reads: each cell's operations are chosen alone.
        let found = best(cellCorners(space), better);
        for (const cell of [0, 1]) {
          const alternatives = space.operations.map((_, option) => withOperation(space, found, cell, option));
          found = best(alternatives, better);
        }
        return canonicalEncoding(space, found);
      };
      const minEncoding = extreme((a, b) => a < b);
      const maxEncoding = extreme((a, b) => a > b);
      return { min: cost(minEncoding), max: cost(maxEncoding), minEncoding, maxEncoding };
    },
  };
}

/**
 * One operation in all layers, with no skip and with all: a layer's cost grows with its operation's and with its skips,
 * and operations are in the same order in every layer.
 */
const macroCorners = (space: MacroSpace): Encoding[] =>
  space.operations.flatMap((_, option) =>
    [0, 1].map((skip) => choiceBlocks(space).map(({ what }) => (what === 'op' ? option : skip))),
  );

/** How a node is wired, as inputs by the number of tensors before it. */
const WIRINGS: readonly ((tensors: number) => readonly [number, number])[] = [
  // A chain: one loose end.
  (tensors) => (tensors === 2 ? [0, 1] : [tensors - 1, tensors - 1]),
  // A chain from the second node on: two.
  (tensors) => (tensors <= 3 ? [0, 1] : [tensors - 1, tensors - 1]),
  // All read input 0: as many as can be.
  () => [0, 0],
];

/**
 * Wirings of each of the cells that reach the extremes. What comes out is as wide as it has loose ends, and costs grow
 * with it, but that one end is as wide as the next cell asks for, and two as a reduction does, which saves a projection.
 */
const cellCorners = (space: CellSpace): Encoding[] =>
  WIRINGS.flatMap((normal) =>
    WIRINGS.map((reduction) =>
      choiceBlocks(space).map(({ what, options }, at) => {
        if (what.startsWith('op')) return 0;
        const inputs = (at < 4 * space.nodes ? normal : reduction)(options.length);
        return inputs[what === 'input1' ? 0 : 1];
      }),
    ),
  );

/** All operations of a cell replaced by one. */
const withOperation = (space: CellSpace, encoding: Encoding, cell: number, option: number): Encoding =>
  choiceBlocks(space).map(({ what }, at) =>
    what.startsWith('op') && Math.floor(at / (4 * space.nodes)) === cell ? option : encoding[at]!,
  );
