import { never } from '../base/result.ts';
import type { FanInitialiser, Initialiser, WeightSpec } from './network.ts';

/** How kernels may start: He's by fan-in unless they say fan-out, Glorot's by the sum of both. */
export type KernelInitialiser = FanInitialiser | `he-${'normal' | 'uniform' | 'truncated'}-fan-out`;

/**
 * How a weight starts where `kernels` replaces the default, `he-normal`; one that starts in any other way keeps that.
 *
 * - `he-…`: variance 2/fan, He et al. 2015 §2.2
 * - `glorot-…`: the same with fan = fan-in + fan-out, Glorot & Bengio 2010 eq. 16
 */
export function kernelStart(
  { shape, init }: Pick<WeightSpec, 'shape' | 'init'>,
  kernels: KernelInitialiser,
): Initialiser {
  if (init.kind !== 'he-normal') return init;
  switch (kernels) {
    case 'he-normal':
    case 'he-uniform':
    case 'he-truncated':
      return { kind: kernels, fan: init.fan };
    case 'he-normal-fan-out':
    case 'he-uniform-fan-out':
    case 'he-truncated-fan-out':
      return { kind: kernels.slice(0, -'-fan-out'.length) as FanInitialiser, fan: fanOut(shape) };
    case 'glorot-normal':
    case 'glorot-uniform':
    case 'glorot-truncated':
      return { kind: kernels, fan: init.fan + fanOut(shape) };
    default:
      return never(kernels);
  }
}

/** [height, width, inputs, filters]: the field times the filters; [inputs, units]: the units. */
const fanOut = (shape: readonly number[]): number =>
  shape.length === 4 ? shape[0]! * shape[1]! * shape[3]! : shape.at(-1)!;

/**
 * A kernel that starts as its layer says, whatever is chosen for all kernels. What is drawn for `he-normal` is what the
 * default draws.
 */
export function startingAs(spec: WeightSpec, start: KernelInitialiser | 'zeros'): WeightSpec {
  if (start === 'zeros') return { ...spec, init: { kind: 'zeros' } };
  const fan =
    'fan' in spec.init ? spec.init.fan : spec.shape.slice(0, -1).reduce((product, side) => product * side, 1);
  const init = kernelStart({ shape: spec.shape, init: { kind: 'he-normal', fan } }, start);
  // he-normal is what a stage's choice replaces
  return {
    ...spec,
    init: init.kind === 'he-normal' ? { kind: 'normal', deviation: Math.sqrt(2 / init.fan) } : init,
  };
}
