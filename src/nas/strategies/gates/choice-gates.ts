import type { Rng } from '../../../base/rng.ts';
import type { Tensor } from '../../../net/network.ts';
import { activeChoices, optionCount } from '../../space/choice.ts';
import type { Encoding } from '../../space/encoding.ts';
import { canonicalEncoding } from '../../space/encoding.ts';
import type { Searchable } from '../../space/layout.ts';
import { choiceBlocks } from '../../space/layout.ts';
import type { AdamSettings } from '../adam.ts';
import { Adam, CONTROLLER_ADAM } from '../adam.ts';
import type { Rewarded } from '../controllers/controller.ts';
import { addLogProbabilityGradient, choiceProbabilities, eachChoice } from '../independent-choices.ts';
import { argmax } from '../softmax.ts';
import type { StrategyState } from '../state.ts';

export interface ChoiceGatesOptions {
  /** Standard deviation of the initial parameters; default 1e-3. */
  readonly deviation?: number;
  /** Starts with this probability (0…1) at each option of an architecture; default: all options alike. */
  readonly start?: { readonly encoding: Encoding; readonly probability: number };
  /** Default: beta1 0, beta2 0.999, epsilon 1e-8. */
  readonly adam?: AdamSettings;
}

/** What a REINFORCE step came to. */
export interface GateReward {
  /** Mean of the batch. */
  readonly reward: number;
  /** Moved by the batch already, as in the release. */
  readonly baseline: number;
}

/** ProxylessNAS's architecture parameters, by choice block, for spaces of every grammar. */
export interface ChoiceGates {
  /**
   * An option of every choice block, drawn by its probability within its limit. Not canonical: the path is that of
   * `canonicalEncoding`, `reinforce` wants what was drawn.
   */
  sample(rng: Rng): Encoding;
  /**
   * One update by REINFORCE: ascends the mean of (reward − baseline) · log p(sample), the probability counting only
   * choices that decide something. The baseline starts at the first batch's mean reward and keeps `baselineDecay` of
   * its old value at each later one.
   *
   * @param batch samples as they were drawn
   */
  reinforce(batch: readonly Rewarded[], baselineDecay: number, learningRate: number): GateReward;
  /** Probability of each option of every choice block, in the order of an encoding, limits apart. */
  distribution(): number[][];
  /** The most probable option everywhere, within its limit; canonical. */
  derive(): Encoding;
  readonly steps: number;
  save(): StrategyState;
  restore(state: StrategyState): void;
}

/** Gates with what an update of another kind than REINFORCE needs. */
export interface OpenGates {
  readonly gates: ChoiceGates;
  /** Parameters of each choice block, by option. */
  readonly alphas: readonly Float32Array[];
  /** One step of Adam down gradients by choice block. */
  step(gradients: ReadonlyMap<string, Float64Array>, learningRate: number): void;
}

/**
 * Parameters alpha per choice block, p = softmax(alpha) (Cai et al. 2019 §3.2), moved by REINFORCE (§3.3.2). They start
 * normal around 0, drawn from `rng`.
 */
export const choiceGates = (space: Searchable, rng: Rng, options: ChoiceGatesOptions = {}): ChoiceGates =>
  openGates(space, rng, options).gates;

/** `choiceGates`, their parameters open to what else moves them. */
export function openGates(space: Searchable, rng: Rng, options: ChoiceGatesOptions): OpenGates {
  const { deviation = 1e-3, start } = options;
  const layout = { choices: choiceBlocks(space) };
  const { choices } = layout;
  if (start !== undefined && !(start.probability > 0 && start.probability < 1)) {
    throw new Error(`internal error: expected a starting probability in (0, 1), got ${start.probability}`);
  }
  const started = start === undefined ? undefined : activeChoices(layout, start.encoding);
  const parameters = new Map<string, Tensor>(
    choices.map(({ id, options }, at) => {
      const own = rng.fork(id);
      const data = Float32Array.from({ length: options.length }, () => deviation * own.normal());
      if (start !== undefined && started?.[at]) {
        const others = optionCount(layout, start.encoding, at) - 1;
        const { probability } = start;
        if (others > 0) data[start.encoding[at]!]! += Math.log((probability * others) / (1 - probability));
      }
      return [id, { shape: [options.length], data }];
    }),
  );
  const alphas = choices.map(({ id }) => parameters.get(id)!.data);
  const adam = new Adam(parameters, options.adam ?? CONTROLLER_ADAM);
  let baseline: number | null = null;
  const distribution = (): number[][] => choiceProbabilities(alphas);

  const gates: ChoiceGates = {
    sample: (own) => eachChoice(layout, distribution(), (p) => own.categorical(p)),
    reinforce(batch, baselineDecay, learningRate) {
      const reward = batch.reduce((sum, each) => sum + each.reward, 0) / batch.length;
      baseline = baseline === null ? reward : baselineDecay * baseline + (1 - baselineDecay) * reward;
      const probabilities = distribution();
      const gradients = probabilities.map((p) => new Float64Array(p.length));
      for (const { encoding, reward: earned } of batch) {
        const weight = -(earned - baseline) / batch.length;
        addLogProbabilityGradient(layout, probabilities, encoding, weight, gradients);
      }
      adam.step(new Map(choices.map(({ id }, at) => [id, gradients[at]!])), learningRate);
      return { reward, baseline };
    },
    distribution,
    derive: () => canonicalEncoding(space, eachChoice(layout, distribution(), argmax)),
    get steps() {
      return adam.steps;
    },
    save: () => ({
      state: { steps: adam.steps, baseline },
      tensors: adam.save(),
    }),
    restore({ state, tensors }) {
      const saved = state as { readonly steps: number; readonly baseline: number | null };
      adam.restore(tensors, saved.steps);
      baseline = saved.baseline;
    },
  };
  return { gates, alphas, step: (gradients, rate) => adam.step(gradients, rate) };
}
