import type { Tensor as TfTensor } from '@tensorflow/tfjs-core';

import type { Tensor, Tensors, WeightSpec } from '../net/network.ts';
import { type OptimiserSpec, slotStart, slotsOf } from '../net/optimiser.ts';
import type { Tf } from './runtime.ts';

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((side, i) => side === b[i]);

/** Named tensors on the device: weights, and slots as `momentum:<name>` and their like; at full shape. */
export class DeviceState {
  readonly #tf: Tf;
  readonly #tensors = new Map<string, TfTensor>();
  /** Where a prefix lies in a full shape, as booleans, by both shapes. */
  readonly #masks = new Map<string, TfTensor>();

  /** Weights start at zero, slots at `slotStart`. */
  constructor(tf: Tf, weights: readonly WeightSpec[], optimiser: OptimiserSpec) {
    this.#tf = tf;
    const make = (name: string, shape: readonly number[], start: number): void => {
      if (this.#tensors.has(name)) throw new Error(`internal error: expected one weight ${name}, got two`);
      this.#tensors.set(name, tf.keep(tf.fill([...shape], start)));
    };
    for (const spec of weights) {
      make(spec.name, spec.shape, 0);
      for (const [slot, shape] of slotsOf(spec, optimiser)) {
        make(`${slot}:${spec.name}`, shape, slotStart(slot, optimiser));
      }
    }
  }

  get names(): readonly string[] {
    return [...this.#tensors.keys()];
  }

  get(name: string): TfTensor {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw new Error(`internal error: expected a known weight or slot, got ${name}`);
    return tensor;
  }

  /** The prefix of a tensor; not to be disposed of by itself, call inside `tidy`. */
  prefix(name: string, shape: readonly number[]): TfTensor {
    const full = this.get(name);
    if (shape.length !== full.shape.length || shape.some((side, i) => side > full.shape[i]!)) {
      throw new Error(`internal error: expected a prefix of ${name} [${full.shape}], got [${shape}]`);
    }
    return sliced(this.#tf, full, shape);
  }

  /** Replaces a prefix; what lies outside keeps its bits. Call inside `tidy`. */
  assign(name: string, value: TfTensor): void {
    const tf = this.#tf;
    const old = this.get(name);
    const fresh = sameShape(old.shape, value.shape)
      ? value.clone()
      : tf.where(this.#mask(old.shape, value.shape), padded(tf, value, old.shape), old);
    this.#tensors.set(name, tf.keep(fresh));
    old.dispose();
  }

  async read(names: readonly string[]): Promise<Tensors> {
    const tensors = new Map<string, Tensor>();
    for (const name of names) {
      const tensor = this.get(name);
      tensors.set(name, { shape: [...tensor.shape], data: new Float32Array(await tensor.data()) });
    }
    return tensors;
  }

  write(tensors: Tensors): void {
    for (const [name, { shape, data }] of tensors) {
      const old = this.get(name);
      if (!sameShape(old.shape, shape)) {
        throw new Error(`internal error: expected ${name} of shape [${old.shape}], got [${shape}]`);
      }
      this.#tensors.set(name, this.#tf.keep(this.#tf.tensor(new Float32Array(data), [...shape], 'float32')));
      old.dispose();
    }
  }

  dispose(): void {
    for (const tensor of [...this.#tensors.values(), ...this.#masks.values()]) tensor.dispose();
    this.#tensors.clear();
    this.#masks.clear();
  }

  #mask(full: readonly number[], prefix: readonly number[]): TfTensor {
    const key = `${full}|${prefix}`;
    let mask = this.#masks.get(key);
    if (mask === undefined) {
      mask = this.#tf.keep(this.#tf.cast(padded(this.#tf, this.#tf.ones([...prefix]), full), 'bool'));
      this.#masks.set(key, mask);
    }
    return mask;
  }
}

/** A tensor's prefix of the given shape; the tensor itself when that is all of it. */
export const sliced = (tf: Tf, tensor: TfTensor, shape: readonly number[]): TfTensor =>
  sameShape(tensor.shape, shape) ? tensor : tf.slice(tensor, new Array(shape.length).fill(0), [...shape]);

/** A prefix at its place in a full shape, zero elsewhere. */
export const padded = (tf: Tf, prefix: TfTensor, full: readonly number[]): TfTensor =>
  tf.pad(
    prefix,
    full.map((side, i): [number, number] => [0, side - prefix.shape[i]!]),
  );
