import type { Rng } from '../../../base/rng.ts';
import type { Encoding } from '../../space/encoding.ts';
import type { Searchable } from '../../space/layout.ts';
import type { AdamSettings } from '../adam.ts';
import { Adam, CONTROLLER_ADAM } from '../adam.ts';
import { argmax, entropyOf } from '../softmax.ts';
import type { StrategyState } from '../state.ts';
import { type BaselineState, debiased, EMPTY_BASELINE, moveBaseline } from './baseline.ts';
import type { ArchitectureController, ControllerUpdate, Rewarded } from './controller.ts';
import { initialParameters, LstmPolicy } from './lstm-policy.ts';

export interface PpoControllerOptions {
  /** Hidden size; default 64. */
  readonly hidden?: number;
  /** Default 2.5. */
  readonly tanhConstant?: number;
  /** Divides what enters the tanh; default 1. */
  readonly temperature?: number;
  /** How far from 1 the ratio of a token's new and old probability may go; default 0.2. */
  readonly clip?: number;
  /** Passes over each batch; default 4. */
  readonly passes?: number;
  /** Weight of the entropy in the objective; default 1e-5. */
  readonly entropyWeight?: number;
  /** Weight of the past in the debiased moving baseline; default 0.95. */
  readonly baselineDecay?: number;
  /** Default: beta1 0, beta2 0.999, epsilon 1e-8. */
  readonly adam?: AdamSettings;
}

interface Saved {
  readonly baseline: BaselineState;
  readonly steps: number;
}

/** Learning rate of the NASNet line; MnasNet's text does not state one. */
export const PPO_LEARNING_RATE = 3.5e-4;

/**
 * Proximal policy optimisation (Schulman et al. 2017, eq. 7) of an LSTM that emits the choices as a sequence of tokens, as
 * MnasNet searches (Tan et al. 2019 §4.2). Every token has the advantage of its sequence: its reward less a debiased
 * moving average of the batches' mean rewards. A token whose ratio has gone beyond 1 ± clip in the direction of its
 * advantage counts no more.
 */
export function ppoController(
  space: Searchable,
  rng: Rng,
  options: PpoControllerOptions = {},
): ArchitectureController {
  const { hidden = 64, tanhConstant = 2.5, temperature = 1, clip = 0.2, passes = 4 } = options;
  const { entropyWeight = 1e-5, baselineDecay = 0.95 } = options;
  const policy = new LstmPolicy(space, { hidden, tanhConstant, temperature });
  const parameters = initialParameters(policy, rng);
  const adam = new Adam(parameters, options.adam ?? CONTROLLER_ADAM);
  let baseline = EMPTY_BASELINE;
  const greedy = () => policy.roll(parameters, (_, probabilities) => argmax(probabilities));
  return {
    kind: 'ppo',
    get steps() {
      return adam.steps / passes;
    },
    get baseline() {
      return debiased(baseline);
    },
    propose(own) {
      const { encoding, logProbability, entropy } = policy.roll(parameters, (_, p) => own.categorical(p));
      return { encoding, logProbability, entropy };
    },
    feedback(batch: readonly Rewarded[], learningRate: number): ControllerUpdate {
      const n = batch.length;
      const reward = batch.reduce((sum, item) => sum + item.reward, 0) / n;
      baseline = moveBaseline(baseline, reward, baselineDecay);
      const level = debiased(baseline);
      const old = batch.map(({ encoding }) => policy.follow(parameters, encoding));
      for (let pass = 0; pass < passes; pass++) {
        const gradients = adam.zeroGradients();
        for (const [k, item] of batch.entries()) {
          const advantage = item.reward - level;
          const rollout = policy.follow(parameters, item.encoding);
          policy.addLogitGradient(
            parameters,
            rollout,
            ({ option, probabilities }, step) => {
              const ratio = probabilities[option]! / old[k]!.steps[step]!.probabilities[option]!;
              const beyond = advantage > 0 ? ratio > 1 + clip : ratio < 1 - clip;
              const scale = beyond ? 0 : (-advantage * ratio) / n;
              const entropy = entropyOf(probabilities);
              return probabilities.map((p, i) => {
                const bonus = p > 0 ? (entropyWeight / n) * p * (Math.log(p) + entropy) : 0;
                return scale * ((i === option ? 1 : 0) - p) + bonus;
              });
            },
            gradients,
          );
        }
        adam.step(gradients, learningRate);
      }
      return {
        reward,
        baseline: level,
        advantage: reward - level,
        entropy: old.reduce((sum, { entropy }) => sum + entropy, 0) / n,
      };
    },
    logProbability: (encoding: Encoding) => policy.follow(parameters, encoding).logProbability,
    greedy: () => greedy().encoding,
    probabilities: () =>
      Object.fromEntries(
        [...greedy().distributions].map(([at, distribution]) => [policy.choices[at]!.id, distribution]),
      ),
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
