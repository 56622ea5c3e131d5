/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Gives the architecture of the best of some trials, or the one whose choices are given. Inside a foreach over trials it turns the one trial that is the item into an architecture. The artifact says nothing of how the trial was rated or found, so that equal architectures are equal artifacts.
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
/**
 * Instead of trials: the option of each choice block, by its id. Choices that nothing depends on may be left out.
 */
choices: ({
[k: string]: string | undefined
} | null)
}

export type Inputs = {
  readonly "trials"?: 'trials';
  readonly "space": 'search-space';
};

export type Outputs = {
  readonly "architecture": 'architecture';
};
