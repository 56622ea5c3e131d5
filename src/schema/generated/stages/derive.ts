/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Gives the architecture of the best of some trials, in the space wired: that of the search, or one with the same choices, such as the form `final` of a space that was searched in the form `search`. Accuracies on different images are compared as they are: `phase` keeps them apart. Inside a foreach over trials it turns the one trial that is the item into an architecture. The artifact says nothing of how the trial was rated or found, so that equal architectures are equal artifacts.
 */
export interface Params {
/**
 * Figure that the trials are compared by; a trial that lacks it is an error. The first of equal ones is taken.
 */
by: ("reward" | "accuracy" | "cost")
/**
 * Which figures are better.
 */
best: ("highest" | "lowest")
/**
 * Only trials of this phase of a search. Of `controller-search` and `proxyless-finetune`, `derive` are the final candidates, rated on the whole validation split; `search` are those that were rewarded on a batch, and all trials of `random-search`. `start` and `cut` are of `netadapt`, the others of evolution. Null: all trials.
 */
phase: ("search" | "derive" | "population" | "evolve" | "re-evaluated" | "start" | "cut" | null)
}

export type Inputs = {
  readonly "trials": 'trials';
  readonly "space": 'search-space';
};

export type Outputs = {
  readonly "architecture": 'architecture';
};
