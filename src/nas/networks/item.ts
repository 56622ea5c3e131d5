import type { Network } from '../../net/network.ts';

/** One piece of a space's networks to be counted or timed alone. Its output is a tensor of any shape. */
export interface Item {
  /** Canonical name of the layer shape: equal pieces have equal keys. */
  readonly key: string;
  readonly network: Network;
  /** Id of the layer, of a piece that is one in a space of stacks; of a cut network the name of the piece's group. */
  readonly place?: string;
}

/** Each shape once, sorted by key. */
export const distinctItems = (items: readonly Item[]): Item[] =>
  [...new Map(items.map((item) => [item.key, item])).values()].sort((a, b) => (a.key < b.key ? -1 : 1));
