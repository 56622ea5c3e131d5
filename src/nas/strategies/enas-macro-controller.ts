import type { Rng } from '../../base/rng.ts';
import type { Tensor } from '../../net/network.ts';
import type { Encoding } from '../space/encoding.ts';
import type { ChoiceBlock, Searchable } from '../space/layout.ts';
import { choiceBlocks } from '../space/layout.ts';
import type { AdamSettings } from './adam.ts';
import { Adam } from './adam.ts';
import type { ArchitectureController, ControllerUpdate, Rewarded } from './controller.ts';
import { type LstmControllerOptions, lstmController } from './lstm-controller.ts';
import type { PolicyParameters } from './lstm-policy.ts';
import { argmax, entropyOf, softmax } from './softmax.ts';
import type { StrategyState } from './state.ts';
import { copyTensors, restoreTensors, unprefixed } from './state.ts';
import { Tape, type TapeNode } from './tape.ts';

export interface EnasMacroOptions {
  /** Hidden size; default 64. */
  readonly hidden?: number;
  /** Logits are tanhConstant · tanh(z / temperature); default 1.5 and 1. */
  readonly tanhConstant?: number;
  readonly temperature?: number;
  /** Weight of the path's entropy in the reward; default 1e-4. */
  readonly entropyWeight?: number;
  /** That entropy: of the sampled options alone, −p log p (the release, default), or of the whole distributions. */
  readonly entropyForm?: 'sampled' | 'full';
  /** Weight of the past in the moving baseline; default 0.99. */
  readonly baselineDecay?: number;
  /** Probability of a skip that the penalty is least at; default 0.4. As the release has it, of half the logit that is sampled by: 0.308 of the skips are then drawn. */
  readonly skipTarget?: number;
  /** Weight of that penalty; default 0.8. */
  readonly skipWeight?: number;
  /** Default: beta1 0, beta2 0.999, epsilon 1e-3. */
  readonly adam?: AdamSettings;
}

/**
 * Layers of ENAS's macro space, where the choices have its form: for each layer its operation (everywhere as many), then
 * for each earlier layer whether it is joined to it. Nothing where they have another form.
 */
export function macroDepth(choices: readonly ChoiceBlock[]): number | undefined {
  const layers = Math.round((Math.sqrt(8 * choices.length + 1) - 1) / 2);
  if (layers < 2 || (layers * (layers + 1)) / 2 !== choices.length) return undefined;
  const operations = choices[0]!.options.length;
  let at = 0;
  for (let layer = 0; layer < layers; layer++) {
    if (choices[at]!.options.length !== operations || choices[at]!.when !== undefined) return undefined;
    at += 1;
    for (let earlier = 0; earlier < layer; earlier++, at++) {
      if (choices[at]!.options.length !== 2 || choices[at]!.when !== undefined) return undefined;
    }
  }
  return layers;
}

/** One decision: its logits on the tape, where only half the logit of a skip lies there. */
interface Decision {
  readonly option: number;
  readonly probabilities: readonly number[];
  /** Of an operation its logits; of a skip [q], its logits being −q and q. */
  readonly node: TapeNode;
  readonly skip: boolean;
}

interface MacroRollout {
  readonly encoding: Encoding;
  readonly decisions: readonly Decision[];
  readonly logProbability: number;
  readonly entropy: number;
  readonly sampledEntropy: number;
  readonly tape: Tape;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * Penalty of one skip whose logits are −q and q, and its derivative by q: Σ p log(p / target) over both, p the sigmoid of
 * each logit (ENAS's release; the sampled probability is the sigmoid of 2 q).
 */
export function skipPenalty(q: number, target: number): { readonly value: number; readonly slope: number } {
  const [on, off] = [sigmoid(q), sigmoid(-q)];
  const [more, less] = [Math.log(on / target), Math.log(off / (1 - target))];
  return { value: on * more + off * less, slope: on * off * (more - less) };
}

/** ENAS's controller: of its macro space where the choices have that form, else of any sequence of choices. */
export const enasController = (
  space: Searchable,
  rng: Rng,
  options: LstmControllerOptions,
): ArchitectureController =>
  macroDepth(choiceBlocks(space)) === undefined
    ? lstmController(space, rng, options)
    : enasMacroController(space, rng, options);

interface Saved {
  readonly baseline: number;
  readonly steps: number;
}

/**
 * ENAS's controller of its macro space (Pham et al. 2018 §2.3, release): an LSTM step draws a layer's operation, another
 * attends over the earlier layers' states (anchors) and draws the skips; the next input is the mean of what was joined.
 * The loss of a sample is −log P · (reward + entropyWeight · entropy − baseline), both constants, plus skipWeight times
 * the mean over layers of the skips' penalty.
 */
export function enasMacroController(
  space: Searchable,
  rng: Rng,
  options: EnasMacroOptions = {},
): ArchitectureController {
  const { hidden = 64, tanhConstant = 1.5, temperature = 1, entropyForm = 'sampled' } = options;
  const { entropyWeight = 1e-4, baselineDecay = 0.99, skipTarget = 0.4, skipWeight = 0.8 } = options;
  const choices = choiceBlocks(space);
  const layers = macroDepth(choices);
  if (layers === undefined) throw new Error(`internal error: expected ENAS's macro space, got ${space.name}`);
  const operations = choices[0]!.options.length;
  const shapes: readonly (readonly [string, readonly [number, number]])[] = [
    ['lstm', [2 * hidden, 4 * hidden]],
    ['start', [1, hidden]],
    ['embedding', [operations, hidden]],
    ['output', [hidden, operations]],
    ['attention-anchor', [hidden, hidden]],
    ['attention-state', [hidden, hidden]],
    ['attention-out', [hidden, 1]],
  ];
  const parameters = new Map<string, Tensor>(
    shapes.map(([name, shape]) => {
      const own = rng.fork(name);
      const data = Float32Array.from({ length: shape[0] * shape[1] }, () => 0.2 * own.uniform() - 0.1);
      return [name, { shape, data }];
    }),
  );
  const adam = new Adam(parameters, options.adam ?? { beta1: 0, beta2: 0.999, epsilon: 1e-3 });
  let baseline = 0;

  const roll = (
    from: PolicyParameters,
    pick: (position: number, probabilities: readonly number[]) => number,
  ): MacroRollout => {
    const tape = new Tape(from);
    const decisions: Decision[] = [];
    const decide = (node: TapeNode, skip: boolean): number => {
      const logits = skip ? [-node.value[0]!, node.value[0]!] : node.value;
      const probabilities = softmax(logits);
      const option = pick(decisions.length, probabilities);
      decisions.push({ option, probabilities, node, skip });
      return option;
    };
    const zero = () => tape.constant(new Float64Array(hidden));
    let state = { h: zero(), c: zero() };
    let input = tape.row('start', 0, hidden);
    const anchors: { readonly h: TapeNode; readonly projected: TapeNode }[] = [];
    for (let layer = 0; layer < layers; layer++) {
      state = tape.lstm(input, state, 'lstm');
      const operation = decide(
        tape.tanh(tape.times(state.h, 'output', operations), tanhConstant, temperature),
        false,
      );
      state = tape.lstm(tape.row('embedding', operation, hidden), state, 'lstm');
      const query = tape.times(state.h, 'attention-state', hidden);
      const joined = anchors.filter(({ projected }) => {
        const mixed = tape.tanh(
          tape.sum(
            [
              [1, projected],
              [1, query],
            ],
            hidden,
          ),
        );
        const score = tape.times(mixed, 'attention-out', 1);
        return decide(tape.tanh(score, tanhConstant, temperature), true) === 1;
      });
      input =
        layer === 0
          ? tape.row('start', 0, hidden)
          : tape.sum(
              joined.map(({ h }) => [1 / (1 + joined.length), h] as const),
              hidden,
            );
      anchors.push({ h: state.h, projected: tape.times(state.h, 'attention-anchor', hidden) });
    }
    const chosen = decisions.map(({ option, probabilities }) => probabilities[option]!);
    return {
      encoding: decisions.map(({ option }) => option),
      decisions,
      logProbability: chosen.reduce((sum, p) => sum + Math.log(p), 0),
      entropy: decisions.reduce((sum, { probabilities }) => sum + entropyOf(probabilities), 0),
      sampledEntropy: chosen.reduce((sum, p) => sum - p * Math.log(p), 0),
      tape,
    };
  };
  const follow = (encoding: Encoding): MacroRollout => roll(parameters, (position) => encoding[position]!);
  const greedy = () => roll(parameters, (_, probabilities) => argmax(probabilities));

  return {
    kind: 'lstm',
    get steps() {
      return adam.steps;
    },
    get baseline() {
      return baseline;
    },
    propose(own) {
      const { encoding, logProbability, entropy } = roll(parameters, (_, p) => own.categorical(p));
      return { encoding, logProbability, entropy };
    },
    feedback(batch: readonly Rewarded[], learningRate: number): ControllerUpdate {
      const n = batch.length;
      const gradients = new Map(
        [...parameters].map(([name, { data }]) => [name, new Float64Array(data.length)] as const),
      );
      let [totalReward, totalEntropy, totalAdvantage] = [0, 0, 0];
      for (const { encoding, reward } of batch) {
        const rollout = follow(encoding);
        const bonus = entropyForm === 'full' ? rollout.entropy : rollout.sampledEntropy;
        const value = reward + entropyWeight * bonus;
        baseline -= (1 - baselineDecay) * (baseline - value);
        const advantage = value - baseline;
        for (const { option, probabilities, node, skip } of rollout.decisions) {
          if (skip) {
            const towards = 2 * ((option === 1 ? 1 : 0) - probabilities[1]!);
            const { slope } = skipPenalty(node.value[0]!, skipTarget);
            node.gradient[0]! += (-advantage * towards + (skipWeight * slope) / (layers - 1)) / n;
          } else {
            for (const [k, p] of probabilities.entries()) {
              node.gradient[k]! += (-advantage * ((k === option ? 1 : 0) - p)) / n;
            }
          }
        }
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
      Object.fromEntries(greedy().decisions.map(({ probabilities }, at) => [choices[at]!.id, probabilities])),
    save: (): StrategyState => ({
      state: { baseline, steps: adam.steps },
      tensors: new Map([...copyTensors(parameters), ...copyTensors(adam.slots, 'adam:')]),
    }),
    restore({ state, tensors }: StrategyState): void {
      const saved = state as unknown as Saved;
      restoreTensors(parameters, tensors);
      adam.restore(unprefixed(tensors, 'adam:'), saved.steps);
      baseline = saved.baseline;
    },
  };
}
