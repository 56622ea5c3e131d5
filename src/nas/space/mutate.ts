import type { Rng } from '../../base/rng.ts';
import type { Encoding } from './encoding.ts';
import { activeChoices, canonicalEncoding } from './encoding.ts';
import type { BlockLayout, SearchSpace, SpaceLayout } from './layout.ts';
import { IDENTITY, spaceLayout } from './layout.ts';

/**
 * Changes one choice block: one that decides something, uniformly, to one of its other options, uniformly
 * (the op mutation of regularized evolution). A block that comes back draws its inner choices uniformly. The result
 * is canonical and never equal to the input.
 */
export function mutate(space: SearchSpace, encoding: Encoding, rng: Rng): Encoding {
  const layout = spaceLayout(space);
  const active = activeChoices(layout, encoding);
  const candidates = [...active.keys()].filter((position) => active[position]);
  const position = candidates[rng.integer(candidates.length)];
  if (position === undefined) {
    throw new Error(`internal error: expected a choice block to mutate in ${space.name}, got none`);
  }
  const next = [...encoding];
  const options = layout.choices[position]!.options.length;
  next[position] = (encoding[position]! + 1 + rng.integer(options - 1)) % options;
  const revived = revivedBlock(layout, position, encoding);
  if (revived !== undefined) {
    for (const inner of innerPositions(revived)) {
      next[inner] = rng.integer(layout.choices[inner]!.options.length);
    }
  }
  return canonicalEncoding(space, next);
}

/** Every architecture that one mutation can reach, each once, canonical. */
export function neighbours(space: SearchSpace, encoding: Encoding): Encoding[] {
  const layout = spaceLayout(space);
  const active = activeChoices(layout, encoding);
  const result: Encoding[] = [];
  for (const [position, { options }] of layout.choices.entries()) {
    if (!active[position]) continue;
    for (let option = 0; option < options.length; option++) {
      if (option === encoding[position]) continue;
      const next = [...encoding];
      next[position] = option;
      const revived = revivedBlock(layout, position, encoding);
      if (revived === undefined) result.push(canonicalEncoding(space, next));
      else result.push(...combinations(layout, next, innerPositions(revived)));
    }
  }
  return result;
}

/** The block that comes back when this position changes, if any. */
const revivedBlock = (layout: SpaceLayout, position: number, encoding: Encoding): BlockLayout | undefined =>
  encoding[position] === IDENTITY
    ? layout.blocks.find(({ positions }) => positions.block === position)
    : undefined;

const innerPositions = ({ positions }: BlockLayout): number[] =>
  Object.values(positions).filter((position) => position !== positions.block);

function combinations(layout: SpaceLayout, encoding: Encoding, positions: readonly number[]): Encoding[] {
  let result = [encoding];
  for (const position of positions) {
    const options = layout.choices[position]!.options;
    result = result.flatMap((partial) =>
      options.map((_, option) => partial.map((value, at) => (at === position ? option : value))),
    );
  }
  return result;
}
