import { deriveKernel } from '../../net/derive-kernel.ts';
import type { Tensors, WeightSpec } from '../../net/network.ts';
import type { StacksSpace } from '../../schema/generated/artifacts/search-space.ts';
import { optionsOf, stacksLayout } from '../space/stacks/layout.ts';
import { heldBy } from './shared.ts';

/** Sides of the depthwise kernels that may stand in each place, the largest first; empty where none are derived. */
export function derivedSides(space: StacksSpace): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, readonly number[]>();
  if (!space.derivedKernels) return found;
  for (const { stack, layers } of stacksLayout(space).stacks) {
    for (const [index, { candidates }] of layers.entries()) {
      const sides = candidates
        .filter(({ op }) => op === 'mbconv' || op === 'separable')
        .flatMap((candidate) => optionsOf(candidate, 'kernel') as readonly number[]);
      const id = layers.length > 1 ? `${stack.id}l${index}` : stack.id;
      if (sides.length > 0)
        found.set(
          id,
          [...new Set(sides)].sort((a, b) => b - a),
        );
    }
  }
  return found;
}

const kernelName = (place: string, side: number): string => `${place}.depthwise.k${side}`;

/** Weights of which smaller kernels are left out, with the matrices that derive them from the largest. */
export function withDerivedKernels(
  weights: readonly WeightSpec[],
  kernels: ReadonlyMap<string, readonly number[]>,
): WeightSpec[] {
  const left = new Set<string>();
  const added = new Map<string, WeightSpec[]>();
  for (const [place, [largest, ...smaller]] of kernels) {
    const name = kernelName(place, largest!);
    added.set(
      `${name}.weight`,
      smaller.map((side, k) => ({
        name: `${name}.${k === 0 ? largest : smaller[k - 1]}to${side}`,
        shape: [side ** 2, side ** 2],
        init: { kind: 'identity' },
        trainable: true,
        decay: false,
      })),
    );
    for (const side of smaller) left.add(`${kernelName(place, side)}.weight`);
  }
  return weights.flatMap((spec) => (left.has(spec.name) ? [] : [spec, ...(added.get(spec.name) ?? [])]));
}

/** The weights of a supernet with the kernels that are derived from others, as a path computes them. */
export function withKernels(supernet: Tensors, kernels: ReadonlyMap<string, readonly number[]>): Tensors {
  const all = new Map(supernet);
  for (const [place, [largest, ...smaller]] of kernels) {
    const name = kernelName(place, largest!);
    let [kernel, side] = [heldBy(supernet, `${name}.weight`), largest!];
    for (const next of smaller) {
      kernel = deriveKernel(kernel, next, heldBy(supernet, `${name}.${side}to${next}`));
      side = next;
      all.set(`${kernelName(place, side)}.weight`, kernel);
    }
  }
  return all;
}
