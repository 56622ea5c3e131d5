import type { Rng } from '../../../base/rng.ts';
import type { ChoiceBlock, Searchable } from '../../space/layout.ts';
import { choiceBlocks } from '../../space/layout.ts';
import type { AdamSettings } from '../adam.ts';
import type { ArchitectureController } from './controller.ts';
import type { LstmState, TapeNode } from './tape.ts';
import { anchorScore, seedOf, tapeController } from './tape-controller.ts';

export interface EnasMicroOptions {
  /** Hidden size; default 64. */
  readonly hidden?: number;
  /** Logits of inputs are tanhConstant · tanh(z / temperature); default 1.1 and 1. */
  readonly tanhConstant?: number;
  readonly temperature?: number;
  /** Divides the tanh constant for the logits of operations; default 2.5. */
  readonly operationReduce?: number;
  /** Weight of the path's entropy in the reward; default 1e-4. */
  readonly entropyWeight?: number;
  /** That entropy: of the whole distributions (the release, default), or of the sampled options alone. */
  readonly entropyForm?: 'sampled' | 'full';
  /** Weight of the past in the moving baseline; default 0.99. */
  readonly baselineDecay?: number;
  /** Default: beta1 0, beta2 0.999, epsilon 1e-3. */
  readonly adam?: AdamSettings;
}

const CELLS = 2;
const PER_NODE = 4;

/**
 * Nodes of a cell of ENAS's micro space, where the choices have its form: a normal and a reduction cell, for each node an
 * input, its operation, another input, its operation; the first node has two inputs to choose from, each next one more.
 * Nothing where they have another form.
 */
export function microNodes(choices: readonly ChoiceBlock[]): number | undefined {
  const nodes = choices.length / (CELLS * PER_NODE);
  if (!Number.isInteger(nodes) || nodes < 1) return undefined;
  const operations = choices[1]!.options.length;
  const fits = choices.every(({ options, when }, at) => {
    const node = Math.floor(at / PER_NODE) % nodes;
    return when === undefined && options.length === (at % 2 === 0 ? node + 2 : operations);
  });
  return fits ? nodes : undefined;
}

/**
 * By how much the release favours the first two operations, separable convolutions, in the beginning and in the normal
 * cell.
 */
const FAVOUR = { start: 10, normal: 0.25 } as const;

/**
 * ENAS's controller of its micro space (Pham et al. 2018 §2.4, release): in each cell two steps that stand for its inputs,
 * then for each node two inputs by attention over earlier states and two operations. The reduction cell goes on from the
 * state of the normal cell and has the same weights.
 */
export function enasMicroController(
  space: Searchable,
  rng: Rng,
  options: EnasMicroOptions = {},
): ArchitectureController {
  const { hidden = 64, tanhConstant = 1.1, temperature = 1, operationReduce = 2.5 } = options;
  const choices = choiceBlocks(space);
  const nodes = microNodes(choices);
  if (nodes === undefined) throw new Error(`internal error: expected ENAS's micro space, got ${space.name}`);
  const operations = choices[1]!.options.length;
  const squash = { tanhConstant, temperature };
  const favoured = (yes: number, no: number) =>
    Array.from({ length: operations }, (_, k) => (k < 2 ? yes : no));
  const normal = Float64Array.from(favoured(FAVOUR.normal, -FAVOUR.normal));
  return tapeController(
    {
      choices,
      shapes: [
        ['lstm', [2 * hidden, 4 * hidden]],
        ['start', [1, hidden]],
        ['embedding', [operations, hidden]],
        ['output', [hidden, operations]],
        ['output-bias', [1, operations]],
        ['attention-anchor', [hidden, hidden]],
        ['attention-state', [hidden, hidden]],
        ['attention-out', [hidden, 1]],
      ],
      start: { 'output-bias': favoured(FAVOUR.start, 0) },
      walk(tape, decide) {
        const zero = () => tape.constant(new Float64Array(hidden));
        let state: LstmState = { h: zero(), c: zero() };
        const step = (input: TapeNode): TapeNode => {
          state = tape.lstm(input, state, 'lstm');
          return state.h;
        };
        const first = () => tape.row('start', 0, hidden);
        for (let cell = 0; cell < CELLS; cell++) {
          const anchors: { readonly h: TapeNode; readonly projected: TapeNode }[] = [];
          const remember = (h: TapeNode, value: TapeNode) =>
            anchors.push({ h: value, projected: tape.times(h, 'attention-anchor', hidden) });
          for (let k = 0; k < 2; k++) remember(step(first()), zero());
          for (let node = 0; node < nodes; node++) {
            const at = (cell * nodes + node) * PER_NODE;
            let input = first();
            for (const position of [at, at + 2]) {
              const query = tape.times(step(input), 'attention-state', hidden);
              const scores = anchors.map(({ projected }) => anchorScore(tape, projected, query, squash));
              const chosen = decide(
                position,
                scores.map(({ value }) => value[0]!),
                (byLogits) => {
                  for (const [k, g] of byLogits.entries()) scores[k]!.gradient[0]! += g;
                },
              );
              input = anchors[chosen]!.h;
            }
            for (const position of [at + 1, at + 3]) {
              const raw = tape.sum(
                [
                  [1, tape.times(step(input), 'output', operations)],
                  [1, tape.row('output-bias', 0, operations)],
                ],
                operations,
              );
              const squashed = tape.tanh(raw, tanhConstant / operationReduce, temperature);
              const logits =
                cell > 0
                  ? squashed
                  : tape.sum(
                      [
                        [1, squashed],
                        [1, tape.constant(normal)],
                      ],
                      operations,
                    );
              input = tape.row('embedding', decide(position, [...logits.value], seedOf(logits)), hidden);
            }
            const h = step(input);
            remember(h, h);
          }
        }
      },
    },
    rng,
    {
      entropyWeight: options.entropyWeight ?? 1e-4,
      entropyForm: options.entropyForm ?? 'full',
      baselineDecay: options.baselineDecay ?? 0.99,
      adam: options.adam ?? { beta1: 0, beta2: 0.999, epsilon: 1e-3 },
    },
  );
}
