import { neededWeights } from './check.ts';
import { INPUT, type Layer, type Network, type Shape } from './network.ts';

/**
 * Layers that decide a path's result, in their order: those that its output is computed from, alternatives with
 * coefficient 0 left out. With `gates`, alternatives with coefficient 0 of a mix with gates count too: their gate
 * gradients need them forward.
 */
export function reachedLayers(path: Network, gates = false): readonly Layer[] {
  const wanted = new Set([path.output]);
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
  prefixes(path, reachedLayers(path));

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
