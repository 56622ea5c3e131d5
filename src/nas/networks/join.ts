import type { Handle } from '../../net/builder.ts';
import { NetworkBuilder } from '../../net/builder.ts';
import type { Initialiser, Network, Shape, Tensor, Tensors, WeightSpec } from '../../net/network.ts';
import { prefix } from '../../net/slice.ts';
import { heldBy } from './shared.ts';

/** Some channels of a tensor that was made of several, and the name of where they come from. */
export interface Share {
  readonly source: string;
  readonly channels: number;
  /** The first of them among all that the source has. */
  readonly first: number;
}

/** A tensor, the name of its source, and which of the source's channels it begins with; absent: 0. */
export interface Part {
  readonly source: string;
  readonly tensor: Handle;
  readonly first?: number;
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
  readonly #joins = new Map<string, readonly Share[]>();
  readonly #starts = new Map<string, number>();

  /** @param weights of a supernet: a path over them; `all`: all that a supernet has; absent: a child network */
  constructor(input: Shape, weights?: ReadonlyMap<string, WeightSpec> | 'all') {
    this.builder = new NetworkBuilder(input, weights === 'all' ? undefined : weights);
    this.#shares = weights !== undefined;
  }

  /** Channels of all, one after the other, each tensor under the name of its source. */
  concat(id: string, parts: readonly Part[]): Joined {
    const tensors = parts.map(({ tensor }) => tensor);
    const joined = parts.length === 1 ? tensors[0]! : this.builder.concat(id, tensors);
    const shares = parts.map(({ source, tensor, first = 0 }) => ({
      source,
      channels: tensor.shape.c,
      first,
    }));
    return { ...joined, shares };
  }

  /**
   * A range of the channels that the layers `<id>.*` can make; `build` makes as many from the first on, by weights that lie
   * channel by channel on their last axis. In a child network there are no more than the range has. Layer `<id>.range`.
   */
  range(
    id: string,
    { first, count }: { readonly first: number; readonly count: number },
    build: (count: number) => Handle,
  ): Handle {
    if (!this.#shares) {
      this.#starts.set(id, first);
      return build(count);
    }
    const upTo = build(first + count);
    return first === 0 ? upTo : this.builder.slice(`${id}.range`, upTo, first, count);
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

  /** The weights of this child network as they lie in a supernet. Throws when one is missing. */
  inherit({ weights }: Pick<Network, 'weights'>, supernet: Tensors): Tensors {
    const starts = [...this.#starts];
    const firstOf = (name: string): number => starts.find(([id]) => name.startsWith(`${id}.`))?.[1] ?? 0;
    return new Map(
      weights.map(({ name, shape }) => {
        const shares = this.#joins.get(name);
        if (shares !== undefined) return [name, stacked(name, shares, shape, supernet)] as const;
        return [name, columns(heldBy(supernet, name), firstOf(name), shape)] as const;
      }),
    );
  }

  #read(id: string, from: Joined, layer: (name: string, tensor: Handle) => Handle): Handle {
    const { shares } = from;
    if (shares === undefined) return layer(id, from);
    if (!this.#shares) {
      this.#joins.set(`${id}.weight`, shares);
      return layer(id, from);
    }
    let at = 0;
    let sum: Handle | undefined;
    for (const { source, channels, first } of shares) {
      const name = `${id}.${source}`;
      let own: Handle =
        shares.length === 1 ? from : this.builder.slice(`${name}.channels`, from, at, channels);
      if (first > 0) {
        const before = this.builder.zero(`${name}.before`, { ...own.shape, c: first });
        own = this.builder.concat(`${name}.placed`, [before, own]);
      }
      const read = layer(name, own);
      sum = sum === undefined ? read : this.builder.add(`${name}.sum`, sum, read);
      at += channels;
    }
    return sum!;
  }
}

/** Rows of several weights, one after the other: all axes but the last but one are the same. */
function stacked(
  name: string,
  shares: readonly Share[],
  shape: readonly number[],
  supernet: Tensors,
): Tensor {
  const data = new Float32Array(shape.reduce((product, side) => product * side, 1));
  const row = shape.at(-1)!;
  const stem = name.slice(0, -'weight'.length);
  let at = 0;
  for (const { source, channels, first } of shares) {
    const rows = heldBy(supernet, `${stem}${source}.weight`).data;
    data.set(rows.subarray(first * row, (first + channels) * row), at);
    at += channels * row;
  }
  if (at !== data.length)
    throw new Error(`internal error: expected ${data.length} values of ${name}, got ${at}`);
  return { shape: [...shape], data };
}

/** A prefix along every axis but the last, along which it begins with `first`. */
function columns(tensor: Tensor, first: number, shape: readonly number[]): Tensor {
  const width = shape.at(-1)!;
  const upTo = prefix(tensor, [...shape.slice(0, -1), first + width]);
  if (first === 0) return upTo;
  const data = new Float32Array((upTo.data.length / (first + width)) * width);
  for (let to = 0, from = first; to < data.length; to += width, from += first + width)
    data.set(upTo.data.subarray(from, from + width), to);
  return { shape: [...shape], data };
}
