/* Generated from the schema by `npm run types`: do not edit. */

/**
 * The baseline for searches: samples architectures uniformly within a cost limit, evaluates each with inherited weights, recalibrated, on the whole validation split, and takes the most accurate.
 */
export interface Params {
/**
 * Largest cost allowed. Below the reachable range it is an error before any evaluation.
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
 * Different architectures sampled and evaluated.
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
  readonly "table"?: 'latency-table';
};

export type Outputs = {
  readonly "trials": 'trials';
  readonly "architecture": 'architecture';
};
