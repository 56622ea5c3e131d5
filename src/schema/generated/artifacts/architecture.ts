/* Generated from the schema by `npm run types`: do not edit. */

/**
 * A full assignment of every choice block of a search space.
 */
export interface Architecture {
/**
 * Content digest of the search space.
 */
space: string
/**
 * Canonical encoding: the index of the chosen option of every choice block, in the order of the space. Choices that decide nothing (inside an identity block) are 0.
 * 
 * Items: Index of the chosen option.
 */
encoding: number[]
/**
 * The architecture in one line, for people.
 */
description: string
/**
 * Choice block → chosen option, for people and differs.
 */
choices: {
[k: string]: string | undefined
}
costs: Costs
accuracy?: Accuracy
/**
 * What proposed it.
 */
origin: ("controller" | "evolution" | "gates" | "netadapt" | "random" | "published" | "user")
/**
 * Figures of the search that derived it, by name.
 */
log: {
[k: string]: number | undefined
}
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
