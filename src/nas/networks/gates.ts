import type { Network } from '../../net/network.ts';
import type { ChoiceBlock } from '../space/choice.ts';

/**
 * Several options of one choice at once, summed with coefficients. With `gates`, their gradients are reported.
 * `options` are indices into the choice's options.
 */
export interface Alternatives {
  readonly options: readonly number[];
  readonly coefficients: readonly number[];
  readonly gates: boolean;
}

/** A mix layer that stands for a choice block: input k of the mix is option `options[k]`. */
export interface MixedChoice {
  /** Id of the mix layer. */
  readonly layer: string;
  /** Id of the choice block. */
  readonly choice: ChoiceBlock['id'];
  readonly options: readonly number[];
}

/** A path of which choices have gates. */
export interface GatePath {
  /** For `Model.gradients`: one-hot mixes with gates. */
  readonly network: Network;
  /** Which mix layer is which choice block. An option that is not listed has gradient 0. */
  readonly gates: readonly MixedChoice[];
}

/** Options with gates, by choice block; without, all have. */
export type ListedOptions = ReadonlyMap<string, readonly number[]>;

/** The gates of a choice: one for each option that is listed, the active one open; none where fewer than two are. */
export function gatesOf(
  { id, options }: ChoiceBlock,
  active: number,
  listed: ListedOptions | undefined,
): Alternatives | undefined {
  const own = listed === undefined ? [...options.keys()] : listed.get(id);
  if (own === undefined || own.length < 2) return undefined;
  if (!own.includes(active)) {
    throw new Error(`internal error: expected the active option of ${id} among [${own}], got ${active}`);
  }
  return { options: own, coefficients: own.map((k) => (k === active ? 1 : 0)), gates: true };
}
