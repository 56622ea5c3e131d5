import { never } from '../base/result.ts';
import type { Rng } from '../base/rng.ts';
import type { Initialiser, Tensor, Tensors, WeightSpec } from '../net/network.ts';

/**
 * Initial values of weights. Each weight draws from a stream named by its own name, so adding, removing or
 * reordering others never changes it.
 *
 * - `he-normal`: deviation √(2/fan), He et al. 2015 §2.2; `fan` is the fan-in
 * - `he-uniform`: ±√(6/fan), the same variance; `fan` is the fan-in
 * - `glorot-uniform`: ±√(6/fan), Glorot & Bengio 2010 eq. 16; `fan` is the sum of fan-in and fan-out
 */
export function initialise(weights: readonly WeightSpec[], rng: Rng): Tensors {
  return new Map(
    weights.map(({ name, shape, init }): [string, Tensor] => {
      const data = new Float32Array(shape.reduce((product, side) => product * side, 1));
      fill(data, init, rng.fork(name));
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
