import { deriveKernel } from '../net/derive-kernel.ts';
import type { Conv, Dense, Depthwise, Shape, Tensor, Tensors, Windows } from '../net/network.ts';
import { kernelSides, spanned } from '../net/shape.ts';

/** What each channel is multiplied with and added to. */
export interface Affine {
  readonly factor: Float64Array;
  readonly offset: Float64Array;
}

/** A kernel in the order of ONNX, and what is added to each of its output channels. */
export interface Filters {
  readonly dims: readonly number[];
  readonly data: Float32Array;
  readonly bias?: Float32Array;
}

export function tensorOf(weights: Tensors, name: string): Tensor {
  const found = weights.get(name);
  if (found === undefined) throw new Error(`internal error: expected the weight ${name}, got none`);
  return found;
}

/** The first `length` values of a weight [c]. */
export const vectorOf = (weights: Tensors, name: string, length: number): Float32Array =>
  tensorOf(weights, name).data.slice(0, length);

/** A weight [..., in, out] as [out, in, ...], a prefix of its last two sides, every output channel times its factor. */
function transposed(
  { shape, data }: Tensor,
  ins: number,
  outs: number,
  factor: Float64Array | undefined,
): Float32Array {
  const [fullIn = 1, fullOut = 1] = shape.slice(-2);
  const taps = shape.slice(0, -2).reduce((product, side) => product * side, 1);
  const result = new Float32Array(taps * ins * outs);
  for (let out = 0; out < outs; out++) {
    const times = factor === undefined ? 1 : factor[out]!;
    for (let from = 0; from < ins; from++) {
      for (let tap = 0; tap < taps; tap++) {
        result[(out * ins + from) * taps + tap] = data[(tap * fullIn + from) * fullOut + out]! * times;
      }
    }
  }
  return result;
}

const biasOf = (
  weights: Tensors,
  name: string | undefined,
  channels: number,
  affine: Affine | undefined,
): { bias?: Float32Array } => {
  if (name === undefined) return affine === undefined ? {} : { bias: Float32Array.from(affine.offset) };
  const bias = vectorOf(weights, name, channels);
  return {
    bias: affine === undefined ? bias : bias.map((value, c) => value * affine.factor[c]! + affine.offset[c]!),
  };
};

/** Kernel [out, in / groups, kh, kw] of a convolution that is followed by `affine`. */
export function convFilters(layer: Conv, from: Shape, weights: Tensors, affine?: Affine): Filters {
  const { c } = layer.output;
  const { h, w } = kernelSides(layer.kernel);
  const ins = from.c / layer.groups;
  return {
    dims: [c, ins, h, w],
    data: transposed(tensorOf(weights, layer.weight), ins, c, affine?.factor),
    ...biasOf(weights, layer.bias, c, affine),
  };
}

/** Kernel [c, 1, kh, kw] of a depthwise convolution that is followed by `affine`. */
export function depthwiseFilters(layer: Depthwise, weights: Tensors, affine?: Affine): Filters {
  const { c } = layer.output;
  const { h, w } = kernelSides(layer.kernel);
  let kernel = tensorOf(weights, layer.weight);
  for (const { side, weight } of layer.derived?.steps ?? [])
    kernel = deriveKernel(kernel, side, tensorOf(weights, weight));
  const { shape, data } = kernel;
  const swapped = { shape: [h, w, 1, shape[2]!], data };
  return {
    dims: [c, 1, h, w],
    data: transposed(swapped, 1, c, affine?.factor),
    ...biasOf(weights, undefined, c, affine),
  };
}

/** Kernel [units, in] of a fully connected layer that is followed by `affine`. */
export function denseFilters(layer: Dense, from: Shape, weights: Tensors, affine?: Affine): Filters {
  const { c } = layer.output;
  return {
    dims: [c, from.c],
    data: transposed(tensorOf(weights, layer.weight), from.c, c, affine?.factor),
    ...biasOf(weights, layer.bias, c, affine),
  };
}

/** Attributes of ONNX's windows: padding as TensorFlow's SAME, the odd pixel at the end. */
export function windowAttributes({ kernel, stride, dilation = 1, padding }: Windows, from: Shape, to: Shape) {
  const { h, w } = kernelSides(kernel);
  const pads = (side: number, out: number, taps: number): [number, number] => {
    const all = padding === 'valid' ? 0 : Math.max(0, (out - 1) * stride + spanned(taps, dilation) - side);
    return [Math.floor(all / 2), Math.ceil(all / 2)];
  };
  const [top, bottom] = pads(from.h, to.h, h);
  const [left, right] = pads(from.w, to.w, w);
  return {
    kernel_shape: [h, w],
    strides: [stride, stride],
    pads: [top, left, bottom, right],
    ...(dilation === 1 ? {} : { dilations: [dilation, dilation] }),
  };
}
