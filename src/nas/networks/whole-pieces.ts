import type { CellSpace, MacroSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { Encoding } from '../space/choice.ts';
import { choiceBlocks } from '../space/layout.ts';
import { macroLayers } from '../space/macro.ts';
import { cellNetwork } from './cells.ts';
import type { Item } from './item.ts';
import { distinctItems } from './item.ts';
import { macroNetwork } from './macro.ts';
import { cut } from './pieces.ts';

/**
 * Layers of ENAS's macro space that are timed together: an operation, what joins the parts of the channels, what joins the
 * skips, a halving, stem and head. The copying of parts of any width into one tensor is in none: what joins them reads that.
 */
const macroGroup = (id: string): string | undefined => {
  const [layer, what = '', which] = id.split('.');
  if (what === 'mix' && which === 'all') return undefined;
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
      space.grammar === 'macro'
        ? [...macroPieces(space).values()]
        : cellSamples(space).flatMap((encoding) => wholeItems(space, encoding)),
    );
  known.set(space, items);
  return items;
}

/**
 * Architectures that have every piece: each operation everywhere, or where channels are parted each count of an operation's
 * parts and each of all operations' together; each number of skips wherever there are as many.
 */
const macroSamples = (space: MacroSpace): Encoding[] => [
  ...(space.partition === 0
    ? space.operations.map((_, option) => choiceBlocks(space).map(({ what }) => (what === 'op' ? option : 0)))
    : countSamples(space)),
  ...Array.from({ length: space.layers }, (_, count) =>
    choiceBlocks(space).map(({ what }) =>
      what.startsWith('skip') && Number(what.slice('skip'.length)) < count ? 1 : 0,
    ),
  ),
];

const placed = new WeakMap<MacroSpace, ReadonlyMap<string, Item>>();

/**
 * The pieces of a macro space by place and what they vary by: `l2.conv3 1`, where channels are parted their count;
 * `l2.mix 9`, parts in all; `l2.join 3`, skips; `l0.half `, of any tensor; `stem `, `head `.
 */
export function macroPieces(space: MacroSpace): ReadonlyMap<string, Item> {
  const known = placed.get(space);
  if (known !== undefined) return known;
  const pieces = new Map<string, Item>();
  const byShape = new Map<string, Item>();
  for (const encoding of macroSamples(space)) {
    const layers = macroLayers(space, encoding);
    for (const item of wholeItems(space, encoding)) {
      const [layer, what] = item.place!.split('.');
      const { branches, skips } = layers[Number(layer!.slice(1))] ?? { branches: [], skips: [] };
      const branch = branches.find(({ operation }) => operation === what);
      let key = `${item.place} `;
      if (branch !== undefined) key += branch.count;
      else if (what === 'mix') key += branches.reduce((parts, { count }) => parts + count, 0);
      else if (what === 'join') key += skips.length;
      else if (what?.startsWith('half')) key = `${layer}.half `;
      if (pieces.has(key)) continue;
      // of the cut network a piece keeps nothing else
      const same = byShape.get(item.key) ?? { ...item, network: item.network };
      byShape.set(item.key, same);
      pieces.set(key, same);
    }
  }
  placed.set(space, pieces);
  return pieces;
}

/** From the least number of parts to the most, one more of one operation each time, of one after the other. */
function countSamples(space: MacroSpace): Encoding[] {
  const more = space.partition - 2;
  return Array.from({ length: space.operations.length * more + 1 }, (_, beyond) => {
    let left = 0;
    return choiceBlocks(space).map(({ what }) => {
      if (what === `${space.operations[0]}-start`) left = beyond;
      if (!what.endsWith('-count')) return 0;
      const own = Math.min(left, more);
      left -= own;
      return own;
    });
  });
}

/**
 * Each operation everywhere, each number of loose ends, either input among them: what else a piece depends on is its
 * place.
 */
const cellSamples = (space: CellSpace): Encoding[] => [
  readingOnly(space, 0),
  readingOnly(space, 1),
  ...space.operations.map((_, option) => wired(space, [1, 1], [option, option])),
  ...Array.from({ length: space.nodes + 1 }, (_, ends) => wired(space, [ends + 1, ends + 1], [0, 0])),
];

/** Cells whose nodes all read one input, so that the other one and all nodes are loose ends. */
export const readingOnly = ({ nodes }: CellSpace, input: 0 | 1): Encoding =>
  Array.from({ length: 2 * nodes }, () => [input, 0, input, 0]).flat();

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
