import type { Conv, Dense } from '../../net/network.ts';
import type { Builder, Value } from './builder.ts';
import type { View, Window } from './ops.ts';
import {
  BLOCK_ROWS,
  CHUNKS,
  gradientWords,
  isPlain,
  MOMENT_HEADER,
  sinkWords,
  sourceWords,
  tapsOf,
  windowOf,
  windowWords,
} from './ops.ts';
import { kernelPrefix, matrixPrefix, type Prefix, vectorPrefix } from './weights.ts';

/** A convolution as the kernels know it: windows of x times a weight's prefix, plus a bias. */
export interface Product {
  readonly window: Window;
  readonly weight: string;
  readonly prefix: Prefix;
  readonly bias: string | undefined;
  /** A weight of more than one group, written out as a dense one. */
  readonly dense?: DenseKernel;
}

interface DenseKernel {
  /** [taps, channels of x, columns] */
  readonly data: number;
  readonly groups: number;
}

/** Address and full sizes of the kernel that is multiplied with, and how many columns of it. */
function kernelWords(builder: Builder, p: Product, x: View, bias: number): number[] {
  const { prefix } = p;
  if (p.dense !== undefined) return [p.dense.data, bias, x.channels, prefix.columns, prefix.columns];
  return [builder.weight(p.weight), bias, prefix.fullRows, prefix.fullColumns, prefix.columns];
}

const pointwise = (w: Window): boolean => tapsOf(w) === 1 && w.stride === 1;

/** A block of moments for a tensor of `stride`. */
export function momentsBlock(builder: Builder, stride: number): number {
  return builder.space.floats(MOMENT_HEADER + CHUNKS * 2 * stride);
}

function leftSideFloats(builder: Builder, x: View, w: Window): number {
  if (pointwise(w)) return BLOCK_ROWS * x.stride;
  const picture = isPlain(x) ? 0 : w.height * w.width * x.stride;
  return BLOCK_ROWS * builder.padded(tapsOf(w) * x.channels) + builder.lanes + picture;
}

/** Emits the forward op into y [rows, columns of the prefix]. */
export function productForward(builder: Builder, p: Product, x: View, y: View, moments: number): void {
  const depth = tapsOf(p.window) * x.channels;
  const { window, bias } = p;
  const words = [
    ...sourceWords(x),
    ...windowWords(window),
    ...kernelWords(builder, p, x, bias === undefined ? 0 : builder.weight(bias)),
    y.data,
    y.stride,
    y.rows,
    moments,
  ];
  builder.emit('convolutionForward', words, leftSideFloats(builder, x, window) + depth * y.stride + y.stride);
}

/** Emits the backward op: gradients of weight and bias, and of x where it learns. Releases y's gradient. */
export function productBackward(builder: Builder, p: Product, x: Value, y: Value): void {
  const gradient = builder.takeGradient(y);
  if (gradient === undefined) return;
  const { prefix, window } = p;
  const depth = tapsOf(window) * x.view.channels;
  const weight =
    p.dense === undefined
      ? builder.use(p.weight, prefix)
      : builder.space.floats(CHUNKS * depth * y.view.stride);
  const bias =
    p.bias === undefined
      ? 0
      : builder.use(p.bias, vectorPrefix(builder.place(p.bias).spec.shape, prefix.columns));
  const sink = builder.sink(x);
  const words = [
    ...sourceWords(x.view),
    ...windowWords(window),
    ...kernelWords(builder, p, x.view, 0),
    ...gradientWords(gradient, y.view.stride),
    y.view.rows,
    ...sinkWords(sink),
    weight,
    bias,
  ];
  const scratch =
    leftSideFloats(builder, x.view, window) +
    BLOCK_ROWS * y.view.stride +
    prefix.columns * builder.padded(depth) +
    (pointwise(window) ? 0 : BLOCK_ROWS * builder.padded(depth));
  builder.emit('convolutionBackward', words, scratch);
  builder.releaseGradient(gradient);
  builder.gatherUses();
  if (p.dense !== undefined) collectGroups(builder, p, p.dense, x.view, weight);
}

/** Writes a grouped weight out as a dense one. */
function expandGroups(builder: Builder, layer: Conv, prefix: Prefix, channels: number): DenseKernel {
  const { fullRows, fullColumns, columns, outer } = prefix;
  const data = builder.space.floats(outer * channels * columns);
  const kernel = [builder.weight(layer.weight), 0, fullRows, fullColumns, columns];
  builder.emit('expandGroups', [...kernel, outer, channels, layer.groups, data]);
  return { data, groups: layer.groups };
}

/** Takes the gradient of a grouped weight out of the parts of that of the dense one, which it releases. */
function collectGroups(builder: Builder, p: Product, dense: DenseKernel, x: View, parts: number): void {
  const { outer, columns } = p.prefix;
  builder.emit('gatherGradient', [parts, CHUNKS, outer * x.channels * builder.padded(columns)]);
  const gradient = builder.use(p.weight, p.prefix, 1);
  builder.emit('collectGroups', [parts, outer, x.channels, columns, dense.groups, gradient]);
  builder.space.release(parts);
}

/** Plans a product layer; `moments` (0: none) gather the statistics of its output. */
function product(builder: Builder, p: Product, x: Value, channels: number, moments: number): Value {
  const rows = builder.images * p.window.outHeight * p.window.outWidth;
  const y = builder.plain(rows, channels, true);
  productForward(builder, p, x.view, y.view, moments);
  builder.onBackward(() => productBackward(builder, p, x, y));
  return y;
}

export function planConv(
  builder: Builder,
  layer: Conv,
  x: Value,
  h: number,
  w: number,
  moments: number,
): Value {
  const shape = builder.place(layer.weight).spec.shape;
  const prefix = kernelPrefix(shape, x.view.channels / layer.groups, layer.output.c);
  const window = windowOf(layer, h, w);
  const p = { window, weight: layer.weight, prefix, bias: layer.bias };
  if (layer.groups === 1) return product(builder, p, x, layer.output.c, moments);
  const dense = expandGroups(builder, layer, prefix, x.view.channels);
  const y = product(builder, { ...p, dense }, x, layer.output.c, moments);
  y.buffers.push(dense.data);
  return y;
}

export const ONE_PIXEL = windowOf({ kernel: 1, stride: 1 }, 1, 1);

export function planDense(builder: Builder, layer: Dense, x: Value, moments: number): Value {
  const prefix = matrixPrefix(builder.place(layer.weight).spec.shape, x.view.channels, layer.output.c);
  const p = { window: ONE_PIXEL, weight: layer.weight, prefix, bias: layer.bias };
  return product(builder, p, x, layer.output.c, moments);
}
