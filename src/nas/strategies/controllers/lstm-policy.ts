import type { Rng } from '../../../base/rng.ts';
import type { Tensor } from '../../../net/network.ts';
import type { Encoding } from '../../space/encoding.ts';
import { isActive, optionCount } from '../../space/encoding.ts';
import type { ChoiceBlock, Searchable } from '../../space/layout.ts';
import { choiceBlocks } from '../../space/layout.ts';
import { entropyOf, limited, softmax } from '../softmax.ts';

/** Named parameters; the policy only reads them. */
export type PolicyParameters = ReadonlyMap<string, { readonly data: ArrayLike<number> }>;

export interface LstmShape {
  readonly hidden: number;
  /** Logits are tanhConstant · tanh(z / temperature). */
  readonly tanhConstant: number;
  readonly temperature: number;
}

/** One step of the sequence: everything that its backward pass needs. */
export interface Step {
  /** Position of the choice in the encoding. */
  readonly position: number;
  readonly option: number;
  readonly probabilities: readonly number[];
  /** tanh(z / T) of each option. */
  readonly squashed: readonly number[];
  /** Name and row of the embedding that was the input. */
  readonly embedding: string;
  readonly row: number;
  /** [x, h], length 2H */
  readonly inputs: Float64Array;
  /** Activated gates i, f, o, g, each H. */
  readonly gates: Float64Array;
  readonly cellBefore: Float64Array;
  readonly cell: Float64Array;
  readonly hidden: Float64Array;
}

/** A walk through the choices that decide something. */
export interface Rollout {
  /** Canonical. */
  readonly encoding: Encoding;
  readonly logProbability: number;
  /** Σ entropy of each step's distribution, nats. */
  readonly entropy: number;
  /** Choice position → distribution drawn from. */
  readonly distributions: ReadonlyMap<number, readonly number[]>;
  readonly steps: readonly Step[];
}

const GATES = 4;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * ENAS's sampler (Pham et al. 2018 §2.2, release: one matrix [2H, 4H], no biases, gates i f o g): an LSTM that reads
 * the embedding of the last decision and emits the next. Choices inside a block that it has just left out are
 * not part of the sequence. Every choice block has its own embeddings and output matrix, as blocks differ.
 */
export class LstmPolicy {
  readonly choices: readonly ChoiceBlock[];
  readonly shape: LstmShape;
  /** Parameter name → shape. */
  readonly parameters: ReadonlyMap<string, readonly number[]>;

  constructor(space: Searchable, shape: LstmShape) {
    this.choices = choiceBlocks(space);
    this.shape = shape;
    const { hidden } = shape;
    const parameters = new Map<string, readonly number[]>([
      ['lstm', [2 * hidden, GATES * hidden]],
      ['start', [1, hidden]],
    ]);
    for (const { id, options } of this.choices) {
      parameters.set(`embedding:${id}`, [options.length, hidden]);
      parameters.set(`output:${id}`, [hidden, options.length]);
    }
    this.parameters = parameters;
  }

  /** Walks the sequence; `pick` names the option at each choice. */
  roll(
    parameters: PolicyParameters,
    pick: (position: number, probabilities: readonly number[]) => number,
  ): Rollout {
    const { hidden, tanhConstant, temperature } = this.shape;
    const lstm = parameters.get('lstm')!.data;
    const encoding = this.choices.map(() => 0);
    const steps: Step[] = [];
    const distributions = new Map<number, readonly number[]>();
    let logProbability = 0;
    let entropy = 0;
    let embedding = 'start';
    let row = 0;
    let cell: Float64Array = new Float64Array(hidden);
    let state: Float64Array = new Float64Array(hidden);
    for (const [position, { id, options }] of this.choices.entries()) {
      if (!isActive(this, encoding, position)) continue;
      const table = parameters.get(embedding)!.data;
      const inputs = new Float64Array(2 * hidden);
      for (let i = 0; i < hidden; i++) inputs[i] = table[row * hidden + i]!;
      inputs.set(state, hidden);
      const gates = affine(inputs, lstm, GATES * hidden);
      const cellBefore = cell;
      cell = new Float64Array(hidden);
      state = new Float64Array(hidden);
      for (let i = 0; i < hidden; i++) {
        const input = sigmoid(gates[i]!);
        const forget = sigmoid(gates[hidden + i]!);
        const output = sigmoid(gates[2 * hidden + i]!);
        const candidate = Math.tanh(gates[3 * hidden + i]!);
        gates[i] = input;
        gates[hidden + i] = forget;
        gates[2 * hidden + i] = output;
        gates[3 * hidden + i] = candidate;
        cell[i] = input * candidate + forget * cellBefore[i]!;
        state[i] = output * Math.tanh(cell[i]!);
      }
      const raw = affine(state, parameters.get(`output:${id}`)!.data, options.length);
      const squashed = Array.from(raw, (z) => Math.tanh(z / temperature));
      const all = softmax(squashed.map((value) => tanhConstant * value));
      const probabilities = limited(all, optionCount(this, encoding, position));
      const option = pick(position, probabilities);
      encoding[position] = option;
      distributions.set(position, probabilities);
      logProbability += Math.log(probabilities[option]!);
      entropy += entropyOf(probabilities);
      steps.push({
        position,
        option,
        probabilities,
        squashed,
        embedding,
        row,
        inputs,
        gates,
        cellBefore,
        cell,
        hidden: state,
      });
      embedding = `embedding:${id}`;
      row = option;
    }
    return { encoding, logProbability, entropy, distributions, steps };
  }

  /** The walk that leads to an encoding. */
  follow(parameters: PolicyParameters, encoding: Encoding): Rollout {
    return this.roll(parameters, (position) => encoding[position]!);
  }

  /**
   * Adds `scale` · d log P(rollout) / d parameter to `into`, by name in the parameters' layout.
   */
  addGradient(
    parameters: PolicyParameters,
    rollout: Rollout,
    scale: number,
    into: ReadonlyMap<string, Float64Array>,
  ): void {
    this.addLogitGradient(
      parameters,
      rollout,
      ({ option, probabilities }) => probabilities.map((p, k) => scale * ((k === option ? 1 : 0) - p)),
      into,
    );
  }

  /**
   * Adds the gradient by the parameters of what has these derivatives by the logits of each step to `into`
   * (backpropagation through time).
   */
  addLogitGradient(
    parameters: PolicyParameters,
    rollout: Rollout,
    logitGradient: (step: Step, index: number) => readonly number[],
    into: ReadonlyMap<string, Float64Array>,
  ): void {
    const { hidden, tanhConstant, temperature } = this.shape;
    const lstm = parameters.get('lstm')!.data;
    const lstmGradient = into.get('lstm')!;
    let stateGradient = new Float64Array(hidden);
    let cellGradient = new Float64Array(hidden);
    for (const [index, step] of [...rollout.steps.entries()].reverse()) {
      const logits = logitGradient(step, index);
      const { id, options } = this.choices[step.position]!;
      const output = parameters.get(`output:${id}`)!.data;
      const outputGradient = into.get(`output:${id}`)!;
      for (let k = 0; k < options.length; k++) {
        const squashed = step.squashed[k]!;
        const dz = (logits[k]! * tanhConstant * (1 - squashed * squashed)) / temperature;
        for (let i = 0; i < hidden; i++) {
          outputGradient[i * options.length + k]! += step.hidden[i]! * dz;
          stateGradient[i]! += output[i * options.length + k]! * dz;
        }
      }
      const gateGradient = new Float64Array(GATES * hidden);
      const previousCell = new Float64Array(hidden);
      for (let i = 0; i < hidden; i++) {
        const input = step.gates[i]!;
        const forget = step.gates[hidden + i]!;
        const out = step.gates[2 * hidden + i]!;
        const candidate = step.gates[3 * hidden + i]!;
        const squashedCell = Math.tanh(step.cell[i]!);
        const dh = stateGradient[i]!;
        const dc = cellGradient[i]! + dh * out * (1 - squashedCell * squashedCell);
        gateGradient[i] = dc * candidate * input * (1 - input);
        gateGradient[hidden + i] = dc * step.cellBefore[i]! * forget * (1 - forget);
        gateGradient[2 * hidden + i] = dh * squashedCell * out * (1 - out);
        gateGradient[3 * hidden + i] = dc * input * (1 - candidate * candidate);
        previousCell[i] = dc * forget;
      }
      const embeddingGradient = into.get(step.embedding)!;
      const previousState = new Float64Array(hidden);
      for (let i = 0; i < 2 * hidden; i++) {
        const x = step.inputs[i]!;
        const start = i * GATES * hidden;
        let sum = 0;
        for (let j = 0; j < GATES * hidden; j++) {
          const g = gateGradient[j]!;
          lstmGradient[start + j]! += x * g;
          sum += lstm[start + j]! * g;
        }
        if (i < hidden) embeddingGradient[step.row * hidden + i]! += sum;
        else previousState[i - hidden] = sum;
      }
      stateGradient = previousState;
      cellGradient = previousCell;
    }
  }
}

/** Parameters uniform in ±0.1, each drawn from a stream of its own name (ENAS's release). */
export function initialParameters(policy: LstmPolicy, rng: Rng): Map<string, Tensor> {
  const parameters = new Map<string, Tensor>();
  for (const [name, shape] of policy.parameters) {
    const own = rng.fork(name);
    const data = Float32Array.from({ length: shape[0]! * shape[1]! }, () => 0.2 * own.uniform() - 0.1);
    parameters.set(name, { shape, data });
  }
  return parameters;
}

/** x [n] · matrix [n, columns] → [columns] */
function affine(x: Float64Array, matrix: ArrayLike<number>, columns: number): Float64Array {
  const result = new Float64Array(columns);
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!;
    const start = i * columns;
    for (let j = 0; j < columns; j++) result[j]! += value * matrix[start + j]!;
  }
  return result;
}
