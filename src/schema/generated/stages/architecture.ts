/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Names an architecture of a search space, by its encoding or by its options in words: one that is known, or the only one of a space of one network.
 */
export interface Params {
/**
 * Index of the chosen option of every choice block, in the order of the space; null: as `choices` says.
 */
encoding: (number[] | null)
/**
 * Choice block → option, as `show` prints them of the space; those that decide nothing may be absent.
 */
choices: {
[k: string]: string | undefined
}
}

export type Inputs = {
  readonly "space": 'search-space';
};

export type Outputs = {
  readonly "architecture": 'architecture';
};
