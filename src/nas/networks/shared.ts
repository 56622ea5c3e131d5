import type { Network, Tensors, WeightSpec } from '../../net/network.ts';
import { prefix } from '../../net/slice.ts';
import type { Encoding } from '../space/choice.ts';

/** What a grammar makes of weight sharing. */
export interface SharedWeights {
  /** All weights that the architectures share, each at its largest shape. */
  readonly weights: readonly WeightSpec[];
  /** One architecture over these weights: it computes what its child network does. */
  path(encoding: Encoding): Network;
  /** That path with the choice blocks in `mixed` averaged; the encoding need not be canonical. */
  warmup(encoding: Encoding, mixed: ReadonlySet<string>): Network;
  /** The child's weights as the supernet holds them, copied. Throws when one is missing. */
  inherit(encoding: Encoding, supernet: Tensors): Tensors;
}

export const byName = (weights: readonly WeightSpec[]): ReadonlyMap<string, WeightSpec> =>
  new Map(weights.map((spec) => [spec.name, spec]));

/** Weights of a child network, each the prefix of the supernet's of the same name. */
export const inheritPrefixes = ({ weights }: Pick<Network, 'weights'>, supernet: Tensors): Tensors =>
  new Map(weights.map(({ name, shape }) => [name, prefix(heldBy(supernet, name), shape)] as const));

/** A weight of a supernet. Throws when it is missing. */
export function heldBy(supernet: Tensors, name: string) {
  const tensor = supernet.get(name);
  if (tensor === undefined) throw new Error(`internal error: expected a weight ${name}, got none`);
  return tensor;
}
