/** One searchable position of a space. */
export interface ChoiceBlock {
  /** `<block>.<what>`, unique in the space. */
  readonly id: string;
  /** Id of the block it belongs to. */
  readonly block: string;
  readonly what: string;
  /** TuNAS's kinds of choice: which operation, or how many filters. They warm up differently. */
  readonly tag: 'op' | 'filters';
  /** The options in words, in the order of their indices. */
  readonly options: readonly string[];
  /**
   * Earlier choices that decide whether this one decides anything: all must hold, those of such an earlier
   * choice included. Absent: it always does.
   */
  readonly when?: readonly Condition[];
  /**
   * The earlier choice, one that always decides something, that limits this one: with its option k, to the first
   * `options[k]`. On a choice that is limited no other depends.
   */
  readonly limit?: { readonly position: number; readonly options: readonly number[] };
}

/** That the choice at a position of the encoding is one of these options. */
export interface Condition {
  readonly position: number;
  readonly options: readonly number[];
}

/**
 * Index of the chosen option of every choice block, in the order of `choiceBlocks`. *Canonical* when every choice
 * that decides nothing (inside a block that is left out) is 0 and none is beyond its limit; equal architectures have equal
 * canonical encodings.
 */
export type Encoding = readonly number[];

/** Whether the choice at a position decides anything; later choices do not matter. */
export const isActive = (
  { choices }: { readonly choices: readonly ChoiceBlock[] },
  encoding: Encoding,
  at: number,
): boolean =>
  (choices[at]!.when ?? []).every(({ position, options }) => options.includes(encoding[position]!));

/** How many of a choice's options, from the first on, go together with the earlier choices. */
export function optionCount(
  { choices }: { readonly choices: readonly ChoiceBlock[] },
  encoding: Encoding,
  at: number,
): number {
  const { options, limit } = choices[at]!;
  return limit === undefined ? options.length : limit.options[encoding[limit.position]!]!;
}

/** Of every choice block, whether it decides anything: false inside a block that is left out. */
export const activeChoices = (
  layout: { readonly choices: readonly ChoiceBlock[] },
  encoding: Encoding,
): boolean[] => layout.choices.map((_, at) => isActive(layout, encoding, at));
