import type { CellSpace, MacroSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { Encoding } from '../space/choice.ts';
import { choiceBlocks } from '../space/layout.ts';
import { cellNetwork } from './cells.ts';
import type { Item } from './item.ts';
import { distinctItems } from './item.ts';
import { macroNetwork } from './macro.ts';
import { cut } from './pieces.ts';

/** Layers of ENAS's macro space that are timed together: an operation, what joins the skips, a halving, stem and head. */
const macroGroup = (id: string): string => {
  const [layer, what = ''] = id.split('.');
  if (!/^l\d+$/.test(layer!)) return layer === 'stem' ? 'stem' : 'head';
  if (what.startsWith('half')) return `${layer}.${what}`;
  return /^(add\d+|bn|all|join)$/.test(what) ? `${layer}.join` : `${layer}.${what}`;
};

/** Layers of cells that are timed together: what fits an input, a branch of a node, a sum, the output, stem and head. */
const cellGroup = (id: string): string => {
  const [cell, what = '', side] = id.split('.');
  if (!/^c\d+$/.test(cell!)) return cell === 'stem' ? 'stem' : 'head';
  if (/^n\d+$/.test(what))
    return side === undefined ? `${cell}.${what}` : id.split('.').slice(0, 5).join('.');
  return what === 'ends' || what === 'out' ? `${cell}.out` : `${cell}.${what}`;
};

/** The pieces of one architecture, in order. */
export const wholeItems = (space: MacroSpace | CellSpace, encoding: Encoding): Item[] =>
  space.grammar === 'macro'
    ? cut(macroNetwork(space, encoding), macroGroup)
    : cut(cellNetwork(space, encoding), cellGroup);

const known = new WeakMap<MacroSpace | CellSpace, Item[]>();

/** Every distinct piece of a space, sorted by key. */
export function everyWholeItem(space: MacroSpace | CellSpace): Item[] {
  const items =
    known.get(space) ??
    distinctItems(
      (space.grammar === 'macro' ? macroSamples(space) : cellSamples(space)).flatMap((encoding) =>
        wholeItems(space, encoding),
      ),
    );
  known.set(space, items);
  return items;
}

/** Architectures that have every piece: each operation everywhere, each number of skips wherever there are as many. */
const macroSamples = (space: MacroSpace): Encoding[] => [
  ...space.operations.map((_, option) => choiceBlocks(space).map(({ what }) => (what === 'op' ? option : 0))),
  ...Array.from({ length: space.layers }, (_, count) =>
    choiceBlocks(space).map(({ what }) =>
      what !== 'op' && Number(what.slice('skip'.length)) < count ? 1 : 0,
    ),
  ),
];

/** Each operation everywhere, each number of loose ends: what else a piece depends on is its place. */
const cellSamples = (space: CellSpace): Encoding[] => [
  ...space.operations.map((_, option) => wired(space, [1, 1], [option, option])),
  ...Array.from({ length: space.nodes + 1 }, (_, ends) => wired(space, [ends + 1, ends + 1], [0, 0])),
];

/** Cells of so many loose ends, 1 to nodes + 1, all of one operation each. */
export function wired(
  space: CellSpace,
  ends: readonly [normal: number, reduction: number],
  operations: readonly [normal: number, reduction: number],
): Encoding {
  const { nodes } = space;
  return choiceBlocks(space).map(({ what }, at) => {
    const cell = Math.floor(at / (4 * nodes));
    if (what.startsWith('op')) return operations[cell]!;
    const node = Math.floor(at / 4) % nodes;
    // a chain has one loose end; each of the last nodes that reads input 0 instead leaves one more
    if (node > nodes - ends[cell]!) return 0;
    return node === 0 ? (what === 'input1' ? 0 : 1) : node + 1;
  });
}
