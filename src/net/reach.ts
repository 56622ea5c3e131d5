import { neededWeights } from './check.ts';
import { INPUT, type Layer, type Network, type Shape } from './network.ts';

export interface Reach {
  /** Alternatives with coefficient 0 of a mix with gates count too: their gate gradients need them forward. */
  readonly gates?: boolean;
  /** What auxiliary outputs are computed from counts too. */
  readonly training?: boolean;
}

/**
 * Layers that decide a path's result, in their order: those that its output is computed from, alternatives with
 * coefficient 0 left out.
 */
export function reachedLayers(
  path: Network,
  { gates = false, training = false }: Reach = {},
): readonly Layer[] {
  const auxiliary = training ? (path.auxiliary ?? []) : [];
  const wanted = new Set([path.output, ...auxiliary.map(({ output }) => output)]);
  const reached: Layer[] = [];
  for (const layer of [...path.layers].reverse()) {
    if (!wanted.has(layer.id)) continue;
    reached.push(layer);
    for (const [i, id] of layer.inputs.entries()) {
      if (layer.op === 'mix' && layer.coefficients[i] === 0 && !(gates && layer.gates)) continue;
      wanted.add(id);
    }
  }
  return reached.reverse();
}

/**
 * Weights that a training step of the path changes, moving statistics included: name and used prefix (the larger one
 * where two layers share a weight). What only alternatives with coefficient 0 use is not among them.
 */
export const reachedWeights = (path: Network): ReadonlyMap<string, readonly number[]> =>
  prefixes(path, reachedLayers(path, { training: true }));

/** The network as it is used once it is trained: without auxiliary outputs, and what only they need. */
export function withoutAuxiliary(network: Network): Network {
  const { auxiliary, ...rest } = network;
  if (auxiliary === undefined) return network;
  const needed = new Set([network.output]);
  const layers = [...network.layers].reverse().filter(({ id, inputs }) => {
    if (needed.has(id)) for (const input of inputs) needed.add(input);
    return needed.has(id);
  });
  const kept = { ...rest, layers: layers.reverse() };
  const used = prefixes(kept, kept.layers);
  return { ...kept, weights: network.weights.filter(({ name }) => used.has(name)) };
}

/** Used prefix of every weight that some of a path's layers read. */
export function prefixes(path: Network, layers: readonly Layer[]): ReadonlyMap<string, readonly number[]> {
  const shapes = new Map<string, Shape>([[INPUT, path.input]]);
  for (const layer of path.layers) shapes.set(layer.id, layer.output);
  const used = new Map<string, readonly number[]>();
  for (const layer of layers) {
    for (const [name, needed] of neededWeights(layer, shapes.get(layer.inputs[0]!))) {
      const before = used.get(name);
      used.set(name, before === undefined ? needed : needed.map((side, i) => Math.max(side, before[i]!)));
    }
  }
  return used;
}
