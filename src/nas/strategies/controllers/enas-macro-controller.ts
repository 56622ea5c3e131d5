import type { Rng } from '../../../base/rng.ts';
import type { Searchable } from '../../space/layout.ts';
import { choiceBlocks } from '../../space/layout.ts';
import type { AdamSettings } from '../adam.ts';
import type { ArchitectureController } from './controller.ts';
import { macroForm } from './enas-macro-form.ts';
import type { TapeNode } from './tape.ts';
import { anchorScore, seedOf, tapeController } from './tape-controller.ts';

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
  /**
   * Probability of a skip that the penalty is least at; default 0.4. As the release has it, of half the logit that is
   * sampled by: 0.308 of the skips are then drawn.
   */
  readonly skipTarget?: number;
  /** Weight of that penalty; default 0.8. */
  readonly skipWeight?: number;
  /** Default: beta1 0, beta2 0.999, epsilon 1e-3. */
  readonly adam?: AdamSettings;
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

/**
 * ENAS's controller of its macro space (Pham et al. 2018 §2.3, release): an LSTM step draws a layer's operation, or of
 * each operation in turn one where its channels begin and one how many there are, of those that are left; another
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
  const form = macroForm(choices);
  if (form === undefined) throw new Error(`internal error: expected ENAS's macro space, got ${space.name}`);
  const { layers, heads } = form;
  const shapes: readonly (readonly [string, readonly [number, number]])[] = [
    ['lstm', [2 * hidden, 4 * hidden]],
    ['start', [1, hidden]],
    ...heads.flatMap(({ name, options }) => [
      [`embedding${name}`, [options, hidden]] as const,
      [`output${name}`, [hidden, options]] as const,
    ]),
    ['attention-anchor', [hidden, hidden]],
    ['attention-state', [hidden, hidden]],
    ['attention-out', [hidden, 1]],
  ];
  const squash = { tanhConstant, temperature };
  /** Half the logit of each skip of the last walk, by position: they lie at −q and q. */
  const halves = new Map<number, TapeNode>();
  return tapeController(
    {
      choices,
      shapes,
      walk(tape, decide) {
        const zero = () => tape.constant(new Float64Array(hidden));
        let state = { h: zero(), c: zero() };
        let input = tape.row('start', 0, hidden);
        let position = 0;
        const anchors: { readonly h: TapeNode; readonly projected: TapeNode }[] = [];
        halves.clear();
        for (let layer = 0; layer < layers; layer++) {
          const drawn: number[] = [];
          for (const { name, options, limit } of heads) {
            state = tape.lstm(input, state, 'lstm');
            const logits = tape.tanh(
              tape.times(state.h, `output${name}`, options),
              tanhConstant,
              temperature,
            );
            const most = limit === undefined ? options : limit[drawn.at(-1)!]!;
            const option = decide(position++, [...logits.value.subarray(0, most)], seedOf(logits));
            drawn.push(option);
            input = tape.row(`embedding${name}`, option, hidden);
          }
          state = tape.lstm(input, state, 'lstm');
          const query = tape.times(state.h, 'attention-state', hidden);
          const joined = anchors.filter(({ projected }) => {
            const half = anchorScore(tape, projected, query, squash);
            halves.set(position, half);
            return (
              decide(position++, [-half.value[0]!, half.value[0]!], ([off, on]) => {
                half.gradient[0]! += on! - off!;
              }) === 1
            );
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
      },
      penalise(share) {
        for (const half of halves.values()) {
          const { slope } = skipPenalty(half.value[0]!, skipTarget);
          half.gradient[0]! += (share * skipWeight * slope) / (layers - 1);
        }
      },
    },
    rng,
    {
      entropyWeight,
      entropyForm,
      baselineDecay,
      adam: options.adam ?? { beta1: 0, beta2: 0.999, epsilon: 1e-3 },
    },
  );
}
