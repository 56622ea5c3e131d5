import type { Rng } from '../../../base/rng.ts';
import type { Tensor } from '../../../net/network.ts';
import type { Encoding } from '../../space/encoding.ts';
import type { ChoiceBlock } from '../../space/layout.ts';
import type { AdamSettings } from '../adam.ts';
import { Adam } from '../adam.ts';
import { argmax, entropyOf, softmax } from '../softmax.ts';
import type { StrategyState } from '../state.ts';
import type { ArchitectureController, ControllerUpdate, Rewarded } from './controller.ts';
import { Tape, type TapeNode } from './tape.ts';

/** One decision of a walk. */
export interface Decision {
  /** Position of its choice in the encoding. */
  readonly position: number;
  readonly option: number;
  readonly probabilities: readonly number[];
  /** Adds a derivative of the loss by the logits to the tape. */
  readonly seed: (byLogits: readonly number[]) => void;
}

/** Makes one decision of a walk from its logits, of the choice's options or the first of them. */
export type Decide = (position: number, logits: readonly number[], seed: Decision['seed']) => number;

/** A sampler whose walks are computed on a tape. */
export interface TapePolicy {
  readonly choices: readonly ChoiceBlock[];
  /** Parameter name → shape. */
  readonly shapes: readonly (readonly [name: string, shape: readonly [number, number]])[];
  /** Values that a parameter starts with; absent: uniform in ±0.1, from a stream of its own name. */
  readonly start?: { readonly [name: string]: readonly number[] };
  /** Walks from the first decision to the last. */
  walk(tape: Tape, decide: Decide): void;
  /** Adds `share` of what the loss holds besides the reward to the tape of the last walk. */
  penalise?(share: number): void;
}

export interface TapeControllerSettings {
  /** Weight of the path's entropy in the reward. */
  readonly entropyWeight: number;
  /** That entropy: of the sampled options alone, −p log p, or of the whole distributions. */
  readonly entropyForm: 'sampled' | 'full';
  /** Weight of the past in the moving baseline. */
  readonly baselineDecay: number;
  readonly adam: AdamSettings;
}

interface Saved {
  readonly baseline: number;
  readonly steps: number;
}

/**
 * REINFORCE as ENAS's release has it: the loss of a sample is −log P · (reward + entropyWeight · entropy − baseline), both
 * constants, plus what the policy penalises; the baseline moves towards each reward before the advantage is taken.
 */
export function tapeController(
  policy: TapePolicy,
  rng: Rng,
  { entropyWeight, entropyForm, baselineDecay, adam: adamSettings }: TapeControllerSettings,
): ArchitectureController {
  const parameters = new Map<string, Tensor>(
    policy.shapes.map(([name, shape]) => {
      const own = rng.fork(name);
      const given = policy.start?.[name];
      const data = Float32Array.from({ length: shape[0] * shape[1] }, (_, at) =>
        given === undefined ? 0.2 * own.uniform() - 0.1 : given[at]!,
      );
      return [name, { shape, data }];
    }),
  );
  const adam = new Adam(parameters, adamSettings);
  let baseline = 0;

  const roll = (pick: (position: number, probabilities: readonly number[]) => number) => {
    const tape = new Tape(parameters);
    const decisions: Decision[] = [];
    policy.walk(tape, (position, logits, seed) => {
      const probabilities = softmax(logits);
      const option = pick(position, probabilities);
      decisions.push({ position, option, probabilities, seed });
      return option;
    });
    const encoding = policy.choices.map(() => 0);
    for (const { position, option } of decisions) encoding[position] = option;
    const chosen = decisions.map(({ option, probabilities }) => probabilities[option]!);
    return {
      encoding,
      decisions,
      tape,
      logProbability: chosen.reduce((sum, p) => sum + Math.log(p), 0),
      entropy: decisions.reduce((sum, { probabilities }) => sum + entropyOf(probabilities), 0),
      sampledEntropy: chosen.reduce((sum, p) => sum - p * Math.log(p), 0),
    };
  };
  const follow = (encoding: Encoding) => roll((position) => encoding[position]!);
  const greedy = () => roll((_, probabilities) => argmax(probabilities));

  return {
    kind: 'lstm',
    get steps() {
      return adam.steps;
    },
    get baseline() {
      return baseline;
    },
    propose(own) {
      const { encoding, logProbability, entropy } = roll((_, p) => own.categorical(p));
      return { encoding, logProbability, entropy };
    },
    feedback(batch: readonly Rewarded[], learningRate: number): ControllerUpdate {
      const n = batch.length;
      const gradients = adam.zeroGradients();
      let [totalReward, totalEntropy, totalAdvantage] = [0, 0, 0];
      for (const { encoding, reward } of batch) {
        const rollout = follow(encoding);
        const bonus = entropyForm === 'full' ? rollout.entropy : rollout.sampledEntropy;
        const value = reward + entropyWeight * bonus;
        baseline -= (1 - baselineDecay) * (baseline - value);
        const advantage = value - baseline;
        for (const { option, probabilities, seed } of rollout.decisions) {
          seed(probabilities.map((p, k) => (-advantage * ((k === option ? 1 : 0) - p)) / n));
        }
        policy.penalise?.(1 / n);
        rollout.tape.backward(gradients);
        totalReward += reward;
        totalEntropy += rollout.entropy;
        totalAdvantage += advantage;
      }
      adam.step(gradients, learningRate);
      return { reward: totalReward / n, baseline, advantage: totalAdvantage / n, entropy: totalEntropy / n };
    },
    logProbability: (encoding) => follow(encoding).logProbability,
    greedy: () => greedy().encoding,
    probabilities: () =>
      Object.fromEntries(
        greedy().decisions.map(({ position, probabilities }) => {
          const { id, options } = policy.choices[position]!;
          // options beyond a limit cannot be drawn
          return [id, options.map((_, option) => probabilities[option] ?? 0)];
        }),
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

/** Adds derivatives by a vector of logits to its node. */
export const seedOf =
  (node: TapeNode): Decision['seed'] =>
  (byLogits) => {
    for (const [k, g] of byLogits.entries()) node.gradient[k]! += g;
  };

/** The score of an anchor for a query: attention-out · tanh(projected anchor + query), squashed. [1] */
export const anchorScore = (
  tape: Tape,
  projected: TapeNode,
  query: TapeNode,
  { tanhConstant, temperature }: { readonly tanhConstant: number; readonly temperature: number },
): TapeNode => {
  const both = tape.sum(
    [
      [1, projected],
      [1, query],
    ],
    query.value.length,
  );
  return tape.tanh(tape.times(tape.tanh(both), 'attention-out', 1), tanhConstant, temperature);
};
