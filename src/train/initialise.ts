import { never } from '../base/result.ts';
import type { Rng } from '../base/rng.ts';
import { type KernelInitialiser, kernelStart } from '../net/kernel-start.ts';
import type { Initialiser, Tensor, Tensors, WeightSpec } from '../net/network.ts';

/**
 * Initial values of weights. Each weight draws from a stream named by its own name, so adding, removing or
 * reordering others never changes it.
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
      fill(data, kernelStart(spec, kernels), rng.fork(name));
      return [name, { shape, data }];
    }),
  );
}

function fill(data: Float32Array, init: Initialiser, rng: Rng): void {
  switch (init.kind) {
    case 'zeros':
      break;
    case 'ones':
      data.fill(1);
      break;
    case 'identity':
      for (let i = 0; i < data.length; i += Math.sqrt(data.length) + 1) data[i] = 1;
      break;
    case 'constant':
      data.fill(init.value);
      break;
    case 'normal':
      fillNormal(data, init.deviation, rng);
      break;
    case 'truncated-normal':
      fillTruncated(data, init.deviation, rng);
      break;
    case 'he-normal':
    case 'glorot-normal':
      fillNormal(data, Math.sqrt(2 / positive(init.fan)), rng);
      break;
    case 'he-truncated':
    case 'glorot-truncated':
      fillTruncated(data, Math.sqrt(2 / positive(init.fan)) / CUT_DEVIATION, rng);
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

/** Deviation of a standard normal distribution that is cut at ±2. */
const CUT_DEVIATION = 0.87962566103423978;

function fillNormal(data: Float32Array, deviation: number, rng: Rng): void {
  for (let i = 0; i < data.length; i++) data[i] = deviation * rng.normal();
}

/** Draws again what lies outside of two deviations. */
function fillTruncated(data: Float32Array, deviation: number, rng: Rng): void {
  for (let i = 0; i < data.length; i++) {
    let drawn = rng.normal();
    while (Math.abs(drawn) > 2) drawn = rng.normal();
    data[i] = deviation * drawn;
  }
}

function fillUniform(data: Float32Array, limit: number, rng: Rng): void {
  for (let i = 0; i < data.length; i++) data[i] = limit * (2 * rng.uniform() - 1);
}
