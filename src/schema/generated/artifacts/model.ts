/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What it takes to use a model; its network and weights lie beside it.
 */
export interface ModelInfo {
/**
 * By class index.
 * 
 * @minItems 2
 * 
 * Items: Class name.
 */
classes: string[]
/**
 * Applied per channel to pixels scaled to 0…1: (x - mean) / deviation.
 * 
 * Items: 0…1
 */
mean: number[]
/**
 * Per-channel standard deviation of the training part.
 * 
 * Items: 0…1
 */
deviation: number[]
/**
 * Shape of one image.
 */
input: {
/**
 * Height in pixels.
 */
h: number
/**
 * Width in pixels.
 */
w: number
/**
 * Channels.
 */
c: number
}
/**
 * The architecture that the network is a child model of.
 */
architecture?: {
/**
 * Digest of the space.
 */
space: string
/**
 * Canonical encoding: the index of the chosen option of every choice block, in the order of the space. Choices that decide nothing (inside an identity block) are 0.
 * 
 * Items: Index of the chosen option.
 */
encoding: number[]
}
/**
 * How the weights came about.
 */
training: {
/**
 * Passes over the training images; 0 where the weights are a supernet's.
 */
epochs: number
/**
 * Training images; where the weights are a supernet's, those that batch normalisation was recalibrated on.
 */
images: number
/**
 * What the weights were before this training: those of a supernet, or of a model that was trained before. Absent: initial ones, or no training.
 */
start?: ("inherited" | "trained")
accuracy: Accuracy
}
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
