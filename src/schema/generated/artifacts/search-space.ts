/* Generated from the schema by `npm run types`: do not edit. */

/**
 * A set of networks as data, in one of several grammars.
 */
export type SearchSpace = (MobilenetSpace | StacksSpace | MacroSpace | CellSpace)
/**
 * One thing that a layer may be.
 */
export type Candidate = (MbconvCandidate | SeparableCandidate | ConvCandidate | UniversalCandidate | IdentityCandidate)

/**
 * A set of MobileNetV3-style networks. Every list of options longer than one is a choice block, addressed as `<block>.kernel`, `<block>.expansion`, `<block>.squeeze-excite`; a block that may be left out has a choice block `<block>.block` (mbconv, identity).
 */
export interface MobilenetSpace {
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
initialisers?: Initialisers
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
/**
 * How kernels of some layers start, whatever `initialiser` of a training stage says. By the layer, or by what several begin with: `stem`, `b2`, `b2.depthwise`; the longest name counts.
 */
export interface Initialisers {
/**
 * He's by fan-in unless they say fan-out, Glorot's by the sum of both, or zeros.
 */
[k: string]: "he-normal" | "he-uniform" | "he-truncated" | "he-normal-fan-out" | "he-uniform-fan-out" | "he-truncated-fan-out" | "glorot-normal" | "glorot-uniform" | "glorot-truncated" | "zeros" | undefined
}
/**
 * A set of networks of stacks of layers, each layer one of several candidates. Every list of options longer than one is a choice block: `resolution`, `stem.filters`, `stem.kernel`, `<stack>.filters`, `<stack>.depth`, `<layer>.op`, `<layer>.kernel`, `.start`, `.expansion`, `.squeeze-excite`, `.skip`, `head.filters`, `head.hidden`.
 */
export interface StacksSpace {
/**
 * How the rest is to be read.
 */
grammar: "stacks"
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
 * Sides of square images to choose from; empty: as `input` has it.
 * 
 * Items: Pixels.
 */
sides: number[]
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
 * Of expanded channels to a multiple of 8: `divisible` as MobileNet, never below nine tenths; `nearest` as TuNAS.
 */
rounding: ("divisible" | "nearest")
/**
 * Of which channels squeeze-and-excitation keeps a quarter: of the expanded ones (MobileNetV3) or of the layer's input (MnasNet).
 */
squeeze: ("expanded" | "input")
/**
 * Gate of squeeze-and-excitation.
 */
gate: ("sigmoid" | "hard-sigmoid")
/**
 * Whether networks that leave out different layers of a stack differ (`kept`) or are one (`last`: all that are left out behind the others, the first layer apart; NAS-Bench-Macro).
 */
identities: ("kept" | "last")
/**
 * First convolution.
 */
stem: {
/**
 * To choose from.
 * 
 * @minItems 1
 * 
 * Items: Output channels.
 */
filters: number[]
/**
 * Kernel sides to choose from.
 * 
 * @minItems 1
 * 
 * Items: Kernel side in pixels.
 */
kernel: number[]
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
 * In order.
 * 
 * @minItems 1
 */
stacks: SpaceStack[]
/**
 * Layers after the last stack: 1x1 convolution, global mean, hidden layer, dropout, classifier.
 */
head: {
/**
 * To choose from.
 * 
 * @minItems 1
 * 
 * Items: Channels of the 1x1 convolution; 0 leaves it out.
 */
filters: number[]
/**
 * To choose from.
 * 
 * @minItems 1
 * 
 * Items: Units before the classifier; 0 leaves them out.
 */
hidden: number[]
/**
 * Hidden layer with a bias, with batch normalisation instead, or with neither.
 */
hiddenForm: ("bias" | "batch-norm" | "plain")
/**
 * Activation function.
 */
activation: ("relu" | "relu6" | "h-swish" | "swish" | "sigmoid" | "hard-sigmoid" | "tanh")
/**
 * Dropout rate before the classifier.
 */
dropout: number
}
/**
 * Depthwise kernels of one layer share their weights: smaller ones are the middle of the next larger one, times a matrix that learns (Once-for-All). Their sides must differ by even numbers. Absent: kernels of different sides have weights of their own.
 */
derivedKernels?: boolean
initialisers?: Initialisers
}
/**
 * Layers of one resolution, of which the first may stride and change the channels.
 */
export interface SpaceStack {
/**
 * Name of the stack, unique in the space. Its layers are `<stack>l0`, `<stack>l1`…; the only one of a stack is `<stack>`.
 */
id: string
/**
 * Output channels to choose from; empty: as many as come in.
 * 
 * Items: Channels.
 */
filters: number[]
/**
 * Numbers of layers to choose from; those behind are left out.
 * 
 * @minItems 1
 * 
 * Items: Layers.
 */
depth: number[]
/**
 * Stride of the first layer in pixels.
 */
stride: number
/**
 * Activation function.
 */
activation: ("relu" | "relu6" | "h-swish" | "swish" | "sigmoid" | "hard-sigmoid" | "tanh")
/**
 * Whether all layers make the same choices, addressed as `<stack>.op` and so on (MnasNet); they are those of `first`.
 */
same: boolean
/**
 * What the first layer may be.
 * 
 * @minItems 1
 */
first: Candidate[]
/**
 * What each other layer may be; empty where there is none, or where all are the same.
 */
others: Candidate[]
}
/**
 * Inverted bottleneck.
 */
export interface MbconvCandidate {
/**
 * What the layer is.
 */
op: "mbconv"
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
 * Items: Multiple of the layer's input channels.
 */
expansion: number[]
/**
 * Whether squeeze-and-excitation may be off (false), on (true) or either.
 * 
 * @minItems 1
 */
squeezeExcite: boolean[]
/**
 * What is added to the output where shapes allow: nothing, the input, or the input after average pooling.
 * 
 * @minItems 1
 */
skip: ("none" | "identity" | "pool")[]
}
/**
 * Depthwise convolution and linear 1x1 convolution.
 */
export interface SeparableCandidate {
/**
 * What the layer is.
 */
op: "separable"
/**
 * Depthwise kernel sides to choose from.
 * 
 * @minItems 1
 * 
 * Items: Kernel side in pixels.
 */
kernel: number[]
/**
 * Whether squeeze-and-excitation may be off (false), on (true) or either.
 * 
 * @minItems 1
 */
squeezeExcite: boolean[]
/**
 * What is added to the output where shapes allow: nothing, the input, or the input after average pooling.
 * 
 * @minItems 1
 */
skip: ("none" | "identity" | "pool")[]
}
/**
 * Convolution, normalisation, activation.
 */
export interface ConvCandidate {
/**
 * What the layer is.
 */
op: "conv"
/**
 * Kernel sides to choose from.
 * 
 * @minItems 1
 * 
 * Items: Kernel side in pixels.
 */
kernel: number[]
/**
 * Whether squeeze-and-excitation may be off (false), on (true) or either.
 * 
 * @minItems 1
 */
squeezeExcite: boolean[]
/**
 * What is added to the output where shapes allow: nothing, the input, or the input after average pooling.
 * 
 * @minItems 1
 */
skip: ("none" | "identity" | "pool")[]
}
/**
 * Universal inverted bottleneck: the input is added where shapes allow.
 */
export interface UniversalCandidate {
/**
 * What the layer is.
 */
op: "universal"
/**
 * Kernels of the depthwise convolution in front of the expansion.
 * 
 * @minItems 1
 * 
 * Items: Kernel side in pixels. 0: none.
 */
start: number[]
/**
 * Kernels of the depthwise convolution behind the expansion.
 * 
 * @minItems 1
 * 
 * Items: Kernel side in pixels. 0: none.
 */
kernel: number[]
/**
 * Expansion ratios to choose from.
 * 
 * @minItems 1
 * 
 * Items: Multiple of the layer's input channels.
 */
expansion: number[]
}
/**
 * The layer is left out; where it changes shape, a linear 1x1 convolution.
 */
export interface IdentityCandidate {
/**
 * What the layer is.
 */
op: "identity"
}
/**
 * ENAS's macro space: layers in a row, each with an operation, or some channels of every operation, and a switch for every earlier tensor that may be joined to its output. Choice blocks `l<layer>.op` or, where channels are parted, `l<layer>.<operation>-start`, `l<layer>.<operation>-count` of each operation, then `l<layer>.skip<anchor>`, in the order of the release's arcs.
 */
export interface MacroSpace {
/**
 * How the rest is to be read.
 */
grammar: "macro"
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
 * Layers; after a third and two thirds of them every tensor is halved.
 */
layers: number
/**
 * Channels of the stem, even; doubled at each halving where `form` is `final`.
 */
filters: number
/**
 * In the order of their numbers. In the form `final` separable convolutions are full ones, as in the release, unless channels are parted.
 * 
 * @minItems 1
 * 
 * Items: Convolution, separable convolution or pooling, and its kernel.
 */
operations: ("conv3" | "sep3" | "conv5" | "sep5" | "avg3" | "max3")[]
/**
 * 0: each layer has one operation, on all channels. Else into how many equal parts the channels of each operation are divided, 3 or more, of which a layer has some in a row of every operation: where they begin, and how many, never all. A divisor of `filters`.
 */
partition: number
/**
 * What anchor j is: the tensor before layer j, the stem first (`release`), or the output of layer j (`layers`, as the paper reads).
 */
anchors: ("release" | "layers")
/**
 * How its networks are built: as paths of a supernet are (`search`), or as the release trains the one that was found (`final`).
 */
form: ("search" | "final")
/**
 * Dropout rate before the classifier.
 */
dropout: number
initialisers?: Initialisers
}
/**
 * Two small graphs, a normal and a reduction cell, of which networks are stacked (NASNet, AmoebaNet, ENAS micro). Each node adds two earlier tensors, each after an operation. Choice blocks `<cell>.n<node>.input1`, `.op1`, `.input2`, `.op2`; inputs 0 and 1 are the outputs of the two cells before.
 */
export interface CellSpace {
/**
 * How the rest is to be read.
 */
grammar: "cells"
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
 * Nodes of a cell.
 */
nodes: number
/**
 * Normal cells, in three parts with a reduction cell between.
 */
layers: number
/**
 * Channels of the first cells, even; doubled at each reduction.
 */
filters: number
/**
 * In the order of their numbers.
 * 
 * @minItems 2
 * 
 * Items: Two separable convolutions, pooling, the tensor itself, two dilated separable convolutions, or 1x7 and then 7x1.
 */
operations: ("sep3" | "sep5" | "sep7" | "avg3" | "max3" | "identity" | "dilated3" | "row7")[]
/**
 * How its networks are built: as paths of a supernet are (`search`), or as the release trains the one that was found (`final`).
 */
form: ("search" | "final")
/**
 * Dropout rate before the classifier.
 */
dropout: number
initialisers?: Initialisers
}
