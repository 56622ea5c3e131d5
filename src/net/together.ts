import type { Layer, Network, WeightSpec } from './network.ts';
import { INPUT } from './network.ts';

/**
 * Several paths over the same weights as one network: a training step of it takes the sum of the paths' losses, each
 * with its teacher, so their gradients are added up before the one update (Once-for-All, Cai et al. 2020 §3). All have one
 * input; its own output is that of the first. One path is itself.
 */
export function together(paths: readonly Network[]): Network {
  const [first] = paths;
  if (paths.length === 1) return first!;
  const named = (path: number, id: string): string => (id === INPUT ? id : `${path}/${id}`);
  const weights = new Map<string, WeightSpec>();
  for (const spec of paths.flatMap((path) => path.weights)) weights.set(spec.name, spec);
  return {
    input: first!.input,
    layers: paths.flatMap(({ layers }, path) =>
      layers.map(
        (layer): Layer => ({
          ...layer,
          id: named(path, layer.id),
          inputs: layer.inputs.map((id) => named(path, id)),
        }),
      ),
    ),
    output: named(0, first!.output),
    auxiliary: paths
      .slice(1)
      .map(({ output }, k) => ({ output: named(k + 1, output), weight: 1, taught: true })),
    weights: [...weights.values()],
  };
}
