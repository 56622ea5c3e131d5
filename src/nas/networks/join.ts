import type { Handle } from '../../net/builder.ts';
import { NetworkBuilder } from '../../net/builder.ts';
import type { Initialiser, Network, Shape, Tensor, Tensors, WeightSpec } from '../../net/network.ts';
import { heldBy, inheritPrefixes } from './shared.ts';

/** Some channels of a tensor that was made of several, and the name of where they come from. */
export interface Share {
  readonly source: string;
  readonly channels: number;
}

/** A tensor, and whose channels it consists of where that differs from architecture to architecture. */
export interface Joined extends Handle {
  readonly shares?: readonly Share[];
}

/**
 * A network under construction whose layers may read tensors of varying sources. In a child network such a layer is
 * one, with a weight for all channels. Over the weights of a supernet it is the sum of one a source, each with the
 * weight of that source (ENAS, release: rows of a matrix gathered by index), which is the same.
 */
export class Assembly {
  readonly builder: NetworkBuilder;
  readonly #shares: boolean;
  readonly #joins = new Map<string, readonly string[]>();

  /** @param weights of a supernet: a path over them; `all`: all that a supernet has; absent: a child network */
  constructor(input: Shape, weights?: ReadonlyMap<string, WeightSpec> | 'all') {
    this.builder = new NetworkBuilder(input, weights === 'all' ? undefined : weights);
    this.#shares = weights !== undefined;
  }

  /** Channels of all, one after the other, each tensor under the name of its source. */
  concat(id: string, parts: readonly (readonly [source: string, tensor: Handle])[]): Joined {
    const [first] = parts;
    const tensor =
      parts.length === 1
        ? first![1]
        : this.builder.concat(
            id,
            parts.map(([, each]) => each),
          );
    return { ...tensor, shares: parts.map(([source, { shape }]) => ({ source, channels: shape.c })) };
  }

  /** What a function of single channels makes of a tensor. */
  each(from: Joined, through: (tensor: Handle) => Handle): Joined {
    const result = through(from);
    return from.shares === undefined ? result : { ...result, shares: from.shares };
  }

  /** 1x1 convolution without bias. Layer `<id>`, or `<id>.<source>` and their sums. */
  conv(id: string, from: Joined, filters: number): Handle {
    return this.#read(id, from, (name, tensor) => this.builder.conv(name, tensor, { filters, kernel: 1 }));
  }

  /** Fully connected without bias. Layer `<id>`, or `<id>.<source>` and their sums. */
  dense(id: string, from: Joined, units: number, init?: Initialiser): Handle {
    return this.#read(id, from, (name, tensor) =>
      this.builder.dense(name, tensor, { units, bias: false, ...(init === undefined ? {} : { init }) }),
    );
  }

  /** Weights of a child network that hold those of several sources, row after row: name → the supernet's names. */
  get joins(): ReadonlyMap<string, readonly string[]> {
    return this.#joins;
  }

  #read(id: string, from: Joined, layer: (name: string, tensor: Handle) => Handle): Handle {
    const { shares } = from;
    if (shares === undefined) return layer(id, from);
    if (!this.#shares) {
      this.#joins.set(
        `${id}.weight`,
        shares.map(({ source }) => `${id}.${source}.weight`),
      );
      return layer(id, from);
    }
    let first = 0;
    let sum: Handle | undefined;
    for (const { source, channels } of shares) {
      const own =
        shares.length === 1 ? from : this.builder.slice(`${id}.${source}.channels`, from, first, channels);
      const read = layer(`${id}.${source}`, own);
      sum = sum === undefined ? read : this.builder.add(`${id}.${source}.sum`, sum, read);
      first += channels;
    }
    return sum!;
  }
}

/** A child network and its joins, with the weights that it has in a supernet. */
export function inheritJoined(
  { weights }: Pick<Network, 'weights'>,
  joins: ReadonlyMap<string, readonly string[]>,
  supernet: Tensors,
): Tensors {
  const plain = inheritPrefixes({ weights: weights.filter(({ name }) => !joins.has(name)) }, supernet);
  return new Map(
    weights.map(({ name, shape }) => {
      const sources = joins.get(name);
      return [name, sources === undefined ? plain.get(name)! : stacked(sources, shape, supernet)] as const;
    }),
  );
}

/** Rows of several weights, one after the other: all axes but the last but one are the same. */
function stacked(names: readonly string[], shape: readonly number[], supernet: Tensors): Tensor {
  const data = new Float32Array(shape.reduce((product, side) => product * side, 1));
  let at = 0;
  for (const name of names) {
    const rows = heldBy(supernet, name).data;
    data.set(rows, at);
    at += rows.length;
  }
  if (at !== data.length)
    throw new Error(`internal error: expected ${data.length} values of ${names}, got ${at}`);
  return { shape: [...shape], data };
}
