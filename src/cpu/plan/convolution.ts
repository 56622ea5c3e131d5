import type { Conv, Dense } from '../../net/network.ts';
import type { Builder } from './builder.ts';
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
import type { Value } from './value.ts';
import { kernelPrefix, matrixPrefix, type Prefix, vectorPrefix } from './weights.ts';

/** A convolution as the kernels know it: windows of x times a weight's prefix, plus a bias. */
export interface Product {
  readonly window: Window;
  readonly weight: string;
  readonly prefix: Prefix;
  readonly bias: string | undefined;
  /** Absent: one. */
  readonly groups?: number;
}

/** Address and full sizes of the kernel that is multiplied with, and how many columns of it. */
function kernelWords(builder: Builder, { weight, prefix }: Product, bias: number): number[] {
  return [builder.weight(weight), bias, prefix.fullRows, prefix.fullColumns, prefix.columns];
}

const pointwise = (w: Window): boolean => tapsOf(w) === 1 && w.stride === 1;

/** A block of moments for a tensor of `stride`. */
export function momentsBlock(builder: Builder, stride: number): number {
  return builder.space.floats(MOMENT_HEADER + CHUNKS * 2 * stride);
}

/** Floats that the left-hand sides of a product take, of which each has so many. */
function leftSideFloats(builder: Builder, x: View, w: Window, depth: number): number {
  const stride = pointwise(w) ? x.stride : builder.padded(depth);
  const picture = pointwise(w) || isPlain(x) ? 0 : w.height * w.width * x.stride;
  return BLOCK_ROWS * stride + builder.lanes + picture;
}

/** Groups, and of each: floats of a left-hand side, columns with the pad lanes behind them. */
function groupsOf(builder: Builder, p: Product, x: View): { groups: number; depth: number; wide: number } {
  const groups = p.groups ?? 1;
  const depth = (tapsOf(p.window) * x.channels) / groups;
  return { groups, depth, wide: builder.padded(p.prefix.columns / groups) };
}

/**
 * Whether a product is divided by columns: where packing the whole kernel in each thread would take long beside the product
 * itself. Each thread reads all rows then, so there must not be more of them than pays.
 */
function hasFewRows({ window, groups = 1 }: Product, x: View, y: View, moments: number): boolean {
  if (groups > 1 || moments !== 0 || !pointwise(window)) return false;
  return y.rows <= BLOCK_ROWS || (y.rows <= 4 * BLOCK_ROWS && y.channels >= x.channels);
}

/** Emits the forward op into y [rows, columns of the prefix]. */
export function productForward(builder: Builder, p: Product, x: View, y: View, moments: number): void {
  const { window, bias } = p;
  const { groups, depth, wide } = groupsOf(builder, p, x);
  const words = [
    ...sourceWords(x),
    ...windowWords(window),
    ...kernelWords(builder, p, bias === undefined ? 0 : builder.weight(bias)),
    y.data,
    y.stride,
    y.rows,
    moments,
  ];
  if (hasFewRows(p, x, y, moments)) {
    const own = Math.ceil(wide / builder.lanes / CHUNKS) * builder.lanes;
    builder.emit('fewRowsForward', words, x.rows * x.stride + (depth + 1) * own);
    return;
  }
  const scratch = leftSideFloats(builder, x, window, depth) + groups * (depth + 1) * wide;
  if (groups === 1) builder.emit('convolutionForward', words, scratch);
  else builder.emit('groupedForward', [...words, groups], scratch + BLOCK_ROWS * wide);
}

/** Emits the backward op: gradients of weight and bias, and of x where it learns. Releases y's gradient. */
export function productBackward(builder: Builder, p: Product, x: Value, y: Value): void {
  const gradient = builder.takeGradient(y);
  if (gradient === undefined) return;
  const { prefix, window } = p;
  const { groups, depth, wide } = groupsOf(builder, p, x.view);
  const deep = builder.padded(depth);
  const weight = builder.use(p.weight, prefix);
  const bias =
    p.bias === undefined
      ? 0
      : builder.use(p.bias, vectorPrefix(builder.place(p.bias).spec.shape, prefix.columns));
  const sink = builder.sink(x);
  const words = [
    ...sourceWords(x.view),
    ...windowWords(window),
    ...kernelWords(builder, p, 0),
    ...gradientWords(gradient, y.view.stride),
    y.view.rows,
    ...sinkWords(sink),
    weight,
    bias,
  ];
  const scratch =
    leftSideFloats(builder, x.view, window, depth) +
    BLOCK_ROWS * y.view.stride +
    prefix.columns * deep +
    BLOCK_ROWS * deep;
  if (groups === 1) builder.emit('convolutionBackward', words, scratch);
  else {
    const more = BLOCK_ROWS * wide + groups * depth * wide;
    builder.emit('groupedBackward', [...words, groups], scratch + more);
  }
  builder.releaseGradient(gradient);
  builder.gatherUses();
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
  const p = { window, weight: layer.weight, prefix, bias: layer.bias, groups: layer.groups };
  return product(builder, p, x, layer.output.c, moments);
}

export const ONE_PIXEL = windowOf({ kernel: 1, stride: 1 }, 1, 1);

export function planDense(builder: Builder, layer: Dense, x: Value, moments: number): Value {
  const prefix = matrixPrefix(builder.place(layer.weight).spec.shape, x.view.channels, layer.output.c);
  const p = { window: ONE_PIXEL, weight: layer.weight, prefix, bias: layer.bias };
  return product(builder, p, x, layer.output.c, moments);
}
