/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Goes down from one architecture to a limit of cost (NetAdapt, Yang et al. 2018, as MobileNetV3 uses it, Howard et al. 2019 §4.2). Each step evaluates, for each choice, the change that cuts the cost by a given amount with least to spare (where no change of one choice cuts so much, for each the one that cuts most), with inherited weights, batch-norm statistics recalibrated, on the whole validation split; it keeps the one that `keep` says. The weights are the supernet’s throughout: proposals are not trained on.
 */
export interface Params {
/**
 * Largest cost of the architecture that is found: the first at or below it ends the search. Below the reachable range it is an error before any evaluation.
 */
limit: {
/**
 * What costs: predicted latency of one image (needs the input `table`), multiply-accumulates of one image, or parameters.
 */
quantity: ("latency" | "macs" | "params")
/**
 * Place in the reachable range: 0 is the cheapest network of the space, 1 the dearest. Give either this or `value`.
 */
fraction?: number
/**
 * The cost itself: ms, multiply-accumulates or parameters. Give either this or `fraction`.
 */
value?: number
}
/**
 * Least cut of a step, as a share of the start's cost.
 */
reduction: number
/**
 * What is kept of a step: the least loss of accuracy for the cost saved (MobileNetV3), or the most accurate (NetAdapt).
 */
keep: ("ratio" | "accuracy")
/**
 * Most evaluations that it may take; not to have come down to the limit by then is an error. What was evaluated before on the same weights and images is remembered: it counts, but costs no time.
 */
evaluations: number
/**
 * Training images from which the moving statistics of batch normalisation are recomputed for each architecture before it is evaluated.
 */
recalibrationImages: number
}

export type Inputs = {
  readonly "train": 'train-split';
  readonly "validation": 'validation-split';
  readonly "space": 'search-space';
  readonly "supernet": 'supernet';
  readonly "architecture"?: { readonly kind: 'architecture'; readonly essence: 'choices' };
  readonly "table"?: 'latency-table';
};

export type Outputs = {
  readonly "trials": 'trials';
  readonly "architecture": 'architecture';
};
