import type { ChoiceBlock, Condition } from '../space/choice.ts';

/** A choice of a table: options that are names and nothing more. */
export const plainChoice = (
  id: string,
  options: readonly string[],
  when?: readonly Condition[],
): ChoiceBlock => ({
  id,
  block: id,
  what: 'option',
  tag: 'op',
  options,
  ...(when === undefined ? {} : { when }),
});
