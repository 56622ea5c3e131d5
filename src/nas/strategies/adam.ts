import type { Tensor, Tensors } from '../../net/network.ts';
import { copyTensors, restoreTensors, unprefixed } from './state.ts';

export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** What every controller here uses: no first moment (ENAS, TuNAS, ProxylessNAS). */
export const CONTROLLER_ADAM: AdamSettings = { beta1: 0, beta2: 0.999, epsilon: 1e-8 };

/**
 * Adam (Kingma and Ba 2015, algorithm 1) on named tensors. Values and slots are kept as 32-bit floats, so that a
 * saved state restores exactly; the arithmetic between is in doubles.
 */
export class Adam {
  readonly #parameters: Tensors;
  readonly #settings: AdamSettings;
  readonly #slots: ReadonlyMap<string, Tensor>;
  #steps = 0;

  constructor(parameters: Tensors, settings: AdamSettings) {
    this.#parameters = parameters;
    this.#settings = settings;
    const slots = new Map<string, Tensor>();
    for (const [name, { shape, data }] of parameters) {
      if (settings.beta1 > 0) slots.set(`first:${name}`, { shape, data: new Float32Array(data.length) });
      slots.set(`second:${name}`, { shape, data: new Float32Array(data.length) });
    }
    this.#slots = slots;
  }

  /** Updates made so far. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * One step down the gradients: by name, in the parameters' layout. An entry that is NaN leaves its parameter and its
   * slots as they are. A learning rate of 0 still moves the slots.
   */
  step(gradients: ReadonlyMap<string, Float64Array>, learningRate: number): void {
    const { beta1, beta2, epsilon } = this.#settings;
    this.#steps += 1;
    const correction1 = 1 - beta1 ** this.#steps;
    const correction2 = 1 - beta2 ** this.#steps;
    for (const [name, { data }] of this.#parameters) {
      const gradient = gradients.get(name);
      if (gradient === undefined || gradient.length !== data.length) {
        throw new Error(
          `internal error: expected a gradient of ${data.length} for ${name}, got ${gradient?.length}`,
        );
      }
      const first = this.#slots.get(`first:${name}`)?.data;
      const second = this.#slots.get(`second:${name}`)!.data;
      for (const [i, g] of gradient.entries()) {
        if (Number.isNaN(g)) continue;
        let m = g;
        if (first !== undefined) {
          m = beta1 * first[i]! + (1 - beta1) * g;
          first[i] = m;
        }
        second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
        data[i] =
          data[i]! - (learningRate * (m / correction1)) / (Math.sqrt(second[i]! / correction2) + epsilon);
      }
    }
  }

  /** Zeros in the parameters' layout, for gradients to be added to. */
  zeroGradients(): Map<string, Float64Array> {
    return new Map([...this.#parameters].map(([name, { data }]) => [name, new Float64Array(data.length)]));
  }

  /** Copies of the parameters and, under `adam:<slot>`, of the slots. With `steps`, all that `restore` needs. */
  save(): Tensors {
    return new Map([...copyTensors(this.#parameters), ...copyTensors(this.#slots, 'adam:')]);
  }

  /** Throws when the tensors are those of other parameters. */
  restore(saved: Tensors, steps: number): void {
    restoreTensors(this.#parameters, saved);
    restoreTensors(this.#slots, unprefixed(saved, 'adam:'));
    this.#steps = steps;
  }
}
