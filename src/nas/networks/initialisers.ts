import { startingAs } from '../../net/kernel-start.ts';
import type { WeightSpec } from '../../net/network.ts';
import type { SearchSpace } from '../space/layout.ts';

/** Names that stand for a weight's layer: its own, and all that it begins with at a dot. */
function namesOf({ name }: WeightSpec): string[] {
  const words = name.split('.').slice(0, -1);
  return words.map((_, k) => words.slice(0, words.length - k).join('.'));
}

const isKernel = ({ shape, decay }: WeightSpec): boolean => decay && shape.length > 1;

/** Names of layers with kernels, and of groups of such layers. */
export const kernelLayers = (weights: readonly WeightSpec[]): ReadonlySet<string> =>
  new Set(weights.filter(isKernel).flatMap(namesOf));

/** Weights of a space's networks, kernels started as the space says of their layers: the longest name counts. */
export function withInitialisers(
  { initialisers = {} }: SearchSpace,
  weights: readonly WeightSpec[],
): readonly WeightSpec[] {
  return weights.map((spec) => {
    const name = isKernel(spec) ? namesOf(spec).find((each) => Object.hasOwn(initialisers, each)) : undefined;
    return name === undefined ? spec : startingAs(spec, initialisers[name]!);
  });
}
