/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Trains the shared weights of a space: every step samples one path uniformly and trains it on one batch. At first operations are averaged and widths taken at their largest, ever less often (`opWarmup`, `filterWarmup`), so that every weight learns early (TuNAS, Bender et al. 2020). Instead of that, `mode` may ask for progressive shrinking.
 */
export interface Params {
/**
 * Which paths are trained.
 */
mode: ({
/**
 * One path a step, uniform over the choices.
 */
kind: "sampled-paths"
} | {
/**
 * Phases with ever smaller sub-networks.
 */
kind: "progressive-shrinking"
/**
 * In order. The default has the published numbers of sub-networks and, but for the first phase, learning rates (those of one GPU), and fewer epochs.
 * 
 * @minItems 1
 * @maxItems 32
 * 
 * Items: One phase: what it trains, for how long, and how fast.
 */
phases: {
/**
 * Smallest kernel side trained; null: the largest only.
 */
kernel?: (number | null)
/**
 * Smallest depth of a stack trained; null: the largest only.
 */
depth?: (number | null)
/**
 * Smallest expansion trained; null: the largest only. Before a phase with smaller expansions than the one before it, channels are put into the order of their importance.
 */
expansion?: (number | null)
/**
 * Passes over the training images; fractions are allowed.
 */
epochs: number
/**
 * Peak learning rate, from which a cosine falls to 0.
 */
rate: number
/**
 * Epochs of linear climb from 0 to `rate` before the cosine.
 */
warmup?: number
/**
 * Sub-networks drawn a step; their gradients are added up.
 */
subnets?: number
}[]
/**
 * Weight of the cross-entropy with what the teacher thinks, beside that with the labels: the input `teacher`, or else the largest network as it was when a phase had trained nothing else.
 */
teacherRatio: number
})
/**
 * Passes over the training images; fractions are allowed.
 */
epochs: number
/**
 * Images a weight step.
 */
batch: number
/**
 * Learning rate of the weights, step by step. Durations are in epochs; fractions are allowed.
 */
learningRate: ({
/**
 * The peak rate throughout.
 */
kind: "constant"
/**
 * Peak learning rate.
 */
rate: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup: number
/**
 * Rate at the first step of the climb.
 */
from: number
} | {
/**
 * Multiplied by `factor` after every `every` epochs.
 */
kind: "step"
/**
 * Peak learning rate.
 */
rate: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup: number
/**
 * Rate at the first step of the climb.
 */
from: number
/**
 * Epochs between two drops.
 */
every: number
/**
 * Factor of each drop.
 */
factor: number
} | {
/**
 * Multiplied by `factor` per `every` epochs, continuously.
 */
kind: "exponential"
/**
 * Peak learning rate.
 */
rate: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup: number
/**
 * Rate at the first step of the climb.
 */
from: number
/**
 * Epochs per factor.
 */
every: number
/**
 * Factor per `every` epochs.
 */
factor: number
} | {
/**
 * From the peak, continuously, to `factor` times it at the last step.
 */
kind: "exponential-ramp"
/**
 * Peak learning rate.
 */
rate: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup: number
/**
 * Rate at the first step of the climb.
 */
from: number
/**
 * Rate at the last step, in peaks.
 */
factor: number
} | {
/**
 * Half a cosine from the peak to `floor` at the last step.
 */
kind: "cosine"
/**
 * Peak learning rate.
 */
rate: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup: number
/**
 * Rate at the first step of the climb.
 */
from: number
/**
 * Lowest rate.
 */
floor: number
} | {
/**
 * A half cosine per period, each period `multiplier` times as long as the one before.
 */
kind: "cosine-restarts"
/**
 * Peak learning rate.
 */
rate: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup: number
/**
 * Rate at the first step of the climb.
 */
from: number
/**
 * Lowest rate.
 */
floor: number
/**
 * Epochs of the first period.
 */
period: number
/**
 * Length of a period relative to the one before.
 */
multiplier: number
})
/**
 * How a gradient becomes a step.
 */
optimiser: ({
/**
 * Stochastic gradient descent, with `momentum` and `nesterov`.
 */
kind: "sgd"
} | {
/**
 * RMSProp with `momentum`, as MnasNet and TuNAS were trained: the mean square starts at 1.
 */
kind: "rmsprop"
/**
 * Weight of the old mean square.
 */
decay: number
/**
 * Added to the mean square under the root.
 */
epsilon: number
} | {
/**
 * Adam; `weightDecay` is part of the gradient.
 */
kind: "adam"
/**
 * Weight of the old mean gradient.
 */
beta1: number
/**
 * Weight of the old mean square.
 */
beta2: number
/**
 * Added to the root of the mean square.
 */
epsilon: number
} | {
/**
 * AdamW; `weightDecay` shrinks the weights themselves.
 */
kind: "adamw"
/**
 * Weight of the old mean gradient.
 */
beta1: number
/**
 * Weight of the old mean square.
 */
beta2: number
/**
 * Added to the root of the mean square.
 */
epsilon: number
})
/**
 * Momentum; Adam and AdamW have `beta1`.
 */
momentum: number
/**
 * Nesterov's form of the momentum.
 */
nesterov: boolean
/**
 * L2 coefficient of convolution and dense kernels; only weights on the sampled path decay.
 */
weightDecay: number
/**
 * Probability mass spread evenly over all classes in the loss.
 */
labelSmoothing: number
/**
 * Limit of what `clipBy` says; 0: no clipping.
 */
clipNorm: number
/**
 * What `clipNorm` limits: the L2 norm of the whole gradient, that of each weight's gradient, or each of its elements.
 */
clipBy: ("global-norm" | "norm" | "value")
/**
 * How kernels of convolutions start: with variance 2 / fan (He et al. 2015 §2.2), fan-in unless it says fan-out, or with fan-in and fan-out together (Glorot & Bengio 2010 eq. 16); normal, uniform, or normal cut at two deviations. The classifier, normalisation and biases have starts of their own.
 */
initialiser: ("he-normal" | "he-uniform" | "he-truncated" | "he-normal-fan-out" | "he-uniform-fan-out" | "he-truncated-fan-out" | "glorot-normal" | "glorot-uniform" | "glorot-truncated")
/**
 * Random changes to each training image, drawn anew every epoch.
 */
augment: {
/**
 * Pixels of mean colour added on each side before a random crop back to size.
 */
pad: number
/**
 * Mirror half of the images left to right.
 */
flip: boolean
/**
 * Side in pixels of a square that is blanked at a random place; 0: none.
 */
cutout: number
}
/**
 * Share of the steps over which the probability that a choice is averaged falls linearly from 1 to 0; 0: never. Each choice is drawn for itself. In the grammar `mobilenet`: kernels and squeeze-and-excitation, and of a block that may be left out, half of it. In `stacks`: everything but widths, which is candidates of a layer with their kernels and the like, depths, the kernel of the stem; of several sides of the image it is the first that is taken. In `macro`: the operation of a layer, and half of each skip. In `cells`: the inputs and the operations of nodes.
 */
opWarmup: number
/**
 * Share of the steps over which the probability that a choice of width takes its largest option falls linearly from 1 to 0; 0: never. Each choice is drawn for itself. In the grammar `mobilenet`: expansions. In `stacks`: expansions, the channels of stem, stacks and head, and its hidden units. In `macro` with parted channels: where a range begins (with the first) and where it ends (with the last). A `macro` space of whole operations and `cells` have no such choice.
 */
filterWarmup: number
}

export type Inputs = {
  readonly "train": 'train-split';
  readonly "space": 'search-space';
  readonly "teacher"?: { readonly kind: 'model'; readonly essence: 'predictor' };
};

export type Outputs = {
  readonly "supernet": 'supernet';
};
