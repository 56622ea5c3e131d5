/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Refines by regularised (aging) evolution (Real et al. 2019): the best of a random tournament is mutated, the offspring enters, the oldest leaves. Every architecture is evaluated with inherited weights, its batch-norm statistics recalibrated, on the whole validation split. No architecture above the limit is ever evaluated.
 */
export interface Params {
/**
 * Largest cost allowed. Outside the reachable range it is an error before any evaluation.
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
 * Architectures evaluated in all, the first population included. Repeats of an encoding are remembered and cost nothing.
 */
evaluations: number
/**
 * Members alive.
 */
population: number
/**
 * Members drawn with replacement, of which the best becomes the parent.
 */
tournament: number
/**
 * Input trials within the limit that are re-evaluated as the first members: those measured on the most images first, then the most accurate. The rest of the first population is random.
 */
start: number
/**
 * Choice blocks redrawn in each offspring.
 */
mutations: number
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
  readonly "trials"?: 'trials';
  readonly "table"?: 'latency-table';
};

export type Outputs = {
  readonly "trials": 'trials';
  readonly "architecture": 'architecture';
};
