import { never } from '../base/result.ts';
import type { Rng } from '../base/rng.ts';
import type { Initialiser, Tensor, Tensors, WeightSpec } from '../net/network.ts';

/** How kernels may start. */
export type KernelInitialiser = 'he-normal' | 'he-uniform' | 'glorot-uniform';

/**
 * Initial values of weights. Each weight draws from a stream named by its own name, so adding, removing or
 * reordering others never changes it.
 *
 * - `he-normal`: deviation √(2/fan), He et al. 2015 §2.2; `fan` is the fan-in
 * - `he-uniform`: ±√(6/fan), the same variance; `fan` is the fan-in
 * - `glorot-uniform`: ±√(6/fan), Glorot & Bengio 2010 eq. 16; `fan` is the sum of fan-in and fan-out
 *
 * `kernels` replaces the start of every weight that its layer leaves at the default, `he-normal`.
 */
export function initialise(
  weights: readonly WeightSpec[],
  rng: Rng,
  kernels: KernelInitialiser = 'he-normal',
): Tensors {
  return new Map(
    weights.map((spec): [string, Tensor] => {
      const { name, shape } = spec;
      const data = new Float32Array(shape.reduce((product, side) => product * side, 1));
      fill(data, startOf(spec, kernels), rng.fork(name));
      return [name, { shape, data }];
    }),
  );
}

/** [height, width, inputs, filters]: the fan-out is the field times the filters. */
function startOf({ shape, init }: WeightSpec, kernels: KernelInitialiser): Initialiser {
  if (init.kind !== 'he-normal') return init;
  if (kernels !== 'glorot-uniform') return { kind: kernels, fan: init.fan };
  const [height = 1, width = 1, , filters = 1] = shape;
  return { kind: kernels, fan: init.fan + height * width * filters };
}

function fill(data: Float32Array, init: Initialiser, rng: Rng): void {
  switch (init.kind) {
    case 'zeros':
      break;
    case 'ones':
      data.fill(1);
      break;
    case 'constant':
      data.fill(init.value);
      break;
    case 'normal':
      fillNormal(data, init.deviation, rng);
      break;
    case 'he-normal':
      fillNormal(data, Math.sqrt(2 / positive(init.fan)), rng);
      break;
    case 'he-uniform':
    case 'glorot-uniform':
      fillUniform(data, Math.sqrt(6 / positive(init.fan)), rng);
      break;
    default:
      never(init);
  }
}

function positive(fan: number): number {
  if (!(fan > 0)) throw new Error(`internal error: expected a positive fan, got ${fan}`);
  return fan;
}

function fillNormal(data: Float32Array, deviation: number, rng: Rng): void {
  for (let i = 0; i < data.length; i++) data[i] = deviation * rng.normal();
}

function fillUniform(data: Float32Array, limit: number, rng: Rng): void {
  for (let i = 0; i < data.length; i++) data[i] = limit * (2 * rng.uniform() - 1);
}
