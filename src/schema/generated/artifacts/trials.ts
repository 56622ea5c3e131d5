/* Generated from the schema by `npm run types`: do not edit. */

/**
 * One row of a trials table (JSON Lines): one evaluation of one architecture.
 */
export interface Trial {
/**
 * Position in the search, from 0.
 */
index: number
/**
 * Canonical encoding: the index of the chosen option of every choice block, in the order of the space. Choices that decide nothing (inside an identity block) are 0.
 * 
 * Items: Index of the chosen option.
 */
encoding: number[]
/**
 * What proposed it.
 */
origin: ("controller" | "evolution" | "gates" | "netadapt" | "random")
accuracy: Accuracy
costs: Costs
/**
 * The cost that the search looks at.
 */
cost: number
/**
 * The target or limit of that cost.
 */
target?: number
quality?: TrialQuality
/**
 * What the strategy maximised.
 */
reward?: number
/**
 * Part of the search: `search`, `derive`, `population`, `evolve`, `re-evaluated`, `start`, `cut`, `rung 1` and so on.
 */
phase: string
/**
 * Index of the parent trial.
 */
parent?: number
/**
 * Epochs that the network had been trained alone when it was evaluated, where networks are trained for different times.
 */
epochs?: number
/**
 * The accuracy that a predictor expected before it was evaluated, where one proposed it: fitted on the trials before it, and not held to 0…1.
 */
predicted?: number
}
/**
 * An accuracy with its provenance.
 */
export interface Accuracy {
/**
 * Share of correct predictions, 0…1.
 */
value: number
/**
 * With weights of a supernet, by a predictor, or with weights trained for this architecture alone.
 */
provenance: ("inherited" | "predicted" | "trained")
/**
 * Split that the images came from.
 */
split: ("train" | "validation" | "test")
/**
 * Number of images.
 */
images: number
}
/**
 * What an architecture costs.
 */
export interface Costs {
/**
 * Trainable parameters: convolution and dense weights, biases, and 2 a batch-norm channel.
 */
params: number
/**
 * Multiply-accumulates of one example: convolutions and dense layers, squeeze-excite included.
 */
macs: number
/**
 * Predicted milliseconds of one image on the profiled device.
 */
latency?: number
}
/**
 * What the reward looked at, where that was not the accuracy.
 */
export interface TrialQuality {
/**
 * Mean F1 of the classes, or the geometric mean of the probabilities given to the true classes.
 */
metric: ("macro-f1" | "likelihood")
/**
 * On the images of the accuracy.
 */
value: number
}
