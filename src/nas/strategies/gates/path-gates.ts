import type { Rng } from '../../../base/rng.ts';
import type { CostModel } from '../../costs/model.ts';
import type { Encoding } from '../../space/encoding.ts';
import type { ChoiceBlock, GatedSpace } from '../../space/layout.ts';
import { choiceBlocks } from '../../space/layout.ts';
import { softmax, throughSoftmax } from '../softmax.ts';
import type { ChoiceGates, ChoiceGatesOptions } from './choice-gates.ts';
import { openGates } from './choice-gates.ts';
import type { GateLossSpec } from './gate-loss.ts';
import { gateLoss } from './gate-loss.ts';

export interface PathGatesOptions extends ChoiceGatesOptions {
  /** Options evaluated a choice block in an architecture step: all, or two drawn without replacement. */
  readonly mode: 'full' | 'two';
  /** False: a choice whose sample leaves its layer out is not updated (the release); default true (the paper). */
  readonly updateIdentity?: boolean;
}

/** ProxylessNAS's learning rate of the architecture parameters. */
export const PROXYLESS_LEARNING_RATE = 1e-3;

/** A path for one architecture step, for `gatePath`. */
export interface GateProposal {
  /** Not canonical: the inside of a block that is left out is drawn, too. */
  readonly encoding: Encoding;
  /** The options with gates, by choice block. */
  readonly alternatives: ReadonlyMap<string, readonly number[]>;
}

/** What was measured on a proposal's path. */
export interface GateFeedback {
  /** Mean cross-entropy of the batch, without label smoothing. */
  readonly crossEntropy: number;
  /** dCrossEntropy/dgate by choice block and *option* index (not by place in the mix); absent options are 0. */
  readonly gates: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

export interface GateUpdate {
  /** Cost expected over the probabilities of this step. */
  readonly expectedCost: number;
  /** Cross-entropy and cost combined. */
  readonly loss: number;
}

/** Architecture parameters behind path gates, which gradients reach. */
export interface PathGates extends ChoiceGates {
  propose(rng: Rng): GateProposal;
  /** One update of the architecture parameters. */
  feedback(
    proposal: GateProposal,
    measured: GateFeedback,
    loss: GateLossSpec,
    cost: CostModel,
    learningRate: number,
  ): GateUpdate;
}

/**
 * ProxylessNAS (Cai et al. 2019 §3.2–3.3): parameters alpha per choice block, p = softmax(alpha), binary gates drawn
 * by p. dL/dalpha_i = Σ_j dL/dgate_j · p_j (δ_ij − p_i), the expected cost's gradient going the same way. In mode `two`
 * the same holds for the two drawn options with their probabilities renormalised, and afterwards both are shifted so
 * that the other options' probabilities stay. Parameters start normal around 0, drawn from `rng`.
 */
export function pathGates(space: GatedSpace, rng: Rng, options: PathGatesOptions): PathGates {
  const { mode, updateIdentity = true } = options;
  const choices = choiceBlocks(space);
  const { gates, alphas, step } = openGates(space, rng, options);

  /** The options of a choice that take part in a step, with probabilities that sum to 1. */
  const taking = (at: number, listed: readonly number[]): number[] =>
    softmax(listed.map((option) => alphas[at]![option]!));

  return {
    ...gates,
    get steps() {
      return gates.steps;
    },
    propose(own) {
      const encoding: number[] = [];
      const alternatives = new Map<string, readonly number[]>();
      for (const [at, { id, options }] of choices.entries()) {
        const all = [...options.keys()];
        const listed = mode === 'full' ? all : drawTwo(softmax(alphas[at]!), own);
        alternatives.set(id, listed);
        encoding.push(listed[own.categorical(taking(at, listed))]!);
      }
      return { encoding, alternatives };
    },
    feedback({ encoding, alternatives }, measured, spec, cost, learningRate) {
      const listed = choices.map(({ id }) => alternatives.get(id)!);
      const taken = listed.map((options, at) => taking(at, options));
      const scattered = choices.map(({ options }, at) => {
        const p = options.map(() => 0);
        for (const [k, option] of listed[at]!.entries()) p[option] = taken[at]![k]!;
        return p;
      });
      const expected = cost.expected(scattered);
      const loss = gateLoss(spec, measured.crossEntropy, expected.value);
      const gradients = new Map<string, Float64Array>();
      const before = listed.map((options, at) => logSumExp(options.map((option) => alphas[at]![option]!)));
      for (const [at, { id, options }] of choices.entries()) {
        const gradient = new Float64Array(options.length);
        gradients.set(id, gradient);
        if (!updateIdentity && leavesOut(choices[at]!, encoding[at]!)) {
          gradient.fill(Number.NaN);
          continue;
        }
        const byGate = measured.gates.get(id);
        const byProbability = listed[at]!.map(
          (option) =>
            loss.byCrossEntropy * (byGate?.get(option) ?? 0) + loss.byCost * expected.gradient[at]![option]!,
        );
        const byAlpha = throughSoftmax(taken[at]!, byProbability);
        for (const [k, option] of listed[at]!.entries()) gradient[option] = byAlpha[k]!;
      }
      step(gradients, learningRate);
      if (mode === 'two') {
        for (const [at, options] of listed.entries()) {
          const shift = logSumExp(options.map((option) => alphas[at]![option]!)) - before[at]!;
          for (const option of options) alphas[at]![option]! -= shift;
        }
      }
      return { expectedCost: expected.value, loss: loss.value };
    },
  };
}

/** Whether an option leaves out the layer of its choice. */
const leavesOut = ({ what, options }: ChoiceBlock, option: number): boolean =>
  (what === 'block' || what === 'op') && options[option] === 'identity';

/** Two distinct indices, drawn in proportion to the probabilities without replacement, in ascending order. */
function drawTwo(probabilities: readonly number[], rng: Rng): number[] {
  const first = rng.categorical(probabilities);
  const second = rng.categorical(probabilities.map((p, k) => (k === first ? 0 : p)));
  return first < second ? [first, second] : [second, first];
}

function logSumExp(values: readonly number[]): number {
  const top = Math.max(...values);
  return top + Math.log(values.reduce((sum, value) => sum + Math.exp(value - top), 0));
}

/**
 * Gate gradients as a backend reports them (`GradientResult.gates`, by mix layer, in the order of its alternatives)
 * by choice block and option: what `feedback` wants.
 */
export function gateGradients(
  gates: readonly { readonly layer: string; readonly choice: string; readonly options: readonly number[] }[],
  reported: ReadonlyMap<string, Float32Array>,
): Map<string, Map<number, number>> {
  return new Map(
    gates.map(({ layer, choice, options }) => {
      const values = reported.get(layer);
      if (values === undefined)
        throw new Error(`internal error: expected gate gradients of ${layer}, got none`);
      return [choice, new Map(options.map((option, k) => [option, values[k]!]))];
    }),
  );
}
