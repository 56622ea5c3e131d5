import type { Rng } from '../../../base/rng.ts';
import type { Encoding } from '../../space/encoding.ts';
import type { Searchable } from '../../space/layout.ts';
import type { AdamSettings } from '../adam.ts';
import { Adam } from '../adam.ts';
import { argmax } from '../softmax.ts';
import type { StrategyState } from '../state.ts';
import type { ArchitectureController, ControllerUpdate, Proposal, Rewarded } from './controller.ts';
import type { Rollout } from './lstm-policy.ts';
import { initialParameters, LstmPolicy } from './lstm-policy.ts';

export interface LstmControllerOptions {
  /** Hidden size; default 64. */
  readonly hidden?: number;
  /** Default 1.5. */
  readonly tanhConstant?: number;
  /** Divides what enters the tanh; default 1. */
  readonly temperature?: number;
  /** Weight of the path's entropy in the reward; default 1e-4. */
  readonly entropyWeight?: number;
  /** Weight of the past in the moving baseline; default 0.99. */
  readonly baselineDecay?: number;
  /** Default: beta1 0, beta2 0.999, epsilon 1e-3. */
  readonly adam?: AdamSettings;
}

/** ENAS's learning rate (release, macro space). */
export const ENAS_LEARNING_RATE = 1e-3;

interface Saved {
  readonly baseline: number;
  readonly steps: number;
}

/**
 * ENAS's controller (Pham et al. 2018): REINFORCE on an LSTM's samples. A sample's loss is
 * −log P · (reward + entropyWeight · entropy − baseline), the entropy taken as a constant; the baseline moves towards
 * each reward before the advantage is taken. Parameters start uniform in ±0.1, drawn from `rng`.
 */
export function lstmController(
  space: Searchable,
  rng: Rng,
  options: LstmControllerOptions = {},
): ArchitectureController {
  const { hidden = 64, tanhConstant = 1.5, temperature = 1 } = options;
  const { entropyWeight = 1e-4, baselineDecay = 0.99 } = options;
  const policy = new LstmPolicy(space, { hidden, tanhConstant, temperature });
  const parameters = initialParameters(policy, rng);
  const adam = new Adam(parameters, options.adam ?? { beta1: 0, beta2: 0.999, epsilon: 1e-3 });
  let baseline = 0;

  const greedyRollout = (): Rollout => policy.roll(parameters, (_, probabilities) => argmax(probabilities));
  return {
    kind: 'lstm',
    get steps() {
      return adam.steps;
    },
    get baseline() {
      return baseline;
    },
    propose(own: Rng): Proposal {
      const { encoding, logProbability, entropy } = policy.roll(parameters, (_, probabilities) =>
        own.categorical(probabilities),
      );
      return { encoding, logProbability, entropy };
    },
    feedback(batch: readonly Rewarded[], learningRate: number): ControllerUpdate {
      const gradients = adam.zeroGradients();
      let [totalReward, totalEntropy, totalAdvantage] = [0, 0, 0];
      for (const { encoding, reward } of batch) {
        const rollout = policy.follow(parameters, encoding);
        const bonus = reward + entropyWeight * rollout.entropy;
        baseline -= (1 - baselineDecay) * (baseline - bonus);
        const advantage = bonus - baseline;
        policy.addGradient(parameters, rollout, -advantage / batch.length, gradients);
        totalReward += reward;
        totalEntropy += rollout.entropy;
        totalAdvantage += advantage;
      }
      adam.step(gradients, learningRate);
      const n = batch.length;
      return {
        reward: totalReward / n,
        baseline,
        advantage: totalAdvantage / n,
        entropy: totalEntropy / n,
      };
    },
    logProbability: (encoding: Encoding) => policy.follow(parameters, encoding).logProbability,
    greedy: () => greedyRollout().encoding,
    probabilities: () =>
      Object.fromEntries(
        [...greedyRollout().distributions].map(([position, distribution]) => [
          policy.choices[position]!.id,
          distribution,
        ]),
      ),
    save: (): StrategyState => ({
      state: { baseline, steps: adam.steps },
      tensors: adam.save(),
    }),
    restore({ state, tensors }: StrategyState): void {
      const saved = state as unknown as Saved;
      adam.restore(tensors, saved.steps);
      baseline = saved.baseline;
    },
  };
}
