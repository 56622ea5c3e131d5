import type { Rng } from '../../../base/rng.ts';
import type { Encoding } from '../../space/encoding.ts';
import type { StrategyState } from '../state.ts';

/** An architecture that a controller drew. */
export interface Proposal {
  /** As it was drawn: where several encodings are one network (`canonicalEncoding`), any of them. */
  readonly encoding: Encoding;
  /** log P(encoding) under the controller that drew it, nats (negative or 0). */
  readonly logProbability: number;
  /** Sum of the entropies of the distributions that were drawn from on the way, nats. */
  readonly entropy: number;
}

/** An architecture and the reward it earned. */
export interface Rewarded {
  readonly encoding: Encoding;
  readonly reward: number;
}

/** What an update did, for people. */
export interface ControllerUpdate {
  /** Mean reward, entropy bonus not included. */
  readonly reward: number;
  /** Baseline that the advantages were taken against. */
  readonly baseline: number;
  /** Mean of reward (bonus included) − baseline. */
  readonly advantage: number;
  /** Mean entropy of the paths to the rewarded architectures, before the update, nats. */
  readonly entropy: number;
}

/**
 * A trainable sampler of architectures: propose → feedback. It holds no generator and no clock: the same state, rng
 * and feedback give the same future.
 */
export interface ArchitectureController {
  readonly kind: 'lstm' | 'factorised' | 'ppo';
  propose(rng: Rng): Proposal;
  /** One update (of REINFORCE, or several of PPO) on a batch of evaluations, at this learning rate. */
  feedback(batch: readonly Rewarded[], learningRate: number): ControllerUpdate;
  /** log P(encoding), nats. */
  logProbability(encoding: Encoding): number;
  /** The architecture of the most probable option at every choice in turn. */
  greedy(): Encoding;
  /** Choice block → probability of each option along the greedy path; choices not on it are absent. */
  probabilities(): { readonly [choice: string]: readonly number[] };
  /** Updates made, and the moving baseline now. */
  readonly steps: number;
  readonly baseline: number;
  save(): StrategyState;
  restore(state: StrategyState): void;
}
