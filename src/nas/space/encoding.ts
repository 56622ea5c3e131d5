import type { Failure, Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import type { Rng } from '../../base/rng.ts';
import { distinctCells, orderedCells } from './cells.ts';
import type { Encoding } from './choice.ts';
import { activeChoices, optionCount } from './choice.ts';
import type { BlockLayout, Searchable, SearchSpace } from './layout.ts';
import { choiceBlocks, IDENTITY, spaceLayout } from './layout.ts';
import { distinctArcs } from './macro.ts';
import { distinctNetworks, normalForm } from './stacks/normal.ts';

export type { Encoding } from './choice.ts';
export { activeChoices, isActive, optionCount } from './choice.ts';

/** What an encoding decides of one block: indices into the block's lists of options. */
export interface BlockDecision {
  /** False: the block is left out and the other decisions have no effect. */
  readonly present: boolean;
  readonly kernel: number;
  readonly expansion: number;
  readonly squeezeExcite: number;
}

/** Reads one block's decisions from an encoding. */
export function decide(layout: BlockLayout, encoding: Encoding): BlockDecision {
  const at = (position: number | undefined): number => (position === undefined ? 0 : encoding[position]!);
  return {
    present: at(layout.positions.block) !== IDENTITY,
    kernel: at(layout.positions.kernel),
    expansion: at(layout.positions.expansion),
    squeezeExcite: at(layout.positions['squeeze-excite']),
  };
}

/**
 * Sets every choice that decides nothing to 0 and one beyond its limit to the last that there is, and of encodings that are
 * one network in any other way takes one (`normalForm`).
 */
export function canonicalEncoding(space: Searchable, encoding: Encoding): Encoding {
  const choices = choiceBlocks(space);
  const plain = (from: Encoding): Encoding => {
    const active = activeChoices({ choices }, from);
    return from.map((option, at) =>
      active[at] ? Math.min(option, optionCount({ choices }, from, at) - 1) : 0,
    );
  };
  if (space.grammar === 'cells') return orderedCells(encoding);
  return space.grammar === 'stacks' ? plain(normalForm(space, plain(encoding))) : plain(encoding);
}

/** Text that is equal for equal encodings; canonicalise first to compare architectures. */
export const encodingKey = (encoding: Encoding): string => encoding.join(',');

/**
 * Checks an encoding from outside and returns its canonical form.
 * Codes: `encoding-length`, `encoding-option`.
 */
export function parseEncoding(space: Searchable, values: readonly number[]): Result<Encoding> {
  const choices = choiceBlocks(space);
  if (values.length !== choices.length) {
    return fail({
      code: 'encoding-length',
      message: `an encoding of the space ${space.name} has ${choices.length} entries, not ${values.length}`,
    });
  }
  const failures: Failure[] = [];
  for (const [position, option] of values.entries()) {
    const { id, options } = choices[position]!;
    const isOption = Number.isInteger(option) && option >= 0 && option < options.length;
    const count = optionCount({ choices }, values, position);
    // what is limited by no option has that mistake to be told of, and not this one
    if (isOption && !(option >= count)) continue;
    const listed = options
      .slice(0, count)
      .map((text, index) => `${index} = ${text}`)
      .join(', ');
    failures.push({
      code: 'encoding-option',
      message: `entry ${position} (${id}) is ${option}; it can be ${listed}`,
    });
  }
  return failures.length === 0 ? ok(canonicalEncoding(space, values)) : fail(...failures);
}

/** Whether the values are an encoding of the space (canonical or not). */
export const isValidEncoding = (space: Searchable, values: readonly number[]): boolean =>
  parseEncoding(space, values).ok;

/** The chosen option of every choice block that decides something, by id. */
export function choicesOf(space: Searchable, encoding: Encoding): { [choice: string]: string } {
  const choices = choiceBlocks(space);
  const active = activeChoices({ choices }, encoding);
  return Object.fromEntries(
    choices.flatMap(({ id, options }, position) =>
      active[position] ? [[id, options[encoding[position]!]!]] : [],
    ),
  );
}

/**
 * The canonical encoding with these options, by choice block. Choices inside a block that is left out may be absent.
 * Codes: `unknown-choice`, `unknown-option`, `missing-choice`.
 */
export function encodingOf(
  space: SearchSpace,
  chosen: { readonly [choice: string]: string },
): Result<Encoding> {
  const layout = { choices: choiceBlocks(space) };
  const failures: Failure[] = [];
  const known = new Set(layout.choices.map(({ id }) => id));
  for (const id of Object.keys(chosen)) {
    if (!known.has(id)) {
      failures.push({
        code: 'unknown-choice',
        message: `the space ${space.name} has no choice block "${id}"`,
      });
    }
  }
  const encoding = layout.choices.map(({ id, options }) => {
    const option = chosen[id];
    if (option === undefined) return 0;
    const index = options.indexOf(option);
    if (index < 0) {
      failures.push({
        code: 'unknown-option',
        message: `${id} has no option "${option}"; it can be ${options.join(', ')}`,
      });
    }
    return Math.max(index, 0);
  });
  const active = activeChoices(layout, encoding);
  for (const [position, { id, options }] of layout.choices.entries()) {
    const count = optionCount(layout, encoding, position);
    if (encoding[position]! >= count) {
      failures.push({
        code: 'unknown-option',
        message: `${id} cannot be "${chosen[id]}" here; it can be ${options.slice(0, count).join(', ')}`,
      });
    }
    if (active[position] && chosen[id] === undefined) {
      failures.push({ code: 'missing-choice', message: `${id} is not chosen: one of ${options.join(', ')}` });
    }
  }
  return failures.length === 0 ? ok(canonicalEncoding(space, encoding)) : fail(...failures);
}

/**
 * Every choice block uniform over its options, within its limit. Not canonical: the inside of a block that is left out is
 * drawn, too, which a path that mixes `<block>.block` needs.
 */
export function randomChoices(space: Searchable, rng: Rng): Encoding {
  const choices = choiceBlocks(space);
  const encoding: number[] = [];
  for (const at of choices.keys()) encoding.push(rng.integer(optionCount({ choices }, encoding, at)));
  return encoding;
}

/** A random architecture: every choice block uniform over its options. Canonical. */
export const randomEncoding = (space: Searchable, rng: Rng): Encoding =>
  canonicalEncoding(space, randomChoices(space, rng));

/** How large a space is. */
export interface SpaceSize {
  /** Product of all numbers of options: what papers usually print. */
  readonly raw: bigint;
  /**
   * Distinct architectures: choices inside a block that is left out do not count, nor what goes beyond a limit. Those that
   * differ in which channels of a supernet they have are distinct, though trained alone they are one network.
   */
  readonly distinct: bigint;
}

export function spaceSize(space: SearchSpace): SpaceSize {
  const raw = choiceBlocks(space).reduce((product, { options }) => product * BigInt(options.length), 1n);
  if (space.grammar === 'stacks') return { raw, distinct: distinctNetworks(space) };
  if (space.grammar === 'macro') return { raw, distinct: distinctArcs(space) };
  if (space.grammar === 'cells') return { raw, distinct: distinctCells(space) };
  let distinct = 1n;
  for (const { block } of spaceLayout(space).blocks) {
    const inner = BigInt(block.kernel.length * block.expansion.length * block.squeezeExcite.length);
    distinct *= block.identity ? inner + 1n : inner;
  }
  return { raw, distinct };
}
