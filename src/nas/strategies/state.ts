import type { Json } from '../../base/canonical.ts';
import type { Tensor, Tensors } from '../../net/network.ts';

/** All that decides what a strategy does next: canonical JSON and named tensors. */
export interface StrategyState {
  readonly state: Json;
  readonly tensors: Tensors;
}

/** Copies tensors in by name. Throws when the state belongs to a strategy of another shape. */
export function restoreTensors(into: Tensors, from: Tensors): void {
  for (const [name, { data }] of into) {
    const saved = from.get(name);
    if (saved === undefined || saved.data.length !== data.length) {
      throw new Error(
        `internal error: expected ${data.length} values of ${name} in the state, got ${saved?.data.length}`,
      );
    }
    data.set(saved.data);
  }
}

/** Deep copies, under prefixed names. */
export const copyTensors = (tensors: Tensors, prefix = ''): [string, Tensor][] =>
  [...tensors].map(([name, { shape, data }]) => [`${prefix}${name}`, { shape, data: data.slice() }]);

/** The tensors whose names start with `prefix`, without it. */
export const unprefixed = (tensors: Tensors, prefix: string): Tensors =>
  new Map(
    [...tensors].flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor] as const] : [],
    ),
  );
