/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Refines by evolution with inherited weights: regularised (aging) evolution (Real et al. 2019: the best of a random tournament is mutated, the offspring enters, the oldest leaves) or another strategy. Every architecture is evaluated with its batch-norm statistics recalibrated, on the whole validation split. No architecture above the limit is ever evaluated.
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
 * What proposes the next architecture, and its settings. Each has those of its own only.
 */
strategy: ({
/**
 * Regularised evolution (Real et al. 2019): the best of a tournament is mutated, the oldest leaves.
 */
kind: "aging-evolution"
/**
 * Members alive.
 */
population: number
/**
 * Members drawn with replacement, of which the best becomes the parent.
 */
tournament: number
/**
 * Choice blocks redrawn in each offspring.
 */
mutations: number
} | {
/**
 * The same without aging, an ablation: the least fit leaves.
 */
kind: "evolution"
/**
 * Members alive.
 */
population: number
/**
 * Members drawn with replacement, of which the best becomes the parent.
 */
tournament: number
/**
 * Choice blocks redrawn in each offspring.
 */
mutations: number
} | {
/**
 * Generations of mutants and crosses of the best under the limit (Once-for-All, Cai et al. 2020).
 */
kind: "constrained-evolution"
/**
 * Offspring a generation.
 */
population: number
/**
 * Share of the population that lives on and has offspring.
 */
parents: number
/**
 * Share of the offspring that are mutants of one parent; the others are crossed from two.
 */
mutants: number
/**
 * Probability that a choice of a mutant is redrawn.
 */
mutation: number
} | {
/**
 * The same on an accuracy predictor that is fitted on evaluations; its best finds are evaluated. Tells the predictor's held-out error, and keeps what it expected of each trial.
 */
kind: "predictor-evolution"
/**
 * Evaluations that the first predictor is fitted on: those of `start`, and random ones.
 */
samples: number
/**
 * Evaluations of its best finds before it is fitted anew.
 */
every: number
/**
 * What foretells accuracies from encodings. Its held-out error is told: of predictors fitted without the samples, in five parts.
 */
predictor: ({
/**
 * Ridge regression on the chosen options.
 */
kind: "ridge"
/**
 * Penalty of the squared coefficients.
 */
penalty: number
} | {
/**
 * A perceptron on the chosen options, as Once-for-All has it (3 layers of 400 units there, for 16,000 samples).
 */
kind: "mlp"
/**
 * Hidden layers.
 */
layers: number
/**
 * Units of each hidden layer.
 */
hidden: number
/**
 * Passes over the samples.
 */
epochs: number
/**
 * Samples a step.
 */
batch: number
/**
 * Learning rate of Adam.
 */
rate: number
/**
 * Weight decay.
 */
decay: number
})
/**
 * Generations of evolution on each predictor.
 */
generations: number
/**
 * Offspring a generation.
 */
population: number
/**
 * Share of the population that lives on and has offspring.
 */
parents: number
/**
 * Share of the offspring that are mutants of one parent; the others are crossed from two.
 */
mutants: number
/**
 * Probability that a choice of a mutant is redrawn.
 */
mutation: number
} | {
/**
 * NSGA-II (Deb et al. 2002): for accuracy and several costs together.
 */
kind: "nsga2"
/**
 * Members that survive a generation, and offspring of each.
 */
population: number
/**
 * Probability that an offspring comes of two parents.
 */
crossover: number
/**
 * Probability that a choice of an offspring is redrawn; null: one choice in each on average.
 */
mutation: (number | null)
/**
 * The costs that are minimised beside the accuracy that is maximised; a latency needs the input `table`. null: that of the limit.
 * 
 * @minItems 1
 */
costs: (("latency" | "macs" | "params")[] | null)
})
/**
 * Architectures evaluated in all, the first population included. Repeats of an encoding are remembered and cost nothing.
 */
evaluations: number
/**
 * Input trials within the limit that are re-evaluated as the first members of the population (or samples of the predictor), no more than there is room for: those measured on the most images first, then the most accurate. The rest of the first population is random.
 */
start: number
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
