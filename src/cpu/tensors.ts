import type { OptimiserSpec } from '../net/backend.ts';
import type { Tensor, Tensors, WeightSpec } from '../net/network.ts';
import { type Slot, slotStart, slotsOf } from '../net/optimiser.ts';
import type { Arena } from './arena.ts';
import { ALIGNMENT } from './plan/space.ts';
import type { WeightPlace } from './plan/weights.ts';

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** The weights of a model and the slots of its optimiser, in one block of the arena. */
export class ArenaTensors {
  /** Where ops find each weight. */
  readonly places: ReadonlyMap<string, WeightPlace>;
  readonly #arena: Arena;
  readonly #block: number;
  readonly #all = new Map<string, { readonly shape: readonly number[]; readonly at: number }>();

  /** Weights start at zero, slots at their `slotStart`. */
  constructor(arena: Arena, weights: readonly WeightSpec[], optimiser: OptimiserSpec) {
    this.#arena = arena;
    let floats = 0;
    const layout: [name: string, shape: readonly number[], at: number, start: number][] = [];
    const lay = (name: string, shape: readonly number[], start: number): void => {
      layout.push([name, shape, floats, start]);
      floats += (Math.ceil((sizeOf(shape) * 4) / ALIGNMENT) * ALIGNMENT) / 4;
    };
    for (const spec of weights) {
      lay(spec.name, spec.shape, 0);
      for (const [slot, shape] of slotsOf(spec, optimiser)) {
        lay(`${slot}:${spec.name}`, shape, slotStart(slot, optimiser));
      }
    }
    this.#block = arena.take(floats);
    for (const [name, shape, offset, start] of layout) {
      this.#all.set(name, { shape, at: this.#block + offset * 4 });
      if (start !== 0) this.floats(name).fill(start);
    }
    const at = (slot: Slot, name: string): number => this.#all.get(`${slot}:${name}`)?.at ?? 0;
    this.places = new Map(
      weights.map((spec) => [
        spec.name,
        {
          spec,
          weight: this.#tensor(spec.name).at,
          momentum: at('momentum', spec.name),
          square: at('square', spec.name),
          steps: at('steps', spec.name),
          ema: at('ema', spec.name),
        },
      ]),
    );
  }

  shapeOf(name: string): readonly number[] {
    return this.#tensor(name).shape;
  }

  /** The tensor's own memory. Throws on an unknown name. */
  floats(name: string): Float32Array {
    const { shape, at } = this.#tensor(name);
    return this.#arena.floats(at, sizeOf(shape));
  }

  /** Copies by name. Throws on an unknown name. */
  read(names: Iterable<string> = this.#all.keys()): Tensors {
    const tensors = new Map<string, Tensor>();
    for (const name of names) {
      tensors.set(name, { shape: this.shapeOf(name), data: new Float32Array(this.floats(name)) });
    }
    return tensors;
  }

  /** Copies in by name; throws on an unknown name or a wrong shape, and has then written nothing. */
  write(tensors: Tensors): void {
    for (const [name, { shape }] of tensors) {
      const own = this.shapeOf(name);
      if (own.length !== shape.length || own.some((side, axis) => side !== shape[axis])) {
        throw new Error(`internal error: expected ${name} of shape [${own}], got [${shape}]`);
      }
    }
    for (const [name, { data }] of tensors) this.floats(name).set(data);
  }

  close(): void {
    this.#arena.give(this.#block);
  }

  #tensor(name: string): { readonly shape: readonly number[]; readonly at: number } {
    const tensor = this.#all.get(name);
    if (tensor === undefined) throw new Error(`internal error: expected a tensor of the model, got ${name}`);
    return tensor;
  }
}
