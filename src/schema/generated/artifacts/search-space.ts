/* Generated from the schema by `npm run types`: do not edit. */

/**
 * A set of MobileNetV3-style networks as data. Every list of options longer than one is a choice block, addressed as `<block>.kernel`, `<block>.expansion`, `<block>.squeeze-excite`; a block that may be left out has a choice block `<block>.block` (mbconv, identity).
 */
export interface SearchSpace {
/**
 * How the rest is to be read.
 */
grammar: "mobilenet"
/**
 * Name of the space, for people.
 */
name: string
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
 * Number of classes.
 */
classes: number
/**
 * Batch normalisation of every layer.
 */
batchNorm: {
/**
 * Weight of the old moving value.
 */
decay: number
/**
 * Added to the variance.
 */
epsilon: number
}
/**
 * First convolution.
 */
stem: {
/**
 * Output channels.
 */
filters: number
/**
 * Kernel side in pixels.
 */
kernel: number
/**
 * Stride in pixels.
 */
stride: number
/**
 * Activation function.
 */
activation: ("relu" | "relu6" | "h-swish" | "swish" | "sigmoid" | "hard-sigmoid" | "tanh")
}
/**
 * Searched blocks, in order.
 * 
 * @minItems 1
 */
blocks: SpaceBlock[]
/**
 * Layers after the last block: 1x1 convolution, global mean, hidden dense layer, dropout, classifier.
 */
head: {
/**
 * Channels of the 1x1 convolution; 0 leaves it out.
 */
filters: number
/**
 * Units of the dense layer before the classifier; 0 leaves it out.
 */
hidden: number
/**
 * Activation function.
 */
activation: ("relu" | "relu6" | "h-swish" | "swish" | "sigmoid" | "hard-sigmoid" | "tanh")
/**
 * Dropout rate before the classifier.
 */
dropout: number
}
}
/**
 * One inverted-bottleneck position.
 */
export interface SpaceBlock {
/**
 * Name of the block, unique in the space.
 */
id: string
/**
 * Output channels.
 */
output: number
/**
 * Stride in pixels.
 */
stride: number
/**
 * Activation function.
 */
activation: ("relu" | "relu6" | "h-swish" | "swish" | "sigmoid" | "hard-sigmoid" | "tanh")
/**
 * Depthwise kernel sides to choose from.
 * 
 * @minItems 1
 * 
 * Items: Kernel side in pixels.
 */
kernel: number[]
/**
 * Expansion ratios to choose from.
 * 
 * @minItems 1
 * 
 * Items: Multiple of the block's input channels.
 */
expansion: number[]
/**
 * Whether squeeze-and-excitation may be off (false), on (true) or either.
 * 
 * @minItems 1
 */
squeezeExcite: boolean[]
/**
 * Whether the block may be left out. Only where stride is 1 and input and output channels agree.
 */
identity: boolean
}
