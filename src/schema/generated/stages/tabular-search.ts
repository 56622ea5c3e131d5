/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Runs a search strategy on a table of architectures with their accuracies and costs: no training, so that strategies can be compared over many seeds.
 */
export interface Params {
/**
 * The file of the table, from the project.
 */
table: string
/**
 * How the table is written. `architectures`: as schemas/architecture-table.schema.json says, one row for each architecture with its accuracy and its costs; every mistake in it is told at its place. `nas-bench-macro`: the file that NAS-Bench-Macro publishes.
 */
format: ("architectures" | "nas-bench-macro")
/**
 * What proposes the next architecture. Settings that are not given are those of its publication, where it says them, else usual ones or ours.
 */
strategy: ({
/**
 * Uniform samples.
 */
kind: "random"
/**
 * Whether a proposal may not repeat an earlier one.
 */
distinct: boolean
} | {
/**
 * Regularised evolution (Real et al. 2019): the best of a tournament is mutated, the oldest leaves.
 */
kind: "aging-evolution"
/**
 * Members alive.
 */
population: number
/**
 * Members drawn with replacement, of which the best becomes the parent.
 */
tournament: number
/**
 * Whether a proposal may not repeat an earlier one.
 */
distinct: boolean
} | {
/**
 * The same without aging, an ablation: the least fit leaves.
 */
kind: "evolution"
/**
 * Members alive.
 */
population: number
/**
 * Members drawn with replacement, of which the best becomes the parent.
 */
tournament: number
/**
 * Whether a proposal may not repeat an earlier one.
 */
distinct: boolean
} | {
/**
 * ENAS's LSTM controller (Pham et al. 2018), updated by REINFORCE. Where the choices have the form of its macro space (for each layer an operation, then whether it is joined to each earlier one) it attends over earlier layers and has the release's penalty of skips (target 0.4, weight 0.8). Where they have that of its micro space (for each node of two cells an input, an operation, an input, an operation) it chooses inputs by attention; its release has tanhConstant 1.1, rate 0.0035 and batch 10 there.
 */
kind: "lstm-controller"
/**
 * Evaluations an update.
 */
batch: number
/**
 * Learning rate.
 */
rate: number
/**
 * Weight of the entropy.
 */
entropyWeight: number
/**
 * Weight of the past in the moving baseline.
 */
baselineDecay: number
/**
 * Hidden units of the LSTM.
 */
hidden: number
/**
 * Logits are this times tanh(z / temperature).
 */
tanhConstant: number
/**
 * Divides what enters the tanh.
 */
temperature: number
} | {
/**
 * TuNAS's controller of independent choices (Bender et al. 2020), updated by REINFORCE.
 */
kind: "factorised-controller"
/**
 * Evaluations an update.
 */
batch: number
/**
 * Learning rate.
 */
rate: number
/**
 * Weight of the entropy.
 */
entropyWeight: number
/**
 * Weight of the past in the moving baseline.
 */
baselineDecay: number
/**
 * How many times as large the learning rate is at the end; it grows exponentially.
 */
ramp: number
} | {
/**
 * Proximal policy optimisation of an LSTM over the sequence of choices (MnasNet, Tan et al. 2019).
 */
kind: "ppo"
/**
 * Evaluations an update.
 */
batch: number
/**
 * Learning rate.
 */
rate: number
/**
 * How far from 1 the ratio of a choice's new and old probability may go.
 */
clip: number
/**
 * Passes over each batch.
 */
passes: number
/**
 * Weight of the entropy.
 */
entropyWeight: number
/**
 * Weight of the past in the moving baseline.
 */
baselineDecay: number
/**
 * Hidden units of the LSTM.
 */
hidden: number
/**
 * Logits are this times tanh(z / temperature).
 */
tanhConstant: number
/**
 * Divides what enters the tanh.
 */
temperature: number
} | {
/**
 * Generations of mutants and crosses of the best under the limit (Once-for-All, Cai et al. 2020).
 */
kind: "constrained-evolution"
/**
 * Offspring a generation.
 */
population: number
/**
 * Share of the population that lives on and has offspring.
 */
parents: number
/**
 * Share of the offspring that are mutants of one parent; the others are crossed from two.
 */
mutants: number
/**
 * Probability that a choice of a mutant is redrawn.
 */
mutation: number
} | {
/**
 * The same on an accuracy predictor that is fitted on evaluations; its best finds are evaluated. Tells the predictor's held-out error, and keeps what it expected of each trial.
 */
kind: "predictor-evolution"
/**
 * Random evaluations that the first predictor is fitted on.
 */
samples: number
/**
 * Evaluations of its best finds before it is fitted anew.
 */
every: number
/**
 * What foretells accuracies from encodings. Its held-out error is told: of predictors fitted without the samples, in five parts.
 */
predictor: ({
/**
 * Ridge regression on the chosen options.
 */
kind: "ridge"
/**
 * Penalty of the squared coefficients.
 */
penalty: number
} | {
/**
 * A perceptron on the chosen options, as Once-for-All has it (3 layers of 400 units there, for 16,000 samples).
 */
kind: "mlp"
/**
 * Hidden layers.
 */
layers: number
/**
 * Units of each hidden layer.
 */
hidden: number
/**
 * Passes over the samples.
 */
epochs: number
/**
 * Samples a step.
 */
batch: number
/**
 * Learning rate of Adam.
 */
rate: number
/**
 * Weight decay.
 */
decay: number
})
/**
 * Generations of evolution on each predictor.
 */
generations: number
/**
 * Offspring a generation.
 */
population: number
/**
 * Share of the population that lives on and has offspring.
 */
parents: number
/**
 * Share of the offspring that are mutants of one parent; the others are crossed from two.
 */
mutants: number
/**
 * Probability that a choice of a mutant is redrawn.
 */
mutation: number
} | {
/**
 * NSGA-II (Deb et al. 2002): for accuracy and several costs together.
 */
kind: "nsga2"
/**
 * Members that survive a generation, and offspring of each.
 */
population: number
/**
 * Probability that an offspring comes of two parents.
 */
crossover: number
/**
 * Probability that a choice of an offspring is redrawn; null: one choice in each on average.
 */
mutation: (number | null)
/**
 * The costs that are minimised beside the accuracy that is maximised; null: that of the limit, or multiply-accumulates where there is none.
 * 
 * @minItems 1
 */
costs: (("latency" | "macs" | "params")[] | null)
} | {
/**
 * NetAdapt (Yang et al. 2018) as MobileNetV3 uses it: from one architecture downward; each step looks up one cheaper proposal for each choice and keeps one, until the limit is met or, without one, nothing is cheaper. `evaluations` is the most it may take. What it proposes before that is above the limit.
 */
kind: "netadapt"
/**
 * Encoding of the architecture that it begins with; null: the dearest of the table.
 */
start: (number[] | null)
/**
 * Least cut of a step, as a share of the start's cost.
 */
reduction: number
/**
 * What is kept of a step: the least loss of accuracy for the cost saved (MobileNetV3), or the most accurate (NetAdapt).
 */
keep: ("ratio" | "accuracy")
})
/**
 * Architectures looked up in all.
 */
evaluations: number
/**
 * Largest cost allowed: no architecture above it is evaluated (netadapt comes down to it), and what is found is never above it. Outside the range of the table it is an error before any evaluation. `null`: everything is allowed.
 */
limit: ({
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

export type Inputs = {
};

export type Outputs = {
  readonly "trials": 'trials';
  readonly "best": 'trials';
};
