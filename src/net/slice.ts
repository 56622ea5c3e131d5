import type { Tensor } from './network.ts';
import { covers } from './shape.ts';

/** The first `shape[axis]` entries along every axis, copied. Throws when the tensor is smaller than that. */
export function prefix(tensor: Tensor, shape: readonly number[]): Tensor {
  if (!covers(tensor.shape, shape)) {
    throw new Error(`internal error: expected a tensor that holds [${shape}], got [${tensor.shape}]`);
  }
  const size = shape.reduce((product, side) => product * side, 1);
  const data = new Float32Array(size);
  const row = shape.at(-1) ?? 1;
  const index = new Array<number>(Math.max(shape.length - 1, 0)).fill(0);
  for (let to = 0; to < size; to += row) {
    let from = 0;
    for (let axis = 0; axis < shape.length; axis++) {
      from = from * tensor.shape[axis]! + (index[axis] ?? 0);
    }
    data.set(tensor.data.subarray(from, from + row), to);
    for (let axis = index.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return { shape: [...shape], data };
}
