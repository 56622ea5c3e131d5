/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Names an architecture of a search space, by its encoding, by its options in words, or by the name of a published network: one that is known, or the only one of a space of one network.
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
/**
 * A published network; the space is the one that `search-space` makes with the same `published`.
 */
published: ("mobilenet-v2" | "proxyless-mobile" | "proxyless-mobile-14" | "proxyless-cpu" | "proxyless-gpu" | "mnasnet-a1" | "mnasnet-b1" | "mnasnet-small" | "efficientnet-b0" | "mobilenet-v3-large" | "mobilenet-v3-small" | "mobilenet-v4-conv-small" | "ofa-note10-25ms" | "enas-macro-found" | "enas-micro-found" | null)
}

export type Inputs = {
  readonly "space": 'search-space';
};

export type Outputs = {
  readonly "architecture": 'architecture';
};
