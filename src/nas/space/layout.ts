import { never } from '../../base/result.ts';
import type { Shape } from '../../net/network.ts';
import { makeDivisible, stridedShape } from '../../net/shape.ts';
import type {
  MacroSpace,
  MobilenetSpace,
  SearchSpace,
  SpaceBlock,
  StacksSpace,
} from '../../schema/generated/artifacts/search-space.ts';
import { cellChoices } from './cells.ts';
import type { ChoiceBlock } from './choice.ts';
import { macroChoices } from './macro.ts';
import { stacksLayout } from './stacks/layout.ts';

export type { CellSpace, MacroSpace } from '../../schema/generated/artifacts/search-space.ts';
export type { ChoiceBlock, Condition } from './choice.ts';
export type { MobilenetSpace, SearchSpace, SpaceBlock, StacksSpace };

/** What a choice block decides of its block. */
export type ChoiceWhat = 'block' | 'kernel' | 'expansion' | 'squeeze-excite';

/** Index of the `identity` option of a `<block>.block` choice. */
export const IDENTITY = 1;

/** A block of a space in its place: shapes, and where its choices lie in an encoding. */
export interface BlockLayout {
  readonly block: SpaceBlock;
  readonly input: Shape;
  readonly output: Shape;
  /** Channels between expansion and projection, by expansion option: md8(input channels · ratio). */
  readonly expanded: readonly number[];
  /** Positions in the encoding; absent where there is only one option. */
  readonly positions: { readonly [what in ChoiceWhat]?: number };
}

/** Everything that follows from a space of the grammar `mobilenet` alone. */
export interface SpaceLayout {
  readonly choices: readonly ChoiceBlock[];
  readonly blocks: readonly BlockLayout[];
  /** Shape after the stem, and of the last block. */
  readonly stem: Shape;
  readonly last: Shape;
}

/** Order of a block's choices in an encoding: whether it is there decides whether the others matter. */
const ORDER: readonly ChoiceWhat[] = ['block', 'kernel', 'expansion', 'squeeze-excite'];

const layouts = new WeakMap<MobilenetSpace, SpaceLayout>();

/**
 * Shapes of all blocks of a space, and its choice blocks in the order of an encoding. Remembered by the identity of
 * the space, which must not change.
 */
export function spaceLayout(space: MobilenetSpace): SpaceLayout {
  const known = layouts.get(space);
  if (known !== undefined) return known;
  const layout = walk(space);
  layouts.set(space, layout);
  return layout;
}

function walk(space: MobilenetSpace): SpaceLayout {
  const choices: ChoiceBlock[] = [];
  const blocks: BlockLayout[] = [];
  const stem = stridedShape(space.input, space.stem.stride, space.stem.filters);
  let input = stem;
  for (const block of space.blocks) {
    const output = stridedShape(input, block.stride, block.output);
    const positions: { [what in ChoiceWhat]?: number } = {};
    for (const what of ORDER) {
      const options = optionsOf(block, what);
      if (options.length < 2) continue;
      positions[what] = choices.length;
      const tag = what === 'expansion' ? 'filters' : 'op';
      const { block: presence } = positions;
      choices.push({
        id: `${block.id}.${what}`,
        block: block.id,
        what,
        tag,
        options,
        ...(presence === undefined || what === 'block'
          ? {}
          : { when: [{ position: presence, options: [1 - IDENTITY] }] }),
      });
    }
    const channels = input.c;
    const expanded = block.expansion.map((ratio) => makeDivisible(channels * ratio));
    blocks.push({ block, input, output, expanded, positions });
    input = output;
  }
  return { choices, blocks, stem, last: input };
}

/** Choice blocks and no networks: what a table of architectures is to a strategy. */
export interface ChoiceList {
  readonly grammar: 'choices';
  /** For messages. */
  readonly name: string;
  readonly choices: readonly ChoiceBlock[];
}

/** What can be searched: all that a strategy knows of it are its choice blocks. */
export type Searchable = SearchSpace | ChoiceList;

/** The choice blocks, in the order of an encoding. */
export const choiceBlocks = (space: Searchable): readonly ChoiceBlock[] =>
  space.grammar === 'choices' ? space.choices : layoutOf(space).choices;

function layoutOf(space: SearchSpace): { readonly choices: readonly ChoiceBlock[] } {
  switch (space.grammar) {
    case 'mobilenet':
      return spaceLayout(space);
    case 'stacks':
      return stacksLayout(space);
    case 'macro':
      return { choices: macroChoices(space) };
    case 'cells':
      return { choices: cellChoices(space) };
    default:
      return never(space);
  }
}

/** Spaces whose networks are layers in a row, each in a place of its own between stem and head. */
export type PiecewiseSpace = MobilenetSpace | StacksSpace;

/** Spaces whose choices have gates that gradients reach, unless channels are parted or sides of images searched. */
export type GatedSpace = PiecewiseSpace | MacroSpace;

/** Whether the layers of a space lie in places; else its latency tables know shapes only. */
export const inPlaces = (space: SearchSpace): space is PiecewiseSpace =>
  space.grammar === 'mobilenet' || space.grammar === 'stacks';

function optionsOf(block: SpaceBlock, what: ChoiceWhat): readonly string[] {
  switch (what) {
    case 'block':
      return block.identity ? ['mbconv', 'identity'] : ['mbconv'];
    case 'kernel':
      return block.kernel.map(String);
    case 'expansion':
      return block.expansion.map(String);
    case 'squeeze-excite':
      return block.squeezeExcite.map((on) => (on ? 'on' : 'off'));
  }
}
