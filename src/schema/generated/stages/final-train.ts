/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Trains the network of an architecture: from scratch, or from the weights of the model that is wired to `start`.
 */
export interface Params {
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
 * Weight of the old value in the exponential moving average of all weights, which becomes the model; 0: no average, the last weights become the model.
 */
emaDecay: number
/**
 * Train on the validation images, too. The accuracy in the model is then that on the training images.
 */
useValidation: boolean
/**
 * Weight of the cross-entropy with the probabilities of the teacher, beside that with the labels (knowledge distillation).
 */
teacherRatio: number
/**
 * Weight of the loss of an auxiliary classifier that stands at about two thirds of the network while it is trained; 0: none. It is no part of the model.
 */
auxiliaryWeight: number
/**
 * Residual branches are left out at random, whole images at a time.
 */
dropPath: {
/**
 * Rate at the last residual sum; those before it have less, in proportion to their depth.
 */
rate: number
/**
 * Let the rates grow from 0 at the first step to their own at the last (scheduled drop-path).
 */
grow: boolean
}
}

export type Inputs = {
  readonly "train": 'train-split';
  readonly "space": 'search-space';
  readonly "architecture": { readonly kind: 'architecture'; readonly essence: 'choices' };
  readonly "validation"?: 'validation-split';
  readonly "teacher"?: { readonly kind: 'model'; readonly essence: 'predictor' };
  readonly "start"?: { readonly kind: 'model'; readonly essence: 'predictor' };
};

export type Outputs = {
  readonly "model": 'model';
};
