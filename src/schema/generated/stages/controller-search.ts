/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Searches with a trainable sampler of architectures (ENAS, Pham et al. 2018; TuNAS, Bender et al. 2020; MnasNet's PPO, Tan et al. 2019). Each step trains the shared weights on paths that the controller samples, then updates the controller, by REINFORCE or proximal policy optimisation, on the rewards of new samples or of those paths, evaluated on a validation batch. The derived architecture is the best of the most probable one and several final samples, recalibrated and evaluated on the whole validation split.
 */
export interface Params {
/**
 * Steps; each makes the weight steps and the one controller update below.
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
 * Weight steps before each controller update, each on a path of its own.
 */
weightSteps: number
/**
 * What is rewarded for each controller update: `sampled`, architectures drawn for it (ENAS); `trained`, the paths of the weight steps since the update before, after those steps (TuNAS, of whose cores each trains and then rewards one).
 */
rewarded: ("sampled" | "trained")
/**
 * Architectures sampled and rewarded for each controller update; their gradients are averaged.
 */
samples: number
/**
 * Validation images that a reward is computed from.
 */
validationBatch: number
/**
 * What batch normalisation goes by when a reward is computed: the statistics of that batch, as ENAS's release in its micro space, or the moving ones of the shared weights, as in its macro space.
 */
rewardStatistics: ("batch" | "moving")
/**
 * `lstm`: an autoregressive recurrent controller (ENAS §2.1; of the spaces `enas-macro`, `enas-micro` and `nasnet` with attention over earlier layers or nodes, as in its release); `factorised`: independent logits for each choice block (TuNAS §3.2); `ppo`: a recurrent controller of the sequence of choices, updated by proximal policy optimisation (Schulman et al. 2017), as MnasNet searches (Tan et al. 2019 §4.2).
 */
controller: ("lstm" | "factorised" | "ppo")
/**
 * Units of the LSTM; null: 64 (ENAS).
 */
hidden: (number | null)
/**
 * Logits z become c·tanh(z) with this c; null: 1.5, for cells 1.1 (ENAS), there divided by 2.5 for operations; of `ppo` 2.5.
 */
tanhConstant: (number | null)
/**
 * Divides the logits before the tanh; null: 1 (ENAS).
 */
temperature: (number | null)
/**
 * Probability of a skip at which its penalty is least; null: 0.4 (ENAS). As in the release, of half the logit that is sampled by: 0.4 draws 0.308 of the skips. Only with a space of the form of `enas-macro`.
 */
skipTarget: (number | null)
/**
 * Weight of that penalty, a Kullback-Leibler divergence; null: 0.8 (ENAS). Only with a space of the form of `enas-macro`.
 */
skipWeight: (number | null)
/**
 * How far from 1 the ratio of the new and the old probability of a choice may go before it counts no more.
 */
clip: number
/**
 * Updates on each batch of samples.
 */
passes: number
/**
 * Learning rate of the controller when it starts to move (Adam with β1 = 0, β2 = 0.999).
 */
controllerRate: number
/**
 * Share of the steps in which the controller does not move yet; until then it samples by its initial, nearly uniform distribution, while the baseline settles.
 */
controllerStart: number
/**
 * Factor by which the learning rate of the controller has grown, exponentially, by the last step (TuNAS: 10).
 */
controllerRamp: number
/**
 * Weight of the old value in the moving baseline of the reward. `factorised` and `ppo` correct it for its start at 0 (TuNAS), `lstm` does not (ENAS).
 */
baselineDecay: number
/**
 * Weight of the entropy of the samples, in nats, in what the controller maximises.
 */
entropyWeight: number
/**
 * With accuracy (or another `metric`) a, cost c, target t and `costExponent` β: `tunas-absolute` a + β·|c/t − 1|; `mnas-soft` a·(c/t)^β; `mnas-hard` a where c ≤ t, else a·(c/t)^β; `accuracy` a.
 */
reward: ("tunas-absolute" | "mnas-soft" | "mnas-hard" | "accuracy")
/**
 * What the reward takes for a: `accuracy`; `macro-f1`, the mean F1 of the classes, where classes are not equally frequent; `likelihood`, the geometric mean of the probabilities given to the true classes, e to the power of minus the negative log-likelihood.
 */
metric: ("accuracy" | "macro-f1" | "likelihood")
/**
 * β of the reward; null takes the published value: −0.1 for `tunas-absolute`, −0.07 for `mnas-soft`, −1 for `mnas-hard`. The reward `accuracy` has none.
 */
costExponent: (number | null)
/**
 * Cost that the reward aims at. Required, except that the reward `accuracy` has none. Outside the reachable range it is an error before any training.
 */
target: ({
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
 * Final candidates, the most probable architecture and samples, evaluated on the whole validation split; the one with the best reward becomes the derived architecture.
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
  readonly "table"?: 'latency-table';
};

export type Outputs = {
  readonly "supernet": 'supernet';
  readonly "controller": 'controller';
  readonly "trials": 'trials';
  readonly "architecture": 'architecture';
};
