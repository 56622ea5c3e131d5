import type { Tensors } from '../../src/net/network.ts';

/** The tensors with the first value of one of them changed. */
export function nudged(tensors: Tensors, name: string, by: number): Tensors {
  const { shape, data } = tensors.get(name)!;
  return new Map([
    ...tensors,
    [name, { shape, data: data.map((value, i) => (i === 0 ? value + by : value)) }],
  ]);
}

export const without = <K, V>(map: ReadonlyMap<K, V>, key: K): Map<K, V> =>
  new Map([...map].filter(([name]) => name !== key));
