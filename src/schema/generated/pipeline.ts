/* Generated from the schema by `npm run types`: do not edit. */

/**
 * A stage: {"type": "…", "inputs": {…}, "params": {…}}.
 */
export type Stage = (ArchitectureStage | AssertStage | ChooseStage | CommandStage | ControllerSearchStage | DataPrepStage | DeriveStage | EvaluateStage | EvolutionaryRefinementStage | FinalTrainStage | LatencyImportStage | LatencyProfileStage | MeasureLatencyStage | NetadaptStage | ProxylessFinetuneStage | RandomSearchStage | RankCorrelationStage | ScaleStage | SearchSpaceStage | SuccessiveHalvingStage | SupernetWarmupStage | TabularSearchStage | ForeachStage)
/**
 * Params of architecture.
 */
export type ArchitectureParams = {
/**
 * Index of the chosen option of every choice block, in the order of the space; null: as `choices` says.
 */
encoding?: (number[] | null)
/**
 * Choice block → option, as `show` prints them of the space; those that decide nothing may be absent.
 */
choices?: {
[k: string]: string | undefined
}
/**
 * A published network; the space is the one that `search-space` makes with the same `published`.
 */
published?: ("mobilenet-v2" | "proxyless-mobile" | "proxyless-mobile-14" | "proxyless-cpu" | "proxyless-gpu" | "mnasnet-a1" | "mnasnet-b1" | "mnasnet-small" | "efficientnet-b0" | "mobilenet-v3-large" | "mobilenet-v3-small" | "mobilenet-v4-conv-small" | "ofa-note10-25ms" | "enas-macro-found" | "enas-micro-found" | null)
}
/**
 * Params of assert.
 */
export type AssertParams = {
/**
 * Number inside the artifact, as a dotted path: `metrics.accuracy.value` of an evaluation, `costs.macs` of an architecture, `` (nothing) of a JSON number.
 */
figure: string
/**
 * Smallest number that passes, or the dotted path of another figure of the artifact that bounds it, such as `log.limit` of an architecture; null: any.
 */
atLeast?: (number | string | null)
/**
 * Largest number that passes, or the dotted path of another figure of the artifact that bounds it, such as `log.limit` of an architecture; null: any.
 */
atMost?: (number | string | null)
}
/**
 * Params of controller-search.
 */
export type ControllerSearchParams = {
/**
 * Steps; each makes the weight steps and the one controller update below.
 */
steps?: number
/**
 * Images a weight step.
 */
batch?: number
/**
 * Learning rate of the weights, step by step. Durations are in epochs; fractions are allowed.
 */
learningRate?: ({
/**
 * The peak rate throughout.
 */
kind: "constant"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
} | {
/**
 * Multiplied by `factor` after every `every` epochs.
 */
kind: "step"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Epochs between two drops.
 */
every?: number
/**
 * Factor of each drop.
 */
factor?: number
} | {
/**
 * Multiplied by `factor` per `every` epochs, continuously.
 */
kind: "exponential"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Epochs per factor.
 */
every?: number
/**
 * Factor per `every` epochs.
 */
factor?: number
} | {
/**
 * From the peak, continuously, to `factor` times it at the last step.
 */
kind: "exponential-ramp"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Rate at the last step, in peaks.
 */
factor?: number
} | {
/**
 * Half a cosine from the peak to `floor` at the last step.
 */
kind: "cosine"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Lowest rate.
 */
floor?: number
} | {
/**
 * A half cosine per period, each period `multiplier` times as long as the one before.
 */
kind: "cosine-restarts"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Lowest rate.
 */
floor?: number
/**
 * Epochs of the first period.
 */
period?: number
/**
 * Length of a period relative to the one before.
 */
multiplier?: number
})
/**
 * How a gradient becomes a step.
 */
optimiser?: ({
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
decay?: number
/**
 * Added to the mean square under the root.
 */
epsilon?: number
} | {
/**
 * Adam; `weightDecay` is part of the gradient.
 */
kind: "adam"
/**
 * Weight of the old mean gradient.
 */
beta1?: number
/**
 * Weight of the old mean square.
 */
beta2?: number
/**
 * Added to the root of the mean square.
 */
epsilon?: number
} | {
/**
 * AdamW; `weightDecay` shrinks the weights themselves.
 */
kind: "adamw"
/**
 * Weight of the old mean gradient.
 */
beta1?: number
/**
 * Weight of the old mean square.
 */
beta2?: number
/**
 * Added to the root of the mean square.
 */
epsilon?: number
})
/**
 * Momentum; Adam and AdamW have `beta1`.
 */
momentum?: number
/**
 * Nesterov's form of the momentum.
 */
nesterov?: boolean
/**
 * L2 coefficient of convolution and dense kernels; only weights on the sampled path decay.
 */
weightDecay?: number
/**
 * Probability mass spread evenly over all classes in the loss.
 */
labelSmoothing?: number
/**
 * Limit of what `clipBy` says; 0: no clipping.
 */
clipNorm?: number
/**
 * What `clipNorm` limits: the L2 norm of the whole gradient, that of each weight's gradient, or each of its elements.
 */
clipBy?: ("global-norm" | "norm" | "value")
/**
 * Random changes to each training image, drawn anew every epoch.
 */
augment?: {
/**
 * Pixels of mean colour added on each side before a random crop back to size.
 */
pad?: number
/**
 * Mirror half of the images left to right.
 */
flip?: boolean
/**
 * Side in pixels of a square that is blanked at a random place; 0: none.
 */
cutout?: number
}
/**
 * Weight steps before each controller update, each on a path of its own.
 */
weightSteps?: number
/**
 * Architectures sampled and rewarded for each controller update; their gradients are averaged.
 */
samples?: number
/**
 * Validation images that a reward is computed from (batch statistics).
 */
validationBatch?: number
/**
 * What batch normalisation goes by when a reward is computed: the statistics of that batch, as ENAS's release in its micro space, or the moving ones of the shared weights, as in its macro space.
 */
rewardStatistics?: ("batch" | "moving")
/**
 * `lstm`: an autoregressive recurrent controller (ENAS §2.1; of the spaces `enas-macro`, `enas-micro` and `nasnet` with attention over earlier layers or nodes, as in its release); `factorised`: independent logits for each choice block (TuNAS §3.2).
 */
controller?: ("lstm" | "factorised")
/**
 * Units of the LSTM; null: 64 (ENAS). Only with the controller `lstm`.
 */
hidden?: (number | null)
/**
 * Logits z become c·tanh(z) with this c; null: 1.5, for cells 1.1 (ENAS), there divided by 2.5 for operations. Only with the controller `lstm`.
 */
tanhConstant?: (number | null)
/**
 * Divides the logits before the tanh; null: 1 (ENAS). Only with the controller `lstm`.
 */
temperature?: (number | null)
/**
 * Probability of a skip at which its penalty is least; null: 0.4 (ENAS). As in the release, of half the logit that is sampled by: 0.4 draws 0.308 of the skips. Only with the controller `lstm` and a space of the form of `enas-macro`.
 */
skipTarget?: (number | null)
/**
 * Weight of that penalty, a Kullback-Leibler divergence; null: 0.8 (ENAS). Only with the controller `lstm` and a space of the form of `enas-macro`.
 */
skipWeight?: (number | null)
/**
 * Learning rate of the controller when it starts to move (Adam with β1 = 0, β2 = 0.999).
 */
controllerRate?: number
/**
 * Share of the steps in which the controller does not move yet; until then it samples by its initial, nearly uniform distribution, while the baseline settles.
 */
controllerStart?: number
/**
 * Factor by which the learning rate of the controller has grown, exponentially, by the last step (TuNAS: 10).
 */
controllerRamp?: number
/**
 * Weight of the old value in the moving baseline of the reward. `factorised` corrects it for its start at 0 (TuNAS), `lstm` does not (ENAS).
 */
baselineDecay?: number
/**
 * Weight of the entropy of the samples, in nats, in what the controller maximises.
 */
entropyWeight?: number
/**
 * With accuracy (or another `metric`) a, cost c, target t and `costExponent` β: `tunas-absolute` a + β·|c/t − 1|; `mnas-soft` a·(c/t)^β; `mnas-hard` a where c ≤ t, else a·(c/t)^β; `accuracy` a.
 */
reward?: ("tunas-absolute" | "mnas-soft" | "mnas-hard" | "accuracy")
/**
 * What the reward takes for a: `accuracy`; `macro-f1`, the mean F1 of the classes, where classes are not equally frequent; `likelihood`, the geometric mean of the probabilities given to the true classes, e to the power of minus the negative log-likelihood.
 */
metric?: ("accuracy" | "macro-f1" | "likelihood")
/**
 * β of the reward; null takes the published value: −0.1 for `tunas-absolute`, −0.07 for `mnas-soft`, −1 for `mnas-hard`. The reward `accuracy` has none.
 */
costExponent?: (number | null)
/**
 * Cost that the reward aims at. Required, except that the reward `accuracy` has none. Outside the reachable range it is an error before any training.
 */
target?: ({
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
limit?: ({
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
derive?: number
/**
 * Training images from which the moving statistics of batch normalisation are recomputed for each architecture before it is evaluated.
 */
recalibrationImages?: number
}
/**
 * Params of proxyless-finetune.
 */
export type ProxylessFinetuneParams = {
/**
 * Weight steps.
 */
steps?: number
/**
 * Images a weight step.
 */
batch?: number
/**
 * Learning rate of the weights, step by step. Durations are in epochs; fractions are allowed.
 */
learningRate?: ({
/**
 * The peak rate throughout.
 */
kind: "constant"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
} | {
/**
 * Multiplied by `factor` after every `every` epochs.
 */
kind: "step"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Epochs between two drops.
 */
every?: number
/**
 * Factor of each drop.
 */
factor?: number
} | {
/**
 * Multiplied by `factor` per `every` epochs, continuously.
 */
kind: "exponential"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Epochs per factor.
 */
every?: number
/**
 * Factor per `every` epochs.
 */
factor?: number
} | {
/**
 * From the peak, continuously, to `factor` times it at the last step.
 */
kind: "exponential-ramp"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Rate at the last step, in peaks.
 */
factor?: number
} | {
/**
 * Half a cosine from the peak to `floor` at the last step.
 */
kind: "cosine"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Lowest rate.
 */
floor?: number
} | {
/**
 * A half cosine per period, each period `multiplier` times as long as the one before.
 */
kind: "cosine-restarts"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Lowest rate.
 */
floor?: number
/**
 * Epochs of the first period.
 */
period?: number
/**
 * Length of a period relative to the one before.
 */
multiplier?: number
})
/**
 * How a gradient becomes a step.
 */
optimiser?: ({
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
decay?: number
/**
 * Added to the mean square under the root.
 */
epsilon?: number
} | {
/**
 * Adam; `weightDecay` is part of the gradient.
 */
kind: "adam"
/**
 * Weight of the old mean gradient.
 */
beta1?: number
/**
 * Weight of the old mean square.
 */
beta2?: number
/**
 * Added to the root of the mean square.
 */
epsilon?: number
} | {
/**
 * AdamW; `weightDecay` shrinks the weights themselves.
 */
kind: "adamw"
/**
 * Weight of the old mean gradient.
 */
beta1?: number
/**
 * Weight of the old mean square.
 */
beta2?: number
/**
 * Added to the root of the mean square.
 */
epsilon?: number
})
/**
 * Momentum; Adam and AdamW have `beta1`.
 */
momentum?: number
/**
 * Nesterov's form of the momentum.
 */
nesterov?: boolean
/**
 * L2 coefficient of convolution and dense kernels; only weights on the sampled path decay.
 */
weightDecay?: number
/**
 * Probability mass spread evenly over all classes in the loss.
 */
labelSmoothing?: number
/**
 * Limit of what `clipBy` says; 0: no clipping.
 */
clipNorm?: number
/**
 * What `clipNorm` limits: the L2 norm of the whole gradient, that of each weight's gradient, or each of its elements.
 */
clipBy?: ("global-norm" | "norm" | "value")
/**
 * Random changes to each training image, drawn anew every epoch.
 */
augment?: {
/**
 * Pixels of mean colour added on each side before a random crop back to size.
 */
pad?: number
/**
 * Mirror half of the images left to right.
 */
flip?: boolean
/**
 * Side in pixels of a square that is blanked at a random place; 0: none.
 */
cutout?: number
}
/**
 * Probability that each gate vector gives the option of the input `architecture` at the start; the rest is spread evenly.
 */
neighbourhood?: number
/**
 * Options of a choice block that take part in a gate step: all, or two drawn by their probabilities (less memory, more noise). `reinforce` draws whole paths, so it takes `full`.
 */
mode?: ("full" | "two")
/**
 * Share of the weight steps before the first gate step.
 */
gateStart?: number
/**
 * Weight steps between two gate steps.
 */
gateEvery?: number
/**
 * Validation images a gate step.
 */
gateBatch?: number
/**
 * Learning rate of the gates (Adam with β1 = 0, β2 = 0.999).
 */
gateRate?: number
/**
 * What a gate step minimises, from cross-entropy CE, expected cost E and target t; or, with `reinforce`, what it rewards.
 */
loss?: ({
/**
 * scale · CE · (log E / log t)^exponent.
 */
kind: "mul-log"
/**
 * Factor of the loss.
 */
scale?: number
/**
 * Exponent of the ratio of logarithms.
 */
exponent?: number
} | {
/**
 * CE + weight · (E − t)/t.
 */
kind: "add-linear"
/**
 * Weight of the relative excess.
 */
weight?: number
} | {
/**
 * Rewards a · (c/t)^costExponent.
 */
kind: "reinforce"
/**
 * Paths drawn and rewarded a gate step, on one validation batch with its own statistics.
 */
samples?: number
/**
 * What the reward takes for a: `accuracy`, `macro-f1` (the mean F1 of the classes) or `likelihood` (the geometric mean of the probabilities given to the true classes).
 */
metric?: ("accuracy" | "macro-f1" | "likelihood")
/**
 * Exponent of c/t.
 */
costExponent?: number
/**
 * Weight of the old value in the moving baseline of the reward, which starts at the first step's mean.
 */
baselineDecay?: number
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
limit?: ({
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
derive?: number
/**
 * Training images from which the moving statistics of batch normalisation are recomputed for each architecture before it is evaluated.
 */
recalibrationImages?: number
}
/**
 * Params of search-space.
 */
export type SearchSpaceParams = {
/**
 * `mobilenet-v3`: MNAS-style inverted bottlenecks (Tan et al. 2019, Howard et al. 2019): per block the depthwise kernel, the expansion, squeeze-and-excitation, and identity where the shape allows it; ReLU in the early blocks, h-swish in the late ones. `proxyless`: that of ProxylessNAS. Path gates (`proxyless-finetune`) are for these two. The others are as published: `enas-macro`, `enas-micro` (as ENAS searches them), `nasnet` (the cells of AmoebaNet's evolution), `mnas` (factorised hierarchy), `mobilenet-v3-large`, `mobilenet-v3-small` (the papers' skeletons), `mobilenet-v4` (universal inverted bottlenecks), `nas-bench-macro`, `ofa-mobilenet-v3`, and those of TuNAS.
 */
space?: ("mobilenet-v3" | "proxyless" | "enas-macro" | "enas-micro" | "mnas" | "mobilenet-v3-large" | "mobilenet-v3-small" | "mobilenet-v4" | "nas-bench-macro" | "nasnet" | "ofa-mobilenet-v3" | "tunas-proxyless" | "tunas-proxyless-enlarged" | "tunas-mobilenet-v3-like")
/**
 * A published network: its space is made, widths included, in place of the one that `space` names; `architecture` with the same `published` names the network in it.
 */
published?: ("mobilenet-v2" | "proxyless-mobile" | "proxyless-mobile-14" | "proxyless-cpu" | "proxyless-gpu" | "mnasnet-a1" | "mnasnet-b1" | "mnasnet-small" | "efficientnet-b0" | "mobilenet-v3-large" | "mobilenet-v3-small" | "mobilenet-v4-conv-small" | "ofa-note10-25ms" | "enas-macro-found" | "enas-micro-found" | null)
/**
 * Multiplier of every channel count; the results are rounded to multiples of 8, at least 8. For `mobilenet-v3` only.
 */
width?: number
/**
 * Stride of the first convolution in pixels: 1 keeps the side of the image, 2 halves it; null: 1 for images of up to 64 pixels a side, else 2. For `mobilenet-v3` only.
 */
stemStride?: (1 | 2 | null)
/**
 * Depthwise kernel sides to choose from in every block. For `mobilenet-v3` only.
 * 
 * @minItems 1
 * 
 * Items: Kernel side in pixels.
 */
kernels?: (3 | 5 | 7)[]
/**
 * Expansion ratios to choose from in every block. For `mobilenet-v3` only.
 * 
 * @minItems 1
 * 
 * Items: Multiple of the block's input channels.
 */
expansions?: number[]
/**
 * Squeeze-and-excitation in every block: chosen by the search, always, or never. For `mobilenet-v3` only.
 */
squeezeExcite?: ("search" | "on" | "off")
/**
 * Whether the search may leave a block out where its shape allows it. For `mobilenet-v3` only.
 */
identity?: boolean
/**
 * Dropout rate before the classifier. For `mobilenet-v3` only.
 */
dropout?: number
/**
 * Added to the variance in batch normalisation. For `mobilenet-v3` only.
 */
batchNormEpsilon?: number
/**
 * Weight of the old moving value in batch normalisation. For `mobilenet-v3` only.
 */
batchNormDecay?: number
/**
 * Layers, of cells the normal ones; null: as published for the search, 12, 6 and 9. For `enas-macro`, `enas-micro` and `nasnet` only.
 */
layers?: (number | null)
/**
 * Channels of the first layers or cells; null: as published for the search, 36, 20 and 24. For `enas-macro`, `enas-micro` and `nasnet` only.
 */
filters?: (number | null)
/**
 * How networks are built: as paths of a supernet are (`search`), or as the release trains the one that was found (`final`), with skips or loose ends concatenated and channels doubled at each halving; null: `search`, of `nasnet` `final`. A search may go on in one, and its architecture be trained in the other. For `enas-macro`, `enas-micro` and `nasnet` only.
 */
form?: ("search" | "final" | null)
/**
 * What a skip joins: the tensor before a layer, the stem first (`release`), or the output of a layer (`layers`, as the paper reads); null: `release`. For `enas-macro` only.
 */
anchors?: ("release" | "layers" | null)
}

/**
 * A pipeline of typed stages. Written by `pipe types --write`; do not edit.
 */
export interface PipelineText {
/**
 * Path of this schema, for editors.
 */
$schema?: string
/**
 * Name of the pipeline.
 */
name: string
/**
 * What it is for; changes nothing.
 */
description?: string
/**
 * Pipeline that this one builds on, relative to this file. Stages are merged by id, params and inputs by name; null takes away a stage, a param (which has its default then), an input, `seed`, `seeds` or `matrix`; a stage of another type replaces the inherited one.
 */
extends?: string
/**
 * Seed of every stage that is random. null: 0, whatever the extended pipeline says.
 */
seed?: (number | null)
/**
 * Repeats everything random with several seeds: so many, the first of them `seed` and the others derived from it, or those listed. Results are given as mean and 95 % interval. null: none, whatever the extended pipeline says.
 * 
 * @minItems 2
 * @maxItems 1000
 */
seeds?: (number | number[] | null)
/**
 * Place (`stage.params.name`) → values. The pipeline runs with every combination; stages that a value cannot change are shared. null: none, whatever the extended pipeline says.
 */
matrix?: ({
/**
 * Values, each put in place of what the stage says.
 * 
 * @minItems 1
 */
[k: string]: unknown[] | undefined
} | null)
/**
 * Stage id → stage. The order does not matter.
 */
stages: {
[k: string]: Stage | undefined
}
}
/**
 * Names an architecture of a search space, by its encoding, by its options in words, or by the name of a published network: one that is known, or the only one of a space of one network.
 */
export interface ArchitectureStage {
/**
 * Names an architecture of a search space, by its encoding, by its options in words, or by the name of a published network: one that is known, or the only one of a space of one network.
 */
type: "architecture"
/**
 * What it is here for; changes nothing.
 */
description?: string
params?: ArchitectureParams
/**
 * Input port → where its artifact comes from.
 */
inputs: {
/**
 * The search space. (search-space)
 */
space: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
}
}
/**
 * Lets an artifact through when a figure of it lies within bounds, and fails otherwise, so that what takes from it does not run.
 */
export interface AssertStage {
/**
 * Lets an artifact through when a figure of it lies within bounds, and fails otherwise, so that what takes from it does not run.
 */
type: "assert"
/**
 * What it is here for; changes nothing.
 */
description?: string
params: AssertParams
/**
 * Input port → where its artifact comes from.
 */
inputs: {
/**
 * What is checked. (any kind)
 */
of: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
}
}
/**
 * Gives the best of several artifacts of one kind: the one whose figure is highest or lowest, the first of equal ones. A figure measured on the test split is refused, for what is chosen by it would no longer be tested by it.
 */
export interface ChooseStage {
/**
 * Gives the best of several artifacts of one kind: the one whose figure is highest or lowest, the first of equal ones. A figure measured on the test split is refused, for what is chosen by it would no longer be tested by it.
 */
type: "choose"
/**
 * What it is here for; changes nothing.
 */
description?: string
params: ChooseParams
/**
 * Input port → where its artifact comes from.
 */
inputs: {
/**
 * What is chosen from. (several, of any kind)
 */
candidates: (string | {

} | unknown[])
/**
 * Where the figures are: one artifact for each candidate, in the same order; without it the candidates themselves. (several, of any kind)
 */
by?: (string | {

} | unknown[])
}
}
/**
 * Params of choose.
 */
export interface ChooseParams {
/**
 * Number inside each artifact that decides, as a dotted path: `info.training.accuracy.value` of a model, `accuracy.value` of an architecture, `metrics.accuracy.value` of an evaluation, `` (nothing) of a JSON number.
 */
figure: string
/**
 * Which numbers are better.
 */
best?: ("highest" | "lowest")
}
/**
 * Runs a program: a Python script, a shell line, anything. It finds each input artifact as a directory of read-only files below $NASPIPE_INPUTS/<port>, its working directory holds copies of `files`, and it leaves each output as files in $NASPIPE_OUTPUTS/<port>, which must be those of the declared kind (a json artifact is one file, value.json). What it prints goes to the stage's log. It has no checkpoint: after a stop it starts from the beginning.
 */
export interface CommandStage {
/**
 * Runs a program: a Python script, a shell line, anything. It finds each input artifact as a directory of read-only files below $NASPIPE_INPUTS/<port>, its working directory holds copies of `files`, and it leaves each output as files in $NASPIPE_OUTPUTS/<port>, which must be those of the declared kind (a json artifact is one file, value.json). What it prints goes to the stage's log. It has no checkpoint: after a stop it starts from the beginning.
 */
type: "command"
/**
 * What it is here for; changes nothing.
 */
description?: string
params: CommandParams
/**
 * Input port, as declared in params.inputs → where its artifact comes from.
 */
inputs?: {
/**
 * Where an input comes from: "stage.port", "stage" where one port has the right kind, {"file": "<path relative to the project root>"} or {"artifact": "<digest>"}.
 */
[k: string]: string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
} | undefined
}
}
/**
 * Params of command.
 */
export interface CommandParams {
/**
 * The program and its arguments, as in ["python3", "count.py"]; no shell reads them, unless it is one: ["sh", "-c", "…"].
 * 
 * @minItems 1
 * 
 * Items: A word.
 */
run: string[]
/**
 * Input port → kind of artifact; each is wired in the stage's own `inputs`.
 */
inputs?: {
/**
 * Kind of artifact.
 */
[k: string]: "train-split" | "validation-split" | "test-split" | "search-space" | "latency-table" | "supernet" | "controller" | "trials" | "architecture" | "model" | "evaluation" | "latency-measurement" | "correlation" | "json" | undefined
}
/**
 * Output port → kind of artifact.
 */
outputs: {
/**
 * Kind of artifact.
 */
[k: string]: "train-split" | "validation-split" | "test-split" | "search-space" | "latency-table" | "supernet" | "controller" | "trials" | "architecture" | "model" | "evaluation" | "latency-measurement" | "correlation" | "json" | undefined
}
/**
 * Files and directories that the program needs, relative to the project root; they are copied to its working directory under the same paths. Paths and content are part of the fingerprint.
 * 
 * Items: A path.
 */
files?: string[]
/**
 * Names of environment variables that are passed on; PATH always is, nothing else. Their values are not part of the fingerprint: what decides the result belongs into `variables`.
 * 
 * Items: A name.
 */
environment?: string[]
/**
 * Environment variables with their values, part of the fingerprint.
 */
variables?: {
/**
 * A value.
 */
[k: string]: string | undefined
}
}
/**
 * Searches with a trainable sampler of architectures (ENAS, Pham et al. 2018; TuNAS, Bender et al. 2020). Each step trains the shared weights on a path that the controller samples, then updates the controller by REINFORCE on the rewards of samples evaluated on a validation batch. The derived architecture is the best of the most probable one and several final samples, recalibrated and evaluated on the whole validation split.
 */
export interface ControllerSearchStage {
/**
 * Searches with a trainable sampler of architectures (ENAS, Pham et al. 2018; TuNAS, Bender et al. 2020). Each step trains the shared weights on a path that the controller samples, then updates the controller by REINFORCE on the rewards of samples evaluated on a validation batch. The derived architecture is the best of the most probable one and several final samples, recalibrated and evaluated on the whole validation split.
 */
type: "controller-search"
/**
 * What it is here for; changes nothing.
 */
description?: string
params?: ControllerSearchParams
/**
 * Input port → where its artifact comes from.
 */
inputs: {
/**
 * Images to train on. (train-split)
 */
train: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Held-out images that guide the search. (validation-split)
 */
validation: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * The search space. (search-space)
 */
space: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Shared weights to start from. (supernet)
 */
supernet: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Latency of each layer shape of the space; needed where a cost is a latency. (latency-table)
 */
table?: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
}
}
/**
 * Reads a data set, divides its training images into a train and a validation split, both balanced over the classes and drawn by the seed, and measures the train split's per-channel mean and deviation, by which all three splits are standardised.
 */
export interface DataPrepStage {
/**
 * Reads a data set, divides its training images into a train and a validation split, both balanced over the classes and drawn by the seed, and measures the train split's per-channel mean and deviation, by which all three splits are standardised.
 */
type: "data-prep"
/**
 * What it is here for; changes nothing.
 */
description?: string
params: DataPrepParams
/**
 * Input port → where its artifact comes from.
 */
inputs?: {

}
}
/**
 * Params of data-prep.
 */
export interface DataPrepParams {
/**
 * Data set. `fashion-mnist-mini` comes with naspipe: 10,000 training and 10,000 test images of Fashion-MNIST. `fashion-mnist` is the whole of it, 60,000 and 10,000 images, read from `directory`. `idx` is a data set of your own in the four IDX files of MNIST, read from `directory`: images [count, height, width] or [count, height, width, channels], labels [count], and, if you like, `classes.txt` with a class name a line.
 */
source: ("fashion-mnist-mini" | "fashion-mnist" | "idx")
/**
 * Directory of the data set's files, relative to the project root; its content, not its path, decides what is cached. Needed by `fashion-mnist` and `idx` (the files train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, gzipped or not, as Debian's package dataset-fashion-mnist has them in /usr/share/datasets/fashion-mnist), refused by a source that comes with naspipe.
 */
directory?: (string | null)
/**
 * Images of the train split, taken from the data set's training images.
 */
trainImages?: number
/**
 * Images of the validation split, taken from the data set's training images, none of them in the train split. When both add up to all there are, the train split need not be balanced.
 */
validationImages?: number
/**
 * Images of the test split, taken from the data set's test images. Fewer than all are drawn by the seed, balanced over the classes.
 */
testImages?: number
/**
 * Side to which the images are resampled: bilinear, averaged where they become smaller. null: as they come. A smaller side makes a cheaper proxy task.
 */
side?: (number | null)
}
/**
 * Gives the architecture of the best of some trials, in the space wired: that of the search, or one with the same choices, such as the form `final` of a space that was searched in the form `search`. Inside a foreach over trials it turns the one trial that is the item into an architecture. The artifact says nothing of how the trial was rated or found, so that equal architectures are equal artifacts.
 */
export interface DeriveStage {
/**
 * Gives the architecture of the best of some trials, in the space wired: that of the search, or one with the same choices, such as the form `final` of a space that was searched in the form `search`. Inside a foreach over trials it turns the one trial that is the item into an architecture. The artifact says nothing of how the trial was rated or found, so that equal architectures are equal artifacts.
 */
type: "derive"
/**
 * What it is here for; changes nothing.
 */
description?: string
params?: DeriveParams
/**
 * Input port → where its artifact comes from.
 */
inputs: {
/**
 * The trials to choose from; one is enough. (trials)
 */
trials: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * The search space that they were made in, or another with the same choices; costs are counted in it. (search-space)
 */
space: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
}
}
/**
 * Params of derive.
 */
export interface DeriveParams {
/**
 * Figure that the trials are compared by.
 */
by?: ("reward" | "accuracy" | "cost")
/**
 * Which figures are better.
 */
best?: ("highest" | "lowest")
/**
 * Only trials of this phase of a search: `derive` are the final candidates of `controller-search`, rated on the whole validation split, `search` those that were rewarded on a batch. Null: all trials.
 */
phase?: ("search" | "derive" | "population" | "evolve" | "re-evaluated" | "start" | "cut" | null)
}
/**
 * Evaluates a model on the test split: accuracy with its 95 % margin, top-5, precision, recall and F1, confusion matrix, negative log-likelihood, and the prediction for each image. The only stage type that reads a test split.
 */
export interface EvaluateStage {
/**
 * Evaluates a model on the test split: accuracy with its 95 % margin, top-5, precision, recall and F1, confusion matrix, negative log-likelihood, and the prediction for each image. The only stage type that reads a test split.
 */
type: "evaluate"
/**
 * What it is here for; changes nothing.
 */
description?: string
params?: EvaluateParams
/**
 * Input port → where its artifact comes from.
 */
inputs: {
/**
 * The model to evaluate. (model)
 */
model: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * The test images. (test-split)
 */
test: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * With `space`: adds the latency that the table predicts. (latency-table)
 */
table?: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * The space that the model is a child of; goes with `table`. (search-space)
 */
space?: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
}
}
/**
 * Params of evaluate.
 */
export interface EvaluateParams {
/**
 * Images a forward pass; never changes the result beyond rounding.
 */
batch?: number
}
/**
 * Refines by evolution with inherited weights: regularised (aging) evolution (Real et al. 2019: the best of a random tournament is mutated, the offspring enters, the oldest leaves) or another strategy. Every architecture is evaluated with its batch-norm statistics recalibrated, on the whole validation split. No architecture above the limit is ever evaluated.
 */
export interface EvolutionaryRefinementStage {
/**
 * Refines by evolution with inherited weights: regularised (aging) evolution (Real et al. 2019: the best of a random tournament is mutated, the offspring enters, the oldest leaves) or another strategy. Every architecture is evaluated with its batch-norm statistics recalibrated, on the whole validation split. No architecture above the limit is ever evaluated.
 */
type: "evolutionary-refinement"
/**
 * What it is here for; changes nothing.
 */
description?: string
params: EvolutionaryRefinementParams
/**
 * Input port → where its artifact comes from.
 */
inputs: {
/**
 * Images that recalibrate batch normalisation. (train-split)
 */
train: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Held-out images that guide the search. (validation-split)
 */
validation: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * The search space. (search-space)
 */
space: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Shared weights to start from. (supernet)
 */
supernet: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Trials of an earlier search to start from; without them the population starts at random. (trials)
 */
trials?: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Latency of each layer shape of the space; needed where a cost is a latency. (latency-table)
 */
table?: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
}
}
/**
 * Params of evolutionary-refinement.
 */
export interface EvolutionaryRefinementParams {
/**
 * Largest cost allowed. Outside the reachable range it is an error before any evaluation.
 */
limit: {
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
 * What proposes the next architecture, and its settings. Each has those of its own only.
 */
strategy?: ({
/**
 * Regularised evolution (Real et al. 2019): the best of a tournament is mutated, the oldest leaves.
 */
kind: "aging-evolution"
/**
 * Members alive.
 */
population?: number
/**
 * Members drawn with replacement, of which the best becomes the parent.
 */
tournament?: number
/**
 * Choice blocks redrawn in each offspring.
 */
mutations?: number
} | {
/**
 * The same without aging, an ablation: the least fit leaves.
 */
kind: "evolution"
/**
 * Members alive.
 */
population?: number
/**
 * Members drawn with replacement, of which the best becomes the parent.
 */
tournament?: number
/**
 * Choice blocks redrawn in each offspring.
 */
mutations?: number
} | {
/**
 * Generations of mutants and crosses of the best under the limit (Once-for-All, Cai et al. 2020).
 */
kind: "constrained-evolution"
/**
 * Offspring a generation.
 */
population?: number
/**
 * Share of the population that lives on and has offspring.
 */
parents?: number
/**
 * Share of the offspring that are mutants of one parent; the others are crossed from two.
 */
mutants?: number
/**
 * Probability that a choice of a mutant is redrawn.
 */
mutation?: number
} | {
/**
 * The same on an accuracy predictor that is fitted on evaluations; its best finds are evaluated. Tells the predictor's held-out error, and keeps what it expected of each trial.
 */
kind: "predictor-evolution"
/**
 * Evaluations that the first predictor is fitted on: those of `start`, and random ones.
 */
samples?: number
/**
 * Evaluations of its best finds before it is fitted anew.
 */
every?: number
/**
 * What foretells accuracies from encodings. Its held-out error is told: of predictors fitted without the samples, in five parts.
 */
predictor?: ({
/**
 * Ridge regression on the chosen options.
 */
kind: "ridge"
/**
 * Penalty of the squared coefficients.
 */
penalty?: number
} | {
/**
 * A perceptron on the chosen options, as Once-for-All has it (3 layers of 400 units there, for 16,000 samples).
 */
kind: "mlp"
/**
 * Hidden layers.
 */
layers?: number
/**
 * Units of each hidden layer.
 */
hidden?: number
/**
 * Passes over the samples.
 */
epochs?: number
/**
 * Samples a step.
 */
batch?: number
/**
 * Learning rate of Adam.
 */
rate?: number
/**
 * Weight decay.
 */
decay?: number
})
/**
 * Generations of evolution on each predictor.
 */
generations?: number
/**
 * Offspring a generation.
 */
population?: number
/**
 * Share of the population that lives on and has offspring.
 */
parents?: number
/**
 * Share of the offspring that are mutants of one parent; the others are crossed from two.
 */
mutants?: number
/**
 * Probability that a choice of a mutant is redrawn.
 */
mutation?: number
} | {
/**
 * NSGA-II (Deb et al. 2002): for accuracy and several costs together.
 */
kind: "nsga2"
/**
 * Members that survive a generation, and offspring of each.
 */
population?: number
/**
 * Probability that an offspring comes of two parents.
 */
crossover?: number
/**
 * Probability that a choice of an offspring is redrawn; null: one choice in each on average.
 */
mutation?: (number | null)
/**
 * The costs that are minimised beside the accuracy that is maximised; a latency needs the input `table`. null: that of the limit.
 * 
 * @minItems 1
 */
costs?: (("latency" | "macs" | "params")[] | null)
})
/**
 * Architectures evaluated in all, the first population included. Repeats of an encoding are remembered and cost nothing.
 */
evaluations?: number
/**
 * Input trials within the limit that are re-evaluated as the first members of the population (or samples of the predictor), no more than there is room for: those measured on the most images first, then the most accurate. The rest of the first population is random.
 */
start?: number
/**
 * Training images from which the moving statistics of batch normalisation are recomputed for each architecture before it is evaluated.
 */
recalibrationImages?: number
}
/**
 * Trains the network of an architecture from scratch.
 */
export interface FinalTrainStage {
/**
 * Trains the network of an architecture from scratch.
 */
type: "final-train"
/**
 * What it is here for; changes nothing.
 */
description?: string
params?: FinalTrainParams
/**
 * Input port → where its artifact comes from.
 */
inputs: {
/**
 * Images to train on. (train-split)
 */
train: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * The search space. (search-space)
 */
space: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * The architecture to train. (architecture)
 */
architecture: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Held-out images that the trained model is scored on, or, with `useValidation`, further images to train on. (validation-split)
 */
validation?: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * A trained model whose probabilities the network learns from beside the labels; for the same classes and images. (model)
 */
teacher?: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
}
}
/**
 * Params of final-train.
 */
export interface FinalTrainParams {
/**
 * Passes over the training images; fractions are allowed.
 */
epochs?: number
/**
 * Images a weight step.
 */
batch?: number
/**
 * Learning rate of the weights, step by step. Durations are in epochs; fractions are allowed.
 */
learningRate?: ({
/**
 * The peak rate throughout.
 */
kind: "constant"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
} | {
/**
 * Multiplied by `factor` after every `every` epochs.
 */
kind: "step"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Epochs between two drops.
 */
every?: number
/**
 * Factor of each drop.
 */
factor?: number
} | {
/**
 * Multiplied by `factor` per `every` epochs, continuously.
 */
kind: "exponential"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Epochs per factor.
 */
every?: number
/**
 * Factor per `every` epochs.
 */
factor?: number
} | {
/**
 * From the peak, continuously, to `factor` times it at the last step.
 */
kind: "exponential-ramp"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Rate at the last step, in peaks.
 */
factor?: number
} | {
/**
 * Half a cosine from the peak to `floor` at the last step.
 */
kind: "cosine"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Lowest rate.
 */
floor?: number
} | {
/**
 * A half cosine per period, each period `multiplier` times as long as the one before.
 */
kind: "cosine-restarts"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Lowest rate.
 */
floor?: number
/**
 * Epochs of the first period.
 */
period?: number
/**
 * Length of a period relative to the one before.
 */
multiplier?: number
})
/**
 * How a gradient becomes a step.
 */
optimiser?: ({
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
decay?: number
/**
 * Added to the mean square under the root.
 */
epsilon?: number
} | {
/**
 * Adam; `weightDecay` is part of the gradient.
 */
kind: "adam"
/**
 * Weight of the old mean gradient.
 */
beta1?: number
/**
 * Weight of the old mean square.
 */
beta2?: number
/**
 * Added to the root of the mean square.
 */
epsilon?: number
} | {
/**
 * AdamW; `weightDecay` shrinks the weights themselves.
 */
kind: "adamw"
/**
 * Weight of the old mean gradient.
 */
beta1?: number
/**
 * Weight of the old mean square.
 */
beta2?: number
/**
 * Added to the root of the mean square.
 */
epsilon?: number
})
/**
 * Momentum; Adam and AdamW have `beta1`.
 */
momentum?: number
/**
 * Nesterov's form of the momentum.
 */
nesterov?: boolean
/**
 * L2 coefficient of convolution and dense kernels; only weights on the sampled path decay.
 */
weightDecay?: number
/**
 * Probability mass spread evenly over all classes in the loss.
 */
labelSmoothing?: number
/**
 * Limit of what `clipBy` says; 0: no clipping.
 */
clipNorm?: number
/**
 * What `clipNorm` limits: the L2 norm of the whole gradient, that of each weight's gradient, or each of its elements.
 */
clipBy?: ("global-norm" | "norm" | "value")
/**
 * How kernels of convolutions start: with variance 2 / fan (He et al. 2015 §2.2), fan-in unless it says fan-out, or with fan-in and fan-out together (Glorot & Bengio 2010 eq. 16); normal, uniform, or normal cut at two deviations. The classifier, normalisation and biases have starts of their own.
 */
initialiser?: ("he-normal" | "he-uniform" | "he-truncated" | "he-normal-fan-out" | "he-uniform-fan-out" | "he-truncated-fan-out" | "glorot-normal" | "glorot-uniform" | "glorot-truncated")
/**
 * Random changes to each training image, drawn anew every epoch.
 */
augment?: {
/**
 * Pixels of mean colour added on each side before a random crop back to size.
 */
pad?: number
/**
 * Mirror half of the images left to right.
 */
flip?: boolean
/**
 * Side in pixels of a square that is blanked at a random place; 0: none.
 */
cutout?: number
}
/**
 * Weight of the old value in the exponential moving average of all weights, which becomes the model; 0: no average, the last weights become the model.
 */
emaDecay?: number
/**
 * Train on the validation images, too. The accuracy in the model is then that on the training images.
 */
useValidation?: boolean
/**
 * Weight of the cross-entropy with the probabilities of the teacher, beside that with the labels (knowledge distillation).
 */
teacherRatio?: number
/**
 * Weight of the loss of an auxiliary classifier that stands at about two thirds of the network while it is trained; 0: none. It is no part of the model.
 */
auxiliaryWeight?: number
/**
 * Residual branches are left out at random, whole images at a time.
 */
dropPath?: {
/**
 * Rate at the last residual sum; those before it have less, in proportion to their depth.
 */
rate?: number
/**
 * Let the rates grow from 0 at the first step to their own at the last (scheduled drop-path).
 */
grow?: boolean
}
}
/**
 * Makes a latency table of a published one, for a device that is not at hand: the YAML maps of ProxylessNAS and of Once-for-All, layer → mean, variance and count, and linear models as TuNAS's of its space proxylessnas_search. A layer of the space that the table lacks is an error that names it; nothing is guessed.
 */
export interface LatencyImportStage {
/**
 * Makes a latency table of a published one, for a device that is not at hand: the YAML maps of ProxylessNAS and of Once-for-All, layer → mean, variance and count, and linear models as TuNAS's of its space proxylessnas_search. A layer of the space that the table lacks is an error that names it; nothing is guessed.
 */
type: "latency-import"
/**
 * What it is here for; changes nothing.
 */
description?: string
params: LatencyImportParams
/**
 * Input port → where its artifact comes from.
 */
inputs: {
/**
 * The search space. (search-space)
 */
space: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
}
}
/**
 * Params of latency-import.
 */
export interface LatencyImportParams {
/**
 * The YAML or JSON file, from the project.
 */
table: string
/**
 * Whose keys it has: `proxylessnas` tells the expansion as a ratio; `ofa` as channels, and whether there is squeeze-and-excitation and h-swish; `tunas` is a linear model, { bias, features: [{ name, w }] } with the features of TuNAS's cost model (`sep1 k5`, `S2L0 k3 e6`, `S2L1 zero`).
 */
format: ("proxylessnas" | "ofa" | "tunas")
/**
 * Name of the device that was measured.
 */
device: string
}
/**
 * Times each distinct layer shape of a space on this device, then whole random networks, from which it takes the constant overhead and the error of predictions by summing.
 */
export interface LatencyProfileStage {
/**
 * Times each distinct layer shape of a space on this device, then whole random networks, from which it takes the constant overhead and the error of predictions by summing.
 */
type: "latency-profile"
/**
 * What it is here for; changes nothing.
 */
description?: string
params?: LatencyProfileParams
/**
 * Input port → where its artifact comes from.
 */
inputs: {
/**
 * The search space. (search-space)
 */
space: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
}
}
/**
 * Params of latency-profile.
 */
export interface LatencyProfileParams {
/**
 * Passes of one image before each timing that are thrown away.
 */
warmup?: number
/**
 * Timed passes of each layer shape, to begin with; the table keeps their median, its 95 % interval and the interquartile range.
 */
repeats?: number
/**
 * Whole random networks timed. The first half gives the overhead, the rest the error of the predictions.
 */
networks?: number
/**
 * Goes on timing until the median is known within ± this share of itself (95 % interval).
 */
precision?: number
/**
 * Timed passes after which it stops all the same, and says so.
 */
mostRepeats?: number
/**
 * Threads of a pass.
 */
threads?: number
/**
 * What runs the passes: the backend that trains (`--backend`); a build of the kernels of `cpu`, as `PIPE_CPU` names them, so that this machine also stands for processors that have lesser instructions; or onnxruntime-node on the CPU, where it is installed, with the network exported as ONNX, batch normalisation folded.
 */
runtime?: ("backend" | "cpu-avx512" | "cpu-avx2" | "cpu-baseline" | "cpu-wasm" | "onnxruntime-node")
}
/**
 * Times a model on this device.
 */
export interface MeasureLatencyStage {
/**
 * Times a model on this device.
 */
type: "measure-latency"
/**
 * What it is here for; changes nothing.
 */
description?: string
params?: MeasureLatencyParams
/**
 * Input port → where its artifact comes from.
 */
inputs: {
/**
 * The model to time. (model)
 */
model: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * With `space`: adds the latency that the table predicts. (latency-table)
 */
table?: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * The space that the model is a child of; goes with `table`. (search-space)
 */
space?: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
}
}
/**
 * Params of measure-latency.
 */
export interface MeasureLatencyParams {
/**
 * Images a pass. With `table` only 1, because that is what the table predicts.
 */
batch?: number
/**
 * Passes that are thrown away.
 */
warmup?: number
/**
 * Timed passes, to begin with.
 */
repeats?: number
/**
 * Goes on timing until the median is known within ± this share of itself (95 % interval).
 */
precision?: number
/**
 * Timed passes after which it stops all the same, and says so.
 */
mostRepeats?: number
/**
 * Threads of a pass.
 */
threads?: number
/**
 * What runs the passes: the backend that trains (`--backend`); a build of the kernels of `cpu`, as `PIPE_CPU` names them, so that this machine also stands for processors that have lesser instructions; or onnxruntime-node on the CPU, where it is installed, with the network exported as ONNX, batch normalisation folded.
 */
runtime?: ("backend" | "cpu-avx512" | "cpu-avx2" | "cpu-baseline" | "cpu-wasm" | "onnxruntime-node")
}
/**
 * Goes down from one architecture to a limit of cost (NetAdapt, Yang et al. 2018, as MobileNetV3 uses it, Howard et al. 2019 §4.2). Each step evaluates, for each choice, the change that cuts the cost by a given amount with least to spare, with inherited weights, batch-norm statistics recalibrated, on the whole validation split; it keeps the one that loses least accuracy for the cost saved. The weights are the supernet’s throughout: proposals are not trained on.
 */
export interface NetadaptStage {
/**
 * Goes down from one architecture to a limit of cost (NetAdapt, Yang et al. 2018, as MobileNetV3 uses it, Howard et al. 2019 §4.2). Each step evaluates, for each choice, the change that cuts the cost by a given amount with least to spare, with inherited weights, batch-norm statistics recalibrated, on the whole validation split; it keeps the one that loses least accuracy for the cost saved. The weights are the supernet’s throughout: proposals are not trained on.
 */
type: "netadapt"
/**
 * What it is here for; changes nothing.
 */
description?: string
params: NetadaptParams
/**
 * Input port → where its artifact comes from.
 */
inputs: {
/**
 * Images that recalibrate batch normalisation. (train-split)
 */
train: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Held-out images that guide the search. (validation-split)
 */
validation: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * The search space. (search-space)
 */
space: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Shared weights that architectures are evaluated with. (supernet)
 */
supernet: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Where it begins; without one, at the dearest architecture of the space. (architecture)
 */
architecture?: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Latency of each layer shape of the space; needed where a cost is a latency. (latency-table)
 */
table?: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
}
}
/**
 * Params of netadapt.
 */
export interface NetadaptParams {
/**
 * Largest cost of the architecture that is found: the first at or below it ends the search. Below the reachable range it is an error before any evaluation.
 */
limit: {
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
 * Least cut of a step, as a share of the start's cost.
 */
reduction?: number
/**
 * What is kept of a step: the least loss of accuracy for the cost saved (MobileNetV3), or the most accurate (NetAdapt).
 */
keep?: ("ratio" | "accuracy")
/**
 * Most evaluations that it may take; not to have come down to the limit by then is an error. Repeats of an encoding are remembered and cost nothing.
 */
evaluations?: number
/**
 * Training images from which the moving statistics of batch normalisation are recomputed for each architecture before it is evaluated.
 */
recalibrationImages?: number
}
/**
 * Fine-tunes the shared weights and an architecture together with path gates (ProxylessNAS, Cai et al. 2019). Each choice block has a gate vector that starts in the neighbourhood of the given architecture; weight steps train a sampled path, gate steps follow the gradient of the loss and of the expected cost at the gates, or by REINFORCE the rewards of sampled paths. At the end the most probable architecture, samples of the gates and the given architecture are evaluated on the final weights, recalibrated, on the whole validation split; the most accurate within the target is the result.
 */
export interface ProxylessFinetuneStage {
/**
 * Fine-tunes the shared weights and an architecture together with path gates (ProxylessNAS, Cai et al. 2019). Each choice block has a gate vector that starts in the neighbourhood of the given architecture; weight steps train a sampled path, gate steps follow the gradient of the loss and of the expected cost at the gates, or by REINFORCE the rewards of sampled paths. At the end the most probable architecture, samples of the gates and the given architecture are evaluated on the final weights, recalibrated, on the whole validation split; the most accurate within the target is the result.
 */
type: "proxyless-finetune"
/**
 * What it is here for; changes nothing.
 */
description?: string
params: ProxylessFinetuneParams
/**
 * Input port → where its artifact comes from.
 */
inputs: {
/**
 * Images to train on. (train-split)
 */
train: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Held-out images that guide the search. (validation-split)
 */
validation: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * The search space. (search-space)
 */
space: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Shared weights to start from. (supernet)
 */
supernet: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * The architecture around which the gates start; without it all options of a block are as probable as each other. (architecture)
 */
architecture?: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Latency of each layer shape of the space; needed where a cost is a latency. (latency-table)
 */
table?: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
}
}
/**
 * The baseline for searches: samples architectures uniformly within a cost limit, evaluates each with inherited weights, recalibrated, on the whole validation split, and takes the most accurate.
 */
export interface RandomSearchStage {
/**
 * The baseline for searches: samples architectures uniformly within a cost limit, evaluates each with inherited weights, recalibrated, on the whole validation split, and takes the most accurate.
 */
type: "random-search"
/**
 * What it is here for; changes nothing.
 */
description?: string
params: RandomSearchParams
/**
 * Input port → where its artifact comes from.
 */
inputs: {
/**
 * Images that recalibrate batch normalisation. (train-split)
 */
train: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Held-out images that guide the search. (validation-split)
 */
validation: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * The search space. (search-space)
 */
space: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Shared weights to start from. (supernet)
 */
supernet: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Latency of each layer shape of the space; needed where a cost is a latency. (latency-table)
 */
table?: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
}
}
/**
 * Params of random-search.
 */
export interface RandomSearchParams {
/**
 * Largest cost allowed. Outside the reachable range it is an error before any evaluation.
 */
limit: {
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
 * Different architectures sampled and evaluated.
 */
evaluations?: number
/**
 * Training images from which the moving statistics of batch normalisation are recomputed for each architecture before it is evaluated.
 */
recalibrationImages?: number
}
/**
 * Says how well a cheap accuracy ranks architectures: that of the trials of a search (inherited weights), or that of models of a proxy task, against models of the same architectures trained alone. Kendall's τ and Spearman's ρ with their intervals. With it one knows whether a search can find what it looks for.
 */
export interface RankCorrelationStage {
/**
 * Says how well a cheap accuracy ranks architectures: that of the trials of a search (inherited weights), or that of models of a proxy task, against models of the same architectures trained alone. Kendall's τ and Spearman's ρ with their intervals. With it one knows whether a search can find what it looks for.
 */
type: "rank-correlation"
/**
 * What it is here for; changes nothing.
 */
description?: string
params?: RankCorrelationParams
/**
 * Input port → where its artifact comes from.
 */
inputs: {
/**
 * Two or more models trained alone, judged on the validation split (`useValidation` off). (several, of model)
 */
models: (string | {

} | unknown[])
/**
 * What the architectures were worth in a search; of several trials of one architecture the one on most images counts. (trials)
 */
trials?: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Models of the same architectures from a cheaper task: fewer images or epochs, less width or depth. (several, of model)
 */
proxies?: (string | {

} | unknown[])
}
}
/**
 * Params of rank-correlation.
 */
export interface RankCorrelationParams {
/**
 * Bootstrap samples for the intervals.
 */
resamples?: number
}
/**
 * Scales a network that was found by EfficientNet's compound scaling: more layers in each stack, more channels, larger images, by powers of `phi`. The result is a space of that one network (of cells: of all networks of the scaled size), for the stage type architecture.
 */
export interface ScaleStage {
/**
 * Scales a network that was found by EfficientNet's compound scaling: more layers in each stack, more channels, larger images, by powers of `phi`. The result is a space of that one network (of cells: of all networks of the scaled size), for the stage type architecture.
 */
type: "scale"
/**
 * What it is here for; changes nothing.
 */
description?: string
params?: ScaleParams
/**
 * Input port → where its artifact comes from.
 */
inputs: {
/**
 * The search space. (search-space)
 */
space: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * The network to scale, of that space. (architecture)
 */
architecture: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
}
}
/**
 * Params of scale.
 */
export interface ScaleParams {
/**
 * How far: each unit about doubles the multiply-accumulates with the published bases.
 */
phi?: number
/**
 * Base of the layers of each stack; EfficientNet: 1.2.
 */
depth?: number
/**
 * Base of the channels; EfficientNet: 1.1.
 */
width?: number
/**
 * Base of the sides of the image; EfficientNet: 1.15. 1 keeps them: a network is trained on images of the size that its space has, and no stage type resizes images.
 */
resolution?: number
}
/**
 * Makes a search space for images of the given size: the set of networks that the search stages choose from, as data with addressable choice blocks.
 */
export interface SearchSpaceStage {
/**
 * Makes a search space for images of the given size: the set of networks that the search stages choose from, as data with addressable choice blocks.
 */
type: "search-space"
/**
 * What it is here for; changes nothing.
 */
description?: string
params?: SearchSpaceParams
/**
 * Input port → where its artifact comes from.
 */
inputs: {
/**
 * Read for the shape of its images and its classes. (train-split)
 */
train: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
}
}
/**
 * Trains several architectures stand-alone, the better ones for longer (successive halving, Jamieson & Talwalkar 2016): all for a first rung of epochs, then the best 1/eta of them go on from where they were to eta times as many, and so on until one or none of the next rung would be left. They are compared on the validation split, with trained weights. Each trains exactly as it would alone: the last rung sets the length of the learning-rate schedule, of which earlier rungs see the beginning.
 */
export interface SuccessiveHalvingStage {
/**
 * Trains several architectures stand-alone, the better ones for longer (successive halving, Jamieson & Talwalkar 2016): all for a first rung of epochs, then the best 1/eta of them go on from where they were to eta times as many, and so on until one or none of the next rung would be left. They are compared on the validation split, with trained weights. Each trains exactly as it would alone: the last rung sets the length of the learning-rate schedule, of which earlier rungs see the beginning.
 */
type: "successive-halving"
/**
 * What it is here for; changes nothing.
 */
description?: string
params?: SuccessiveHalvingParams
/**
 * Input port → where its artifact comes from.
 */
inputs: {
/**
 * Images to train on. (train-split)
 */
train: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Held-out images that the networks are compared on. (validation-split)
 */
validation: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * The search space. (search-space)
 */
space: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Trials of an earlier search whose best architectures are trained; without them all are random. (trials)
 */
trials?: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Latency of each layer shape of the space; needed where a cost is a latency. (latency-table)
 */
table?: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
}
}
/**
 * Params of successive-halving.
 */
export interface SuccessiveHalvingParams {
/**
 * Architectures of the first rung: the best of the input `trials` (those measured on the most images first, then the most accurate), then random ones, none twice.
 */
networks?: number
/**
 * Of each rung the best 1/eta go on, to eta times as many epochs.
 */
eta?: number
/**
 * Passes over the training images by the end of the first rung; fractions are allowed.
 */
epochs?: number
/**
 * Largest cost allowed: no architecture above it is trained. Outside the reachable range it is an error before any training. `null`: everything is allowed.
 */
limit?: ({
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
batch?: number
/**
 * Learning rate of the weights, step by step. Durations are in epochs; fractions are allowed.
 */
learningRate?: ({
/**
 * The peak rate throughout.
 */
kind: "constant"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
} | {
/**
 * Multiplied by `factor` after every `every` epochs.
 */
kind: "step"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Epochs between two drops.
 */
every?: number
/**
 * Factor of each drop.
 */
factor?: number
} | {
/**
 * Multiplied by `factor` per `every` epochs, continuously.
 */
kind: "exponential"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Epochs per factor.
 */
every?: number
/**
 * Factor per `every` epochs.
 */
factor?: number
} | {
/**
 * From the peak, continuously, to `factor` times it at the last step.
 */
kind: "exponential-ramp"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Rate at the last step, in peaks.
 */
factor?: number
} | {
/**
 * Half a cosine from the peak to `floor` at the last step.
 */
kind: "cosine"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Lowest rate.
 */
floor?: number
} | {
/**
 * A half cosine per period, each period `multiplier` times as long as the one before.
 */
kind: "cosine-restarts"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Lowest rate.
 */
floor?: number
/**
 * Epochs of the first period.
 */
period?: number
/**
 * Length of a period relative to the one before.
 */
multiplier?: number
})
/**
 * How a gradient becomes a step.
 */
optimiser?: ({
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
decay?: number
/**
 * Added to the mean square under the root.
 */
epsilon?: number
} | {
/**
 * Adam; `weightDecay` is part of the gradient.
 */
kind: "adam"
/**
 * Weight of the old mean gradient.
 */
beta1?: number
/**
 * Weight of the old mean square.
 */
beta2?: number
/**
 * Added to the root of the mean square.
 */
epsilon?: number
} | {
/**
 * AdamW; `weightDecay` shrinks the weights themselves.
 */
kind: "adamw"
/**
 * Weight of the old mean gradient.
 */
beta1?: number
/**
 * Weight of the old mean square.
 */
beta2?: number
/**
 * Added to the root of the mean square.
 */
epsilon?: number
})
/**
 * Momentum; Adam and AdamW have `beta1`.
 */
momentum?: number
/**
 * Nesterov's form of the momentum.
 */
nesterov?: boolean
/**
 * L2 coefficient of convolution and dense kernels; only weights on the sampled path decay.
 */
weightDecay?: number
/**
 * Probability mass spread evenly over all classes in the loss.
 */
labelSmoothing?: number
/**
 * Limit of what `clipBy` says; 0: no clipping.
 */
clipNorm?: number
/**
 * What `clipNorm` limits: the L2 norm of the whole gradient, that of each weight's gradient, or each of its elements.
 */
clipBy?: ("global-norm" | "norm" | "value")
/**
 * How kernels of convolutions start: with variance 2 / fan (He et al. 2015 §2.2), fan-in unless it says fan-out, or with fan-in and fan-out together (Glorot & Bengio 2010 eq. 16); normal, uniform, or normal cut at two deviations. The classifier, normalisation and biases have starts of their own.
 */
initialiser?: ("he-normal" | "he-uniform" | "he-truncated" | "he-normal-fan-out" | "he-uniform-fan-out" | "he-truncated-fan-out" | "glorot-normal" | "glorot-uniform" | "glorot-truncated")
/**
 * Random changes to each training image, drawn anew every epoch.
 */
augment?: {
/**
 * Pixels of mean colour added on each side before a random crop back to size.
 */
pad?: number
/**
 * Mirror half of the images left to right.
 */
flip?: boolean
/**
 * Side in pixels of a square that is blanked at a random place; 0: none.
 */
cutout?: number
}
}
/**
 * Trains the shared weights of a space: every step samples one path uniformly and trains it on one batch. At first operations are averaged and widths kept at their largest now and then, so that every weight learns early (TuNAS, Bender et al. 2020, §3.4).
 */
export interface SupernetWarmupStage {
/**
 * Trains the shared weights of a space: every step samples one path uniformly and trains it on one batch. At first operations are averaged and widths kept at their largest now and then, so that every weight learns early (TuNAS, Bender et al. 2020, §3.4).
 */
type: "supernet-warmup"
/**
 * What it is here for; changes nothing.
 */
description?: string
params?: SupernetWarmupParams
/**
 * Input port → where its artifact comes from.
 */
inputs: {
/**
 * Images to train on. (train-split)
 */
train: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * The search space. (search-space)
 */
space: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * A trained model whose probabilities sub-networks learn from in progressive shrinking, in every phase; for the same classes and images. Without it the largest network teaches. (model)
 */
teacher?: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
}
}
/**
 * Params of supernet-warmup.
 */
export interface SupernetWarmupParams {
/**
 * Which paths are trained.
 */
mode?: ({
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
 * In order. The default has the published learning rates and numbers of sub-networks, and fewer epochs.
 * 
 * @minItems 1
 * @maxItems 32
 * 
 * Items: One phase: what it trains, for how long, and how fast.
 */
phases?: {
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
teacherRatio?: number
})
/**
 * Passes over the training images; fractions are allowed.
 */
epochs?: number
/**
 * Images a weight step.
 */
batch?: number
/**
 * Learning rate of the weights, step by step. Durations are in epochs; fractions are allowed.
 */
learningRate?: ({
/**
 * The peak rate throughout.
 */
kind: "constant"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
} | {
/**
 * Multiplied by `factor` after every `every` epochs.
 */
kind: "step"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Epochs between two drops.
 */
every?: number
/**
 * Factor of each drop.
 */
factor?: number
} | {
/**
 * Multiplied by `factor` per `every` epochs, continuously.
 */
kind: "exponential"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Epochs per factor.
 */
every?: number
/**
 * Factor per `every` epochs.
 */
factor?: number
} | {
/**
 * From the peak, continuously, to `factor` times it at the last step.
 */
kind: "exponential-ramp"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Rate at the last step, in peaks.
 */
factor?: number
} | {
/**
 * Half a cosine from the peak to `floor` at the last step.
 */
kind: "cosine"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Lowest rate.
 */
floor?: number
} | {
/**
 * A half cosine per period, each period `multiplier` times as long as the one before.
 */
kind: "cosine-restarts"
/**
 * Peak learning rate.
 */
rate?: number
/**
 * Epochs of linear climb from `from` to `rate` before the schedule proper.
 */
warmup?: number
/**
 * Rate at the first step of the climb.
 */
from?: number
/**
 * Lowest rate.
 */
floor?: number
/**
 * Epochs of the first period.
 */
period?: number
/**
 * Length of a period relative to the one before.
 */
multiplier?: number
})
/**
 * How a gradient becomes a step.
 */
optimiser?: ({
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
decay?: number
/**
 * Added to the mean square under the root.
 */
epsilon?: number
} | {
/**
 * Adam; `weightDecay` is part of the gradient.
 */
kind: "adam"
/**
 * Weight of the old mean gradient.
 */
beta1?: number
/**
 * Weight of the old mean square.
 */
beta2?: number
/**
 * Added to the root of the mean square.
 */
epsilon?: number
} | {
/**
 * AdamW; `weightDecay` shrinks the weights themselves.
 */
kind: "adamw"
/**
 * Weight of the old mean gradient.
 */
beta1?: number
/**
 * Weight of the old mean square.
 */
beta2?: number
/**
 * Added to the root of the mean square.
 */
epsilon?: number
})
/**
 * Momentum; Adam and AdamW have `beta1`.
 */
momentum?: number
/**
 * Nesterov's form of the momentum.
 */
nesterov?: boolean
/**
 * L2 coefficient of convolution and dense kernels; only weights on the sampled path decay.
 */
weightDecay?: number
/**
 * Probability mass spread evenly over all classes in the loss.
 */
labelSmoothing?: number
/**
 * Limit of what `clipBy` says; 0: no clipping.
 */
clipNorm?: number
/**
 * What `clipNorm` limits: the L2 norm of the whole gradient, that of each weight's gradient, or each of its elements.
 */
clipBy?: ("global-norm" | "norm" | "value")
/**
 * How kernels of convolutions start: with variance 2 / fan (He et al. 2015 §2.2), fan-in unless it says fan-out, or with fan-in and fan-out together (Glorot & Bengio 2010 eq. 16); normal, uniform, or normal cut at two deviations. The classifier, normalisation and biases have starts of their own.
 */
initialiser?: ("he-normal" | "he-uniform" | "he-truncated" | "he-normal-fan-out" | "he-uniform-fan-out" | "he-truncated-fan-out" | "glorot-normal" | "glorot-uniform" | "glorot-truncated")
/**
 * Random changes to each training image, drawn anew every epoch.
 */
augment?: {
/**
 * Pixels of mean colour added on each side before a random crop back to size.
 */
pad?: number
/**
 * Mirror half of the images left to right.
 */
flip?: boolean
/**
 * Side in pixels of a square that is blanked at a random place; 0: none.
 */
cutout?: number
}
/**
 * Share of the steps over which the probability of averaging all kernels, squeeze-excite options and identity of a block falls linearly from 1 to 0; 0: never.
 */
opWarmup?: number
/**
 * Share of the steps over which the probability of replacing an expansion by its largest option falls linearly from 1 to 0; 0: never.
 */
filterWarmup?: number
}
/**
 * Runs a search strategy on a table of architectures with their accuracies and costs: no training, so that strategies can be compared over many seeds.
 */
export interface TabularSearchStage {
/**
 * Runs a search strategy on a table of architectures with their accuracies and costs: no training, so that strategies can be compared over many seeds.
 */
type: "tabular-search"
/**
 * What it is here for; changes nothing.
 */
description?: string
params: TabularSearchParams
/**
 * Input port → where its artifact comes from.
 */
inputs?: {

}
}
/**
 * Params of tabular-search.
 */
export interface TabularSearchParams {
/**
 * The file of the table, from the project.
 */
table: string
/**
 * How the table is written. `architectures`: {name, accuracy: {provenance, split, images}, choices: [{id, options, when}], rows: [{encoding, accuracy, costs: {params, macs, latency}}]}, one row for each architecture; `when` (not needed) names earlier choices and the options of theirs with which this one decides anything; `latency` (not needed) is in ms. `nas-bench-macro`: the file that NAS-Bench-Macro publishes.
 */
format?: ("architectures" | "nas-bench-macro")
/**
 * What proposes the next architecture. Settings that are not given are those of its publication.
 */
strategy?: ({
/**
 * Uniform samples.
 */
kind: "random"
/**
 * Whether a proposal may not repeat an earlier one.
 */
distinct?: boolean
} | {
/**
 * Regularised evolution (Real et al. 2019): the best of a tournament is mutated, the oldest leaves.
 */
kind: "aging-evolution"
/**
 * Members alive.
 */
population?: number
/**
 * Members drawn with replacement, of which the best becomes the parent.
 */
tournament?: number
/**
 * Whether a proposal may not repeat an earlier one.
 */
distinct?: boolean
} | {
/**
 * The same without aging, an ablation: the least fit leaves.
 */
kind: "evolution"
/**
 * Members alive.
 */
population?: number
/**
 * Members drawn with replacement, of which the best becomes the parent.
 */
tournament?: number
/**
 * Whether a proposal may not repeat an earlier one.
 */
distinct?: boolean
} | {
/**
 * ENAS's LSTM controller (Pham et al. 2018), updated by REINFORCE. Where the choices have the form of its macro space (for each layer an operation, then whether it is joined to each earlier one) it attends over earlier layers and has the release's penalty of skips (target 0.4, weight 0.8). Where they have that of its micro space (for each node of two cells an input, an operation, an input, an operation) it chooses inputs by attention; its release has tanhConstant 1.1, rate 0.0035 and batch 10 there.
 */
kind: "lstm-controller"
/**
 * Evaluations an update.
 */
batch?: number
/**
 * Learning rate.
 */
rate?: number
/**
 * Weight of the entropy.
 */
entropyWeight?: number
/**
 * Weight of the past in the moving baseline.
 */
baselineDecay?: number
/**
 * Hidden units of the LSTM.
 */
hidden?: number
/**
 * Logits are this times tanh(z / temperature).
 */
tanhConstant?: number
/**
 * Divides what enters the tanh.
 */
temperature?: number
} | {
/**
 * TuNAS's controller of independent choices (Bender et al. 2020), updated by REINFORCE.
 */
kind: "factorised-controller"
/**
 * Evaluations an update.
 */
batch?: number
/**
 * Learning rate.
 */
rate?: number
/**
 * Weight of the entropy.
 */
entropyWeight?: number
/**
 * Weight of the past in the moving baseline.
 */
baselineDecay?: number
/**
 * How many times as large the learning rate is at the end; it grows exponentially.
 */
ramp?: number
} | {
/**
 * Proximal policy optimisation of an LSTM over the sequence of choices (MnasNet, Tan et al. 2019).
 */
kind: "ppo"
/**
 * Evaluations an update.
 */
batch?: number
/**
 * Learning rate.
 */
rate?: number
/**
 * How far from 1 the ratio of a choice's new and old probability may go.
 */
clip?: number
/**
 * Passes over each batch.
 */
passes?: number
/**
 * Weight of the entropy.
 */
entropyWeight?: number
/**
 * Weight of the past in the moving baseline.
 */
baselineDecay?: number
/**
 * Hidden units of the LSTM.
 */
hidden?: number
/**
 * Logits are this times tanh(z / temperature).
 */
tanhConstant?: number
/**
 * Divides what enters the tanh.
 */
temperature?: number
} | {
/**
 * Generations of mutants and crosses of the best under the limit (Once-for-All, Cai et al. 2020).
 */
kind: "constrained-evolution"
/**
 * Offspring a generation.
 */
population?: number
/**
 * Share of the population that lives on and has offspring.
 */
parents?: number
/**
 * Share of the offspring that are mutants of one parent; the others are crossed from two.
 */
mutants?: number
/**
 * Probability that a choice of a mutant is redrawn.
 */
mutation?: number
} | {
/**
 * The same on an accuracy predictor that is fitted on evaluations; its best finds are evaluated. Tells the predictor's held-out error, and keeps what it expected of each trial.
 */
kind: "predictor-evolution"
/**
 * Random evaluations that the first predictor is fitted on.
 */
samples?: number
/**
 * Evaluations of its best finds before it is fitted anew.
 */
every?: number
/**
 * What foretells accuracies from encodings. Its held-out error is told: of predictors fitted without the samples, in five parts.
 */
predictor?: ({
/**
 * Ridge regression on the chosen options.
 */
kind: "ridge"
/**
 * Penalty of the squared coefficients.
 */
penalty?: number
} | {
/**
 * A perceptron on the chosen options, as Once-for-All has it (3 layers of 400 units there, for 16,000 samples).
 */
kind: "mlp"
/**
 * Hidden layers.
 */
layers?: number
/**
 * Units of each hidden layer.
 */
hidden?: number
/**
 * Passes over the samples.
 */
epochs?: number
/**
 * Samples a step.
 */
batch?: number
/**
 * Learning rate of Adam.
 */
rate?: number
/**
 * Weight decay.
 */
decay?: number
})
/**
 * Generations of evolution on each predictor.
 */
generations?: number
/**
 * Offspring a generation.
 */
population?: number
/**
 * Share of the population that lives on and has offspring.
 */
parents?: number
/**
 * Share of the offspring that are mutants of one parent; the others are crossed from two.
 */
mutants?: number
/**
 * Probability that a choice of a mutant is redrawn.
 */
mutation?: number
} | {
/**
 * NSGA-II (Deb et al. 2002): for accuracy and several costs together.
 */
kind: "nsga2"
/**
 * Members that survive a generation, and offspring of each.
 */
population?: number
/**
 * Probability that an offspring comes of two parents.
 */
crossover?: number
/**
 * Probability that a choice of an offspring is redrawn; null: one choice in each on average.
 */
mutation?: (number | null)
/**
 * The costs that are minimised beside the accuracy that is maximised; null: that of the limit, or multiply-accumulates where there is none.
 * 
 * @minItems 1
 */
costs?: (("latency" | "macs" | "params")[] | null)
} | {
/**
 * NetAdapt (Yang et al. 2018) as MobileNetV3 uses it: from one architecture downward; each step looks up one cheaper proposal for each choice and keeps one, until the limit is met or, without one, nothing is cheaper. `evaluations` is the most it may take. What it proposes before that is above the limit.
 */
kind: "netadapt"
/**
 * Encoding of the architecture that it begins with; null: the dearest of the table.
 */
start?: (number[] | null)
/**
 * Least cut of a step, as a share of the start's cost.
 */
reduction?: number
/**
 * What is kept of a step: the least loss of accuracy for the cost saved (MobileNetV3), or the most accurate (NetAdapt).
 */
keep?: ("ratio" | "accuracy")
})
/**
 * Architectures looked up in all.
 */
evaluations?: number
/**
 * Largest cost allowed: no architecture above it is evaluated (netadapt comes down to it), and what is found is never above it. Outside the range of the table it is an error before any evaluation. `null`: everything is allowed.
 */
limit?: ({
/**
 * What costs: latency of one image (where the table has it), multiply-accumulates of one image, or parameters.
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
}
/**
 * Stages that run once for each item of a list, which is known when the stage that makes it has run.
 */
export interface ForeachStage {
/**
 * Stages that run once for each item of a list.
 */
type: "foreach"
/**
 * What it is here for; changes nothing.
 */
description?: string
/**
 * Where the list comes from: trials, of which each item is one trial (equal architectures count once), or a JSON array.
 */
items: (string | {
/**
 * JSON file made elsewhere, relative to the project root.
 */
file?: string
/**
 * Content digest of an artifact in the store.
 */
artifact?: string
})
/**
 * Number in an item that the items are ranked by, such as `reward` or `accuracy.value`; without it they keep their order.
 */
by?: string
/**
 * Which numbers come first.
 */
best?: ("highest" | "lowest")
/**
 * Items taken, the first ones; without it all.
 */
take?: number
/**
 * Stage id → stage. An input "item" is the item; others name stages inside, or outside. From outside, "<foreach>.<stage>" names the artifacts of all items.
 */
stages: {
[k: string]: Stage | undefined
}
}
