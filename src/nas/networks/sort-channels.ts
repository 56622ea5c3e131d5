import { squeezeUnits } from '../../net/blocks.ts';
import type { Tensor, Tensors } from '../../net/network.ts';
import type { StacksSpace } from '../../schema/generated/artifacts/search-space.ts';
import { expandedChannels } from '../space/stacks/decide.ts';
import { optionsOf, stacksLayout } from '../space/stacks/layout.ts';
import { heldBy } from './shared.ts';

/**
 * Puts the expanded channels of every inverted bottleneck into the order of their importance, the most important first,
 * so that narrower sub-networks, which use the first ones, begin with what matters (Once-for-All, Cai et al. 2020 §3):
 * importance is the L1 norm of the projection's weights that read the channel. Likewise the units of
 * squeeze-and-excitation, by what their outputs weigh. Channels are sorted only among those that come in with the same
 * ratio of `supported`, so what sub-networks of these ratios compute stays as it is.
 *
 * @param tensors weights of a supernet, and any slots `<slot>:<name>` of them, which move along
 * @param supported expansion ratios that were trained already, the largest included
 */
export function sortChannels(space: StacksSpace, tensors: Tensors, supported: readonly number[]): Tensors {
  const sorted = new Map(tensors);
  const permute = (weight: string, axis: number, order: readonly number[]): void => {
    const shape = tensors.get(weight)?.shape;
    if (shape === undefined) return;
    for (const [name, tensor] of tensors) {
      const slot = name.endsWith(`:${weight}`) && `${tensor.shape}` === `${shape}`;
      if (name === weight || slot) sorted.set(name, permuted(sorted.get(name)!, axis, order));
    }
  };
  for (const { id, widths, units, kernels } of bottlenecks(space, supported)) {
    const order = bandedOrder(norms(heldBy(tensors, `${id}.project.conv.weight`), 2), widths);
    permute(`${id}.expand.conv.weight`, 3, order);
    for (const part of ['expand.bn', 'depthwise.bn']) {
      for (const what of ['gamma', 'beta', 'moving-mean', 'moving-variance']) {
        permute(`${id}.${part}.${what}`, 0, order);
      }
    }
    for (const side of kernels) permute(`${id}.depthwise.k${side}.weight`, 2, order);
    permute(`${id}.project.conv.weight`, 2, order);
    const excited = tensors.get(`${id}.se.expand.weight`);
    if (excited === undefined) continue;
    permute(`${id}.se.reduce.weight`, 0, order);
    permute(`${id}.se.expand.weight`, 1, order);
    permute(`${id}.se.expand.bias`, 0, order);
    const ranked = bandedOrder(norms(excited, 0), units);
    permute(`${id}.se.reduce.weight`, 1, ranked);
    permute(`${id}.se.reduce.bias`, 0, ranked);
    permute(`${id}.se.expand.weight`, 0, ranked);
  }
  return sorted;
}

interface Bottleneck {
  readonly id: string;
  /** Channels, and units of squeeze-and-excitation, of the supported ratios, ascending. */
  readonly widths: readonly number[];
  readonly units: readonly number[];
  readonly kernels: readonly number[];
}

/**
 * Inverted bottlenecks whose expanded channels are no one else's: places of one candidate, whose input is of one width
 * and always expanded.
 */
function bottlenecks(space: StacksSpace, supported: readonly number[]): Bottleneck[] {
  let inputs: readonly number[] = space.stem.filters;
  return stacksLayout(space).stacks.flatMap(({ stack, layers }) => {
    const outputs = stack.filters.length === 0 ? inputs : stack.filters;
    const found = layers.flatMap(({ candidates }, index): Bottleneck[] => {
      const [candidate, ...others] = candidates;
      const [channels, ...more] = index === 0 ? inputs : outputs;
      if (candidate!.op !== 'mbconv' || others.length > 0 || more.length > 0) return [];
      const ratios = optionsOf(candidate!, 'expansion') as readonly number[];
      const width = (ratio: number): number => expandedChannels(space.rounding, channels!, ratio);
      if (ratios.some((ratio) => width(ratio) === channels)) return [];
      const widths = ratios
        .filter((ratio) => supported.includes(ratio))
        .map(width)
        .sort((a, b) => a - b);
      const id = layers.length > 1 ? `${stack.id}l${index}` : stack.id;
      const units = widths.map((each) =>
        squeezeUnits(space.squeeze, space.squeeze === 'input' ? channels! : each),
      );
      return [{ id, widths, units, kernels: optionsOf(candidate!, 'kernel') as readonly number[] }];
    });
    inputs = outputs;
    return found;
  });
}

/** Sums of the absolute values at each position of an axis. */
function norms({ shape, data }: Tensor, axis: number): Float64Array {
  const inner = shape.slice(axis + 1).reduce((product, side) => product * side, 1);
  const sums = new Float64Array(shape[axis]!);
  for (const [i, value] of data.entries()) sums[Math.floor(i / inner) % shape[axis]!]! += Math.abs(value);
  return sums;
}

/** Positions by descending importance, within each band between two of the ascending widths; the first of equals first. */
function bandedOrder(importance: Float64Array, widths: readonly number[]): number[] {
  const band = (position: number): number => widths.filter((width) => width <= position).length;
  return [...importance.keys()].sort((a, b) => band(a) - band(b) || importance[b]! - importance[a]! || a - b);
}

/** The tensor whose position k along an axis is position order[k] of the given one. */
function permuted({ shape, data }: Tensor, axis: number, order: readonly number[]): Tensor {
  const inner = shape.slice(axis + 1).reduce((product, side) => product * side, 1);
  const outer = data.length / (inner * order.length);
  const made = new Float32Array(data.length);
  for (let o = 0; o < outer; o++) {
    for (const [k, from] of order.entries()) {
      const start = (o * order.length + from) * inner;
      made.set(data.subarray(start, start + inner), (o * order.length + k) * inner);
    }
  }
  return { shape, data: made };
}
