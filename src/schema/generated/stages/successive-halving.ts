/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Trains several architectures stand-alone, the better ones for longer (successive halving, Jamieson & Talwalkar 2016): all for a first rung of epochs, then the best 1/eta of them go on from where they were to eta times as many, and so on while at least one goes on. They are compared on the validation split, with trained weights. Each trains exactly as it would alone: the last rung sets the length of the learning-rate schedule, of which earlier rungs see the beginning.
 */
export interface Params {
/**
 * Architectures of the first rung: the best of the input `trials` (those measured on the most images first, then the most accurate), then random ones, none twice, and none above `limit`.
 */
networks: number
/**
 * Of each rung the best 1/eta go on, to eta times as many epochs.
 */
eta: number
/**
 * Passes over the training images by the end of the first rung; fractions are allowed.
 */
epochs: number
/**
 * Largest cost allowed: no architecture above it is trained. Below the reachable range it is an error before any training. `null`: everything is allowed.
 */
limit: ({
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
} | null)
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
}

export type Inputs = {
  readonly "train": 'train-split';
  readonly "validation": 'validation-split';
  readonly "space": 'search-space';
  readonly "trials"?: 'trials';
  readonly "table"?: 'latency-table';
};

export type Outputs = {
  readonly "trials": 'trials';
  readonly "architecture": 'architecture';
  readonly "model": 'model';
};
