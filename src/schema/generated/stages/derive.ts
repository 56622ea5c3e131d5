/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Gives the architecture of the best of some trials. Inside a foreach over trials it turns the one trial that is the item into an architecture. The artifact says nothing of how the trial was rated or found, so that equal architectures are equal artifacts.
 */
export interface Params {
/**
 * Figure that the trials are compared by.
 */
by: ("reward" | "accuracy" | "cost")
/**
 * Which figures are better.
 */
best: ("highest" | "lowest")
}

export type Inputs = {
  readonly "trials": 'trials';
  readonly "space": 'search-space';
};

export type Outputs = {
  readonly "architecture": 'architecture';
};
