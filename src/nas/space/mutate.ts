import type { Rng } from '../../base/rng.ts';
import type { Encoding } from './encoding.ts';
import { activeChoices, canonicalEncoding, encodingKey, isActive, optionCount } from './encoding.ts';
import type { ChoiceBlock, Searchable } from './layout.ts';
import { choiceBlocks } from './layout.ts';

/** Mutations to try before a space is taken to have one network only. */
const DRAWS = 1000;

/**
 * Changes one choice block: one that decides something, uniformly, to one of its other options, uniformly
 * (the op mutation of regularized evolution). Choices that come to decide something are drawn uniformly. The result
 * is canonical and never equal to the input, which must be canonical.
 */
export function mutate(space: Searchable, encoding: Encoding, rng: Rng): Encoding {
  const choices = choiceBlocks(space);
  const active = activeChoices({ choices }, encoding);
  const candidates = [...active.keys()].filter((position) => active[position]);
  if (candidates.length === 0) {
    throw new Error(`internal error: expected a choice block to mutate in ${space.name}, got none`);
  }
  // A choice may decide something and still make no difference where it is: then another is taken.
  for (let draw = 0; draw < DRAWS; draw++) {
    const position = candidates[rng.integer(candidates.length)]!;
    const next = [...encoding];
    const options = optionCount({ choices }, encoding, position);
    if (options < 2) continue;
    next[position] = (encoding[position]! + 1 + rng.integer(options - 1)) % options;
    for (let at = position + 1; at < choices.length; at++) {
      if (!active[at] && isActive({ choices }, next, at)) next[at] = rng.integer(choices[at]!.options.length);
    }
    const mutated = canonicalEncoding(space, next);
    if (encodingKey(mutated) !== encodingKey(encoding)) return mutated;
  }
  throw new Error(
    `internal error: expected another network in ${space.name}, got none in ${DRAWS} mutations`,
  );
}

/** Every architecture that one mutation can reach, each once, canonical. */
export function neighbours(space: Searchable, encoding: Encoding): Encoding[] {
  const choices = choiceBlocks(space);
  const active = activeChoices({ choices }, encoding);
  const found = new Map<string, Encoding>();
  for (const position of choices.keys()) {
    if (!active[position]) continue;
    for (let option = 0; option < optionCount({ choices }, encoding, position); option++) {
      if (option === encoding[position]) continue;
      const next = [...encoding];
      next[position] = option;
      for (const each of revivals(choices, next, position + 1, active)) {
        const canonical = canonicalEncoding(space, each);
        const key = encodingKey(canonical);
        if (key !== encodingKey(encoding)) found.set(key, canonical);
      }
    }
  }
  return [...found.values()];
}

/** The encoding with every combination of the choices, from a position on, that have come to decide something. */
function revivals(
  choices: readonly ChoiceBlock[],
  encoding: Encoding,
  from: number,
  before: readonly boolean[],
): Encoding[] {
  for (let at = from; at < choices.length; at++) {
    if (before[at] || !isActive({ choices }, encoding, at)) continue;
    return choices[at]!.options.flatMap((_, option) =>
      revivals(
        choices,
        encoding.map((value, other) => (other === at ? option : value)),
        at + 1,
        before,
      ),
    );
  }
  return [encoding];
}

/**
 * Uniform crossover (OFA): each choice block from either parent with probability 1/2. One that decides something in
 * only one parent comes from that one; one that decides something in neither is drawn uniformly. Canonical.
 */
export function crossover(space: Searchable, a: Encoding, b: Encoding, rng: Rng): Encoding {
  const choices = choiceBlocks(space);
  const [activeA, activeB] = [activeChoices({ choices }, a), activeChoices({ choices }, b)];
  const offspring = choices.map(({ options }, at) => {
    if (activeA[at] && activeB[at]) return rng.integer(2) === 0 ? a[at]! : b[at]!;
    if (activeA[at]) return a[at]!;
    return activeB[at] ? b[at]! : rng.integer(options.length);
  });
  return canonicalEncoding(space, offspring);
}
