import type { Rng } from '../../../base/rng.ts';
import type { Tensor } from '../../../net/network.ts';
import type { Encoding } from '../../space/encoding.ts';
import { activeChoices, canonicalEncoding } from '../../space/encoding.ts';
import type { Searchable } from '../../space/layout.ts';
import { choiceBlocks } from '../../space/layout.ts';
import type { AdamSettings } from '../adam.ts';
import { Adam, CONTROLLER_ADAM } from '../adam.ts';
import type { Probabilities } from '../independent-choices.ts';
import {
  addLogProbabilityGradient,
  choiceProbabilities,
  drawnFrom,
  eachChoice,
  sequenceLogProbability,
} from '../independent-choices.ts';
import { argmax, entropyOf } from '../softmax.ts';
import type { StrategyState } from '../state.ts';
import type { BaselineState } from './baseline.ts';
import { debiased, EMPTY_BASELINE, moveBaseline } from './baseline.ts';
import type { ArchitectureController, ControllerUpdate, Proposal, Rewarded } from './controller.ts';
import { entropyGradient, spaceEntropy } from './space-entropy.ts';

export interface FactorisedControllerOptions {
  /** Weight of the policy's entropy in the objective; default 0. */
  readonly entropyWeight?: number;
  /** Weight of the past in the debiased moving baseline; default 0.95. */
  readonly baselineDecay?: number;
  /** Default: beta1 0, beta2 0.999, epsilon 1e-8. */
  readonly adam?: AdamSettings;
}

/** A controller whose choices are independent, so that expectations over it are closed forms. */
export interface FactorisedController extends ArchitectureController {
  readonly kind: 'factorised';
  /** Probability of each option of every choice block, in the order of an encoding: for `CostModel.expected`. */
  distribution(): number[][];
  /** Entropy of the distribution over distinct architectures, nats. */
  entropy(): number;
}

interface Saved {
  readonly baseline: BaselineState;
  readonly steps: number;
}

/**
 * TuNAS's controller (Bender et al. 2020 §3, and its release): independent logits per choice block, starting at 0.
 * Log-probability and entropy count only choices that decide something. The advantage is taken against a debiased
 * moving average of the batches' mean rewards, the present one included.
 */
export function factorisedController(
  space: Searchable,
  options: FactorisedControllerOptions = {},
): FactorisedController {
  const { entropyWeight = 0, baselineDecay = 0.95 } = options;
  const layout = { choices: choiceBlocks(space) };
  const logits = layout.choices.map(
    ({ options }): Tensor => ({ shape: [options.length], data: new Float32Array(options.length) }),
  );
  const parameters = new Map(layout.choices.map(({ id }, at) => [id, logits[at]!] as const));
  const adam = new Adam(parameters, options.adam ?? CONTROLLER_ADAM);
  let baseline = EMPTY_BASELINE;

  const distribution = (): number[][] => choiceProbabilities(logits.map(({ data }) => data));
  const pathEntropy = (probabilities: Probabilities, encoding: Encoding): number =>
    activeChoices(layout, encoding).reduce(
      (sum, active, at) => (active ? sum + entropyOf(drawnFrom(layout, probabilities, encoding, at)) : sum),
      0,
    );
  const greedy = (): Encoding => canonicalEncoding(space, eachChoice(layout, distribution(), argmax));

  return {
    kind: 'factorised',
    get steps() {
      return adam.steps;
    },
    get baseline() {
      return debiased(baseline);
    },
    propose(rng: Rng): Proposal {
      const probabilities = distribution();
      const picked = eachChoice(layout, probabilities, (p) => rng.categorical(p));
      const active = activeChoices(layout, picked);
      // what was drawn, where several sequences are one network: its gradient is that of no other
      const encoding = picked.map((option, at) => (active[at] ? option : 0));
      return {
        encoding,
        logProbability: sequenceLogProbability(layout, probabilities, encoding),
        entropy: pathEntropy(probabilities, encoding),
      };
    },
    feedback(batch: readonly Rewarded[], learningRate: number): ControllerUpdate {
      const probabilities = distribution();
      const n = batch.length;
      const reward = batch.reduce((sum, item) => sum + item.reward, 0) / n;
      baseline = moveBaseline(baseline, reward, baselineDecay);
      const level = debiased(baseline);
      const gradients = probabilities.map((p) => new Float64Array(p.length));
      let entropy = 0;
      for (const item of batch) {
        entropy += pathEntropy(probabilities, item.encoding) / n;
        const scale = -(item.reward - level) / n;
        addLogProbabilityGradient(layout, probabilities, item.encoding, scale, gradients);
      }
      if (entropyWeight !== 0) {
        for (const [at, own] of entropyGradient(space, probabilities).entries()) {
          for (const [k, g] of own.entries()) gradients[at]![k]! -= entropyWeight * g;
        }
      }
      adam.step(new Map(layout.choices.map(({ id }, at) => [id, gradients[at]!])), learningRate);
      return { reward, baseline: level, advantage: reward - level, entropy };
    },
    logProbability: (encoding) => sequenceLogProbability(layout, distribution(), encoding),
    greedy,
    probabilities() {
      const encoding = greedy();
      const active = activeChoices(layout, encoding);
      const all = distribution();
      return Object.fromEntries(
        layout.choices.flatMap(({ id }, at) =>
          active[at] ? [[id, drawnFrom(layout, all, encoding, at)] as const] : [],
        ),
      );
    },
    distribution,
    entropy: () => spaceEntropy(space, distribution()),
    save: (): StrategyState => ({
      state: { baseline: { ...baseline }, steps: adam.steps },
      tensors: adam.save(),
    }),
    restore({ state, tensors }: StrategyState): void {
      const saved = state as unknown as Saved;
      adam.restore(tensors, saved.steps);
      baseline = saved.baseline;
    },
  };
}
