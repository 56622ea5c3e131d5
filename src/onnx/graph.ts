import type { Attributes, Constant, Node } from './model.ts';

/** Nodes and constants as they come; equal positions and sizes are written once. */
export class GraphBuilder {
  readonly nodes: Node[] = [];
  readonly constants: Constant[] = [];
  readonly #known = new Map<string, string>();
  #made = 0;

  /** Adds a node; gives the name of what it produces. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    output = `${operator}:${this.#made++}`,
  ): string {
    this.nodes.push({ operator, inputs, output, attributes });
    return output;
  }

  /** Floats under a name of their own. */
  floats(name: string, dims: readonly number[], data: Float32Array): string {
    this.constants.push({ name, dims, data });
    return name;
  }

  /** A single float. */
  float(value: number): string {
    return this.#once(`float ${value}`, (name) => this.floats(name, [], Float32Array.of(value)));
  }

  /** A list of whole numbers. */
  integers(values: readonly number[]): string {
    return this.#once(`integers ${values.join(' ')}`, (name) => {
      this.constants.push({ name, dims: [values.length], data: BigInt64Array.from(values, BigInt) });
      return name;
    });
  }

  #once(name: string, make: (name: string) => string): string {
    const known = this.#known.get(name) ?? make(name);
    this.#known.set(name, known);
    return known;
  }
}
