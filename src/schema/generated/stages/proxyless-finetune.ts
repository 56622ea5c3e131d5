/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Fine-tunes the shared weights and an architecture together with path gates (ProxylessNAS, Cai et al. 2019). Each choice block has a gate vector that starts in the neighbourhood of the given architecture; weight steps train a sampled path, gate steps follow the gradient of the loss and of the expected cost at the gates, or by REINFORCE the rewards of sampled paths. At the end the most probable architecture, samples of the gates and the given architecture are evaluated on the final weights, recalibrated, on the whole validation split; the most accurate within the target is the result.
 */
export interface Params {
/**
 * Weight steps.
 */
steps: number
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
 * Probability that each gate vector gives the option of the input `architecture` at the start; the rest is spread evenly.
 */
neighbourhood: number
/**
 * Options of a choice block that take part in a gate step: all, or two drawn by their probabilities (less memory, more noise).
 */
mode: ("full" | "two")
/**
 * Share of the weight steps before the first gate step.
 */
gateStart: number
/**
 * Weight steps between two gate steps.
 */
gateEvery: number
/**
 * Validation images a gate step.
 */
gateBatch: number
/**
 * Learning rate of the gates (Adam with β1 = 0, β2 = 0.999).
 */
gateRate: number
/**
 * What a gate step minimises, from cross-entropy CE, expected cost E and target t; or, with `reinforce`, what it rewards. Spaces of the grammar `cells`, macro spaces whose channels are parted, and spaces of several sides of images take `reinforce`; all others take any of these.
 */
loss: ({
/**
 * scale · CE · (log E / log t)^exponent.
 */
kind: "mul-log"
/**
 * Factor of the loss.
 */
scale: number
/**
 * Exponent of the ratio of logarithms.
 */
exponent: number
} | {
/**
 * CE + weight · (E − t)/t.
 */
kind: "add-linear"
/**
 * Weight of the relative excess.
 */
weight: number
} | {
/**
 * Rewards a · (c/t)^costExponent.
 */
kind: "reinforce"
/**
 * Paths drawn and rewarded a gate step, on one validation batch with its own statistics.
 */
samples: number
/**
 * What the reward takes for a: `accuracy`, `macro-f1` (the mean F1 of the classes) or `likelihood` (the geometric mean of the probabilities given to the true classes).
 */
metric: ("accuracy" | "macro-f1" | "likelihood")
/**
 * Exponent of c/t.
 */
costExponent: number
/**
 * Weight of the old value in the moving baseline of the reward, which starts at the first step's mean.
 */
baselineDecay: number
})
/**
 * Cost that the loss refers to, and largest cost of the result (where no evaluated architecture is within it, the cheapest of them is the result). Outside the reachable range it is an error before any training.
 */
target: {
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
 * Largest cost that the derived architecture may have, whatever the search finds: final candidates are drawn until they are within it, and made cheaper choice by choice where the search gives none. The search itself may look at dearer ones. Below the reachable range it is an error before any training. `null`: the target is all there is.
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
 * Samples of the gates evaluated at the end, besides the most probable architecture and a given one.
 */
derive: number
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
  readonly "architecture"?: { readonly kind: 'architecture'; readonly essence: 'choices' };
  readonly "table"?: 'latency-table';
};

export type Outputs = {
  readonly "supernet": 'supernet';
  readonly "trials": 'trials';
  readonly "architecture": 'architecture';
};
