import type { PolicyParameters } from './lstm-policy.ts';

/** A vector on a tape, and the derivative of the objective by it. */
export interface TapeNode {
  readonly value: Float64Array;
  readonly gradient: Float64Array;
}

/**
 * Vectors computed from parameters, in an order that can be walked back: seed `gradient` of some nodes, then `backward`
 * adds the derivatives by the parameters to `into`, by name in the parameters' layout.
 */
export class Tape {
  readonly #parameters: PolicyParameters;
  readonly #backward: ((into: ReadonlyMap<string, Float64Array>) => void)[] = [];

  constructor(parameters: PolicyParameters) {
    this.#parameters = parameters;
  }

  constant(value: Float64Array): TapeNode {
    return { value, gradient: new Float64Array(value.length) };
  }

  #node(
    length: number,
    compute: (at: number) => number,
    back: (node: TapeNode, into: ReadonlyMap<string, Float64Array>) => void,
  ): TapeNode {
    const node = this.constant(Float64Array.from({ length }, (_, at) => compute(at)));
    this.#backward.push((into) => back(node, into));
    return node;
  }

  /** One row of a matrix [rows, columns]. */
  row(name: string, row: number, columns: number): TapeNode {
    const { data } = this.#parameters.get(name)!;
    return this.#node(
      columns,
      (at) => data[row * columns + at]!,
      ({ gradient }, into) => {
        const own = into.get(name)!;
        for (let at = 0; at < columns; at++) own[row * columns + at]! += gradient[at]!;
      },
    );
  }

  /** x [n] · matrix [n, columns] */
  times(x: TapeNode, name: string, columns: number): TapeNode {
    const { data } = this.#parameters.get(name)!;
    const n = x.value.length;
    return this.#node(
      columns,
      (j) => {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += x.value[i]! * data[i * columns + j]!;
        return sum;
      },
      ({ gradient }, into) => {
        const own = into.get(name)!;
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < columns; j++) {
            own[i * columns + j]! += x.value[i]! * gradient[j]!;
            x.gradient[i]! += data[i * columns + j]! * gradient[j]!;
          }
        }
      },
    );
  }

  /** Σ weight · node */
  sum(terms: readonly (readonly [weight: number, node: TapeNode])[], length: number): TapeNode {
    return this.#node(
      length,
      (at) => terms.reduce((sum, [weight, { value }]) => sum + weight * value[at]!, 0),
      ({ gradient }) => {
        for (const [weight, node] of terms) {
          for (let at = 0; at < length; at++) node.gradient[at]! += weight * gradient[at]!;
        }
      },
    );
  }

  /** scale · tanh(x / temperature) */
  tanh(x: TapeNode, scale = 1, temperature = 1): TapeNode {
    return this.#node(
      x.value.length,
      (at) => scale * Math.tanh(x.value[at]! / temperature),
      ({ value, gradient }) => {
        for (let at = 0; at < value.length; at++) {
          const squashed = value[at]! / scale;
          x.gradient[at]! += (gradient[at]! * scale * (1 - squashed * squashed)) / temperature;
        }
      },
    );
  }

  /** One step of an LSTM without biases, its matrix [2H, 4H] with gates i, f, o, g (ENAS's release). */
  lstm(x: TapeNode, state: LstmState, name: string): LstmState {
    const hidden = x.value.length;
    const joined = this.#node(
      2 * hidden,
      (at) => (at < hidden ? x.value[at]! : state.h.value[at - hidden]!),
      ({ gradient }) => {
        for (let at = 0; at < hidden; at++) {
          x.gradient[at]! += gradient[at]!;
          state.h.gradient[at]! += gradient[hidden + at]!;
        }
      },
    );
    const gates = this.times(joined, name, 4 * hidden);
    const gate = (which: number, at: number): number => {
      const z = gates.value[which * hidden + at]!;
      return which === 3 ? Math.tanh(z) : 1 / (1 + Math.exp(-z));
    };
    const c = this.#node(
      hidden,
      (at) => gate(0, at) * gate(3, at) + gate(1, at) * state.c.value[at]!,
      ({ gradient }) => {
        for (let at = 0; at < hidden; at++) {
          const [i, f, g] = [gate(0, at), gate(1, at), gate(3, at)];
          gates.gradient[at]! += gradient[at]! * g * i * (1 - i);
          gates.gradient[hidden + at]! += gradient[at]! * state.c.value[at]! * f * (1 - f);
          gates.gradient[3 * hidden + at]! += gradient[at]! * i * (1 - g * g);
          state.c.gradient[at]! += gradient[at]! * f;
        }
      },
    );
    const h = this.#node(
      hidden,
      (at) => gate(2, at) * Math.tanh(c.value[at]!),
      ({ gradient }) => {
        for (let at = 0; at < hidden; at++) {
          const o = gate(2, at);
          const squashed = Math.tanh(c.value[at]!);
          gates.gradient[2 * hidden + at]! += gradient[at]! * squashed * o * (1 - o);
          c.gradient[at]! += gradient[at]! * o * (1 - squashed * squashed);
        }
      },
    );
    return { h, c };
  }

  backward(into: ReadonlyMap<string, Float64Array>): void {
    for (const back of this.#backward.toReversed()) back(into);
  }
}

/** Output and cell of an LSTM, [H] each. */
export interface LstmState {
  readonly h: TapeNode;
  readonly c: TapeNode;
}
