/* Generated from the schema by `npm run types`: do not edit. */

/**
 * A network as data (`network.json` of a model): layers in the order of evaluation, and every weight they name. Arrays are NHWC.
 */
export interface NetworkFile {
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
 * In the order of evaluation.
 * 
 * @minItems 1
 * 
 * Items: One layer.
 */
layers: (ConvLayer | DepthwiseLayer | BatchNormLayer | ActivationLayer | SqueezeExciteLayer | AddLayer | MixLayer | PoolLayer | GlobalPoolLayer | DenseLayer | DropoutLayer | ConcatLayer | SliceLayer | ZeroLayer | IdentityLayer | SubsampleLayer | ScaleLayer | DropPathLayer)[]
/**
 * Id of the layer that produces the logits.
 */
output: string
/**
 * Further logits that a training step learns from; evaluation leaves them alone.
 * 
 * Items: Logits that help in training.
 */
auxiliary?: {
/**
 * Id of the layer that produces them.
 */
output: string
/**
 * Factor of their loss.
 */
weight: number
}[]
/**
 * Every weight that the layers name.
 */
weights: WeightFile[]
}
/**
 * Convolution.
 */
export interface ConvLayer {
/**
 * Kind of layer.
 */
op: "conv"
/**
 * Unique in the network; names the tensor that the layer produces.
 */
id: string
/**
 * Tensors read, in order.
 * 
 * @minItems 1
 * 
 * Items: Id of an earlier layer, or `input`.
 */
inputs: string[]
/**
 * Shape of the produced tensor, of one example.
 */
output: {
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
 * Kernel sides in pixels: one number for a square.
 */
kernel: (number | {
/**
 * Height in pixels.
 */
h: number
/**
 * Width in pixels.
 */
w: number
})
/**
 * Stride in pixels.
 */
stride: number
/**
 * Pixels from tap to tap; absent: 1.
 */
dilation?: number
/**
 * Windows lie inside of the input; absent: SAME.
 */
padding?: "valid"
/**
 * Groups of channels that do not mix.
 */
groups: number
/**
 * Weight [height, width, channels in / groups, channels out].
 */
weight: string
/**
 * Weight [channels out].
 */
bias?: string
}
/**
 * Depthwise convolution with multiplier 1.
 */
export interface DepthwiseLayer {
/**
 * Kind of layer.
 */
op: "depthwise"
/**
 * Unique in the network; names the tensor that the layer produces.
 */
id: string
/**
 * Tensors read, in order.
 * 
 * @minItems 1
 * 
 * Items: Id of an earlier layer, or `input`.
 */
inputs: string[]
/**
 * Shape of the produced tensor, of one example.
 */
output: {
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
 * Kernel sides in pixels: one number for a square.
 */
kernel: (number | {
/**
 * Height in pixels.
 */
h: number
/**
 * Width in pixels.
 */
w: number
})
/**
 * Stride in pixels.
 */
stride: number
/**
 * Pixels from tap to tap; absent: 1.
 */
dilation?: number
/**
 * Windows lie inside of the input; absent: SAME.
 */
padding?: "valid"
/**
 * Weight [height, width, channels, 1].
 */
weight: string
/**
 * The kernel is made of a larger, square one, which `weight` holds: step by step the middle of the kernel before, times a matrix that all channels share.
 */
derived?: {
/**
 * Side of the largest kernel.
 */
side: number
/**
 * Ever smaller kernels; the last is the layer's own.
 * 
 * @minItems 1
 */
steps: {
/**
 * Side of the kernel.
 */
side: number
/**
 * Name of the matrix [taps in, taps out].
 */
weight: string
}[]
}
}
/**
 * Batch normalisation over images, rows and columns. Without moving statistics it is stateless: those of the batch, in evaluation, too.
 */
export interface BatchNormLayer {
/**
 * Kind of layer.
 */
op: "batch-norm"
/**
 * Unique in the network; names the tensor that the layer produces.
 */
id: string
/**
 * Tensors read, in order.
 * 
 * @minItems 1
 * 
 * Items: Id of an earlier layer, or `input`.
 */
inputs: string[]
/**
 * Shape of the produced tensor, of one example.
 */
output: {
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
 * Weight [channels]: scale.
 */
gamma: string
/**
 * Weight [channels]: shift.
 */
beta: string
/**
 * Weight [channels]: moving mean.
 */
movingMean?: string
/**
 * Weight [channels]: moving variance.
 */
movingVariance?: string
/**
 * Weight of the old moving value.
 */
decay: number
/**
 * Added to the variance.
 */
epsilon: number
/**
 * The moving statistics are used always and stay as they are.
 */
frozen?: true
}
/**
 * Activation, value by value.
 */
export interface ActivationLayer {
/**
 * Kind of layer.
 */
op: "activation"
/**
 * Unique in the network; names the tensor that the layer produces.
 */
id: string
/**
 * Tensors read, in order.
 * 
 * @minItems 1
 * 
 * Items: Id of an earlier layer, or `input`.
 */
inputs: string[]
/**
 * Shape of the produced tensor, of one example.
 */
output: {
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
 * Activation function.
 */
fn: ("relu" | "relu6" | "h-swish" | "swish" | "sigmoid" | "hard-sigmoid" | "tanh")
}
/**
 * x · gate(expand · relu(reduce · mean(x))).
 */
export interface SqueezeExciteLayer {
/**
 * Kind of layer.
 */
op: "squeeze-excite"
/**
 * Unique in the network; names the tensor that the layer produces.
 */
id: string
/**
 * Tensors read, in order.
 * 
 * @minItems 1
 * 
 * Items: Id of an earlier layer, or `input`.
 */
inputs: string[]
/**
 * Shape of the produced tensor, of one example.
 */
output: {
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
 * Units between reduce and expand.
 */
squeeze: number
/**
 * Function of the gate.
 */
gate: ("hard-sigmoid" | "sigmoid")
/**
 * Weight [channels, squeeze].
 */
reduceWeight: string
/**
 * Weight [squeeze].
 */
reduceBias: string
/**
 * Weight [squeeze, channels].
 */
expandWeight: string
/**
 * Weight [channels].
 */
expandBias: string
}
/**
 * Sum of two tensors.
 */
export interface AddLayer {
/**
 * Kind of layer.
 */
op: "add"
/**
 * Unique in the network; names the tensor that the layer produces.
 */
id: string
/**
 * Tensors read, in order.
 * 
 * @minItems 1
 * 
 * Items: Id of an earlier layer, or `input`.
 */
inputs: string[]
/**
 * Shape of the produced tensor, of one example.
 */
output: {
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
}
/**
 * Weighted sum of alternatives.
 */
export interface MixLayer {
/**
 * Kind of layer.
 */
op: "mix"
/**
 * Unique in the network; names the tensor that the layer produces.
 */
id: string
/**
 * Tensors read, in order.
 * 
 * @minItems 1
 * 
 * Items: Id of an earlier layer, or `input`.
 */
inputs: string[]
/**
 * Shape of the produced tensor, of one example.
 */
output: {
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
 * One for each input.
 * 
 * @minItems 1
 * 
 * Items: Coefficient of one alternative.
 */
coefficients: number[]
/**
 * Whether gradients of the coefficients are wanted.
 */
gates: boolean
}
/**
 * Spatial pooling that does not count.
 */
export interface PoolLayer {
/**
 * Kind of layer.
 */
op: "pool"
/**
 * Unique in the network; names the tensor that the layer produces.
 */
id: string
/**
 * Tensors read, in order.
 * 
 * @minItems 1
 * 
 * Items: Id of an earlier layer, or `input`.
 */
inputs: string[]
/**
 * Shape of the produced tensor, of one example.
 */
output: {
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
 * What is taken of each window.
 */
fn: ("average" | "max")
/**
 * Kernel sides in pixels: one number for a square.
 */
kernel: (number | {
/**
 * Height in pixels.
 */
h: number
/**
 * Width in pixels.
 */
w: number
})
/**
 * Stride in pixels.
 */
stride: number
/**
 * Windows lie inside of the input; absent: SAME.
 */
padding?: "valid"
}
/**
 * Mean over rows and columns.
 */
export interface GlobalPoolLayer {
/**
 * Kind of layer.
 */
op: "global-pool"
/**
 * Unique in the network; names the tensor that the layer produces.
 */
id: string
/**
 * Tensors read, in order.
 * 
 * @minItems 1
 * 
 * Items: Id of an earlier layer, or `input`.
 */
inputs: string[]
/**
 * Shape of the produced tensor, of one example.
 */
output: {
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
}
/**
 * Fully connected layer on one pixel.
 */
export interface DenseLayer {
/**
 * Kind of layer.
 */
op: "dense"
/**
 * Unique in the network; names the tensor that the layer produces.
 */
id: string
/**
 * Tensors read, in order.
 * 
 * @minItems 1
 * 
 * Items: Id of an earlier layer, or `input`.
 */
inputs: string[]
/**
 * Shape of the produced tensor, of one example.
 */
output: {
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
 * Weight [channels in, units].
 */
weight: string
/**
 * Weight [units].
 */
bias?: string
}
/**
 * Inverted dropout; identity when evaluating.
 */
export interface DropoutLayer {
/**
 * Kind of layer.
 */
op: "dropout"
/**
 * Unique in the network; names the tensor that the layer produces.
 */
id: string
/**
 * Tensors read, in order.
 * 
 * @minItems 1
 * 
 * Items: Id of an earlier layer, or `input`.
 */
inputs: string[]
/**
 * Shape of the produced tensor, of one example.
 */
output: {
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
 * Share of values set to zero when training.
 */
rate: number
}
/**
 * Channels of all inputs, one input after the other.
 */
export interface ConcatLayer {
/**
 * Kind of layer.
 */
op: "concat"
/**
 * Unique in the network; names the tensor that the layer produces.
 */
id: string
/**
 * Tensors read, in order.
 * 
 * @minItems 1
 * 
 * Items: Id of an earlier layer, or `input`.
 */
inputs: string[]
/**
 * Shape of the produced tensor, of one example.
 */
output: {
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
}
/**
 * Some of the channels.
 */
export interface SliceLayer {
/**
 * Kind of layer.
 */
op: "slice"
/**
 * Unique in the network; names the tensor that the layer produces.
 */
id: string
/**
 * Tensors read, in order.
 * 
 * @minItems 1
 * 
 * Items: Id of an earlier layer, or `input`.
 */
inputs: string[]
/**
 * Shape of the produced tensor, of one example.
 */
output: {
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
 * First of them.
 */
first: number
}
/**
 * Zeros.
 */
export interface ZeroLayer {
/**
 * Kind of layer.
 */
op: "zero"
/**
 * Unique in the network; names the tensor that the layer produces.
 */
id: string
/**
 * None.
 * 
 * @maxItems 0
 * 
 * Items: Id.
 */
inputs: string[]
/**
 * Shape of the produced tensor, of one example.
 */
output: {
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
}
/**
 * The input itself.
 */
export interface IdentityLayer {
/**
 * Kind of layer.
 */
op: "identity"
/**
 * Unique in the network; names the tensor that the layer produces.
 */
id: string
/**
 * Tensors read, in order.
 * 
 * @minItems 1
 * 
 * Items: Id of an earlier layer, or `input`.
 */
inputs: string[]
/**
 * Shape of the produced tensor, of one example.
 */
output: {
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
}
/**
 * Every stride-th row and column; zeros where they lie outside.
 */
export interface SubsampleLayer {
/**
 * Kind of layer.
 */
op: "subsample"
/**
 * Unique in the network; names the tensor that the layer produces.
 */
id: string
/**
 * Tensors read, in order.
 * 
 * @minItems 1
 * 
 * Items: Id of an earlier layer, or `input`.
 */
inputs: string[]
/**
 * Shape of the produced tensor, of one example.
 */
output: {
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
 * Stride in pixels.
 */
stride: number
/**
 * First row and column.
 */
offset: number
}
/**
 * A multiplier a channel.
 */
export interface ScaleLayer {
/**
 * Kind of layer.
 */
op: "scale"
/**
 * Unique in the network; names the tensor that the layer produces.
 */
id: string
/**
 * Tensors read, in order.
 * 
 * @minItems 1
 * 
 * Items: Id of an earlier layer, or `input`.
 */
inputs: string[]
/**
 * Shape of the produced tensor, of one example.
 */
output: {
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
 * Weight [channels].
 */
weight: string
}
/**
 * Drops whole images when training; identity when evaluating.
 */
export interface DropPathLayer {
/**
 * Kind of layer.
 */
op: "drop-path"
/**
 * Unique in the network; names the tensor that the layer produces.
 */
id: string
/**
 * Tensors read, in order.
 * 
 * @minItems 1
 * 
 * Items: Id of an earlier layer, or `input`.
 */
inputs: string[]
/**
 * Shape of the produced tensor, of one example.
 */
output: {
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
 * Share of images set to zero when training.
 */
rate: number
}
/**
 * One weight.
 */
export interface WeightFile {
/**
 * Unique in the network.
 */
name: string
/**
 * Full shape; layers may use a prefix.
 * 
 * Items: Side.
 */
shape: number[]
/**
 * How the weight starts.
 */
init: ({
/**
 * Kind of initialiser.
 */
kind: "zeros"
} | {
/**
 * Kind of initialiser.
 */
kind: "ones"
} | {
/**
 * Kind of initialiser.
 */
kind: "identity"
} | {
/**
 * Kind of initialiser.
 */
kind: "constant"
/**
 * Every value.
 */
value: number
} | {
/**
 * Kind of initialiser.
 */
kind: ("normal" | "truncated-normal")
/**
 * Standard deviation.
 */
deviation: number
} | {
/**
 * Kind of initialiser.
 */
kind: ("he-normal" | "he-uniform" | "he-truncated" | "glorot-normal" | "glorot-uniform" | "glorot-truncated")
/**
 * Fan that decides the spread.
 */
fan: number
})
/**
 * False for moving statistics.
 */
trainable: boolean
/**
 * Whether weight decay applies.
 */
decay: boolean
}
