import type { Rng } from '../base/rng.ts';
import type { StacksSpace } from '../schema/generated/artifacts/search-space.ts';
import type { ChoiceBlock } from './space/choice.ts';
import type { Encoding } from './space/encoding.ts';
import { canonicalEncoding } from './space/encoding.ts';
import { choiceBlocks } from './space/layout.ts';
import { stacksLayout } from './space/stacks/layout.ts';

/** The smallest options that a phase of progressive shrinking trains; null: the largest only. */
export interface Shrunk {
  readonly kernel: number | null;
  readonly depth: number | null;
  readonly expansion: number | null;
}

/** Whether a phase trains nothing but the largest network. */
export const isWhole = ({ kernel, depth, expansion }: Shrunk): boolean =>
  kernel === null && depth === null && expansion === null;

const shrinks = (what: string): what is keyof Shrunk => ['kernel', 'depth', 'expansion'].includes(what);

/** Options of a choice block, by index, that a phase trains: of what does not shrink all. */
function trained({ what, options }: ChoiceBlock, shrunk: Shrunk): readonly number[] {
  const all = [...options.keys()];
  if (!shrinks(what)) return all;
  const values = options.map(Number);
  const least = shrunk[what] ?? Math.max(...values);
  return all.filter((option) => values[option]! >= Math.min(least, Math.max(...values)));
}

/** A sub-network of a phase: every choice uniform over what the phase trains. Canonical. */
export const shrunkEncoding = (space: StacksSpace, shrunk: Shrunk, rng: Rng): Encoding =>
  canonicalEncoding(
    space,
    choiceBlocks(space).map((choice) => {
      const options = trained(choice, shrunk);
      return options[rng.integer(options.length)]!;
    }),
  );

/** An architecture for images of one of the sides that its space lists; itself where there are no several. */
export function withSide(space: StacksSpace, encoding: Encoding, side: number): Encoding {
  const { resolution } = stacksLayout(space);
  return resolution === undefined ? encoding : encoding.with(resolution, space.sides.indexOf(side));
}

/**
 * Sub-networks of one step of a phase, for images of one side, drawn uniformly: they share a batch (Once-for-All draws
 * a side for each batch).
 */
export function shrunkEncodings(space: StacksSpace, shrunk: Shrunk, count: number, rng: Rng): Encoding[] {
  const { sides } = space;
  const side = sides.length < 2 ? space.input.h : sides[rng.fork('side').integer(sides.length)]!;
  return Array.from({ length: count }, (_, k) =>
    withSide(space, shrunkEncoding(space, shrunk, rng.fork(k)), side),
  );
}

/** Values of an attribute that a phase trains, over all choice blocks that have it. */
export const trainedValues = (space: StacksSpace, what: keyof Shrunk, shrunk: Shrunk): number[] => [
  ...new Set(
    choiceBlocks(space)
      .filter((choice) => choice.what === what)
      .flatMap((choice) => trained(choice, shrunk).map((option) => Number(choice.options[option]))),
  ),
];
