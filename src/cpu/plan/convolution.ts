import type { Conv, Dense, Depthwise } from '../../net/network.ts';
import type { Builder, Value } from './builder.ts';
import type { View, Window } from './ops.ts';
import {
  BLOCK_ROWS,
  CHANNEL_BLOCK,
  CHUNKS,
  gradientWords,
  isPlain,
  MOMENT_HEADER,
  padded,
  sinkWords,
  sourceWords,
  windowOf,
  windowWords,
} from './ops.ts';
import { depthwisePrefix, kernelPrefix, matrixPrefix, type Prefix, vectorPrefix } from './weights.ts';

/** A convolution as the kernels know it: windows of x times a weight's prefix, plus a bias. */
export interface Product {
  readonly window: Window;
  readonly weight: string;
  readonly prefix: Prefix;
  readonly bias: string | undefined;
}

const pointwise = (w: Window): boolean => w.kernel === 1 && w.stride === 1;

/** A block of moments for a tensor of `stride`. */
export function momentsBlock(builder: Builder, stride: number): number {
  return builder.space.floats(MOMENT_HEADER + CHUNKS * 2 * stride);
}

function leftSideFloats(x: View, w: Window): number {
  if (pointwise(w)) return BLOCK_ROWS * x.stride;
  const picture = isPlain(x) ? 0 : w.height * w.width * x.stride;
  return BLOCK_ROWS * padded(w.kernel ** 2 * x.channels) + picture;
}

/** Emits the forward op into y [rows, columns of the prefix]. */
export function productForward(builder: Builder, p: Product, x: View, y: View, moments: number): void {
  const depth = p.window.kernel ** 2 * x.channels;
  const { prefix, window, bias } = p;
  const words = [
    ...sourceWords(x),
    ...windowWords(window),
    builder.weight(p.weight),
    bias === undefined ? 0 : builder.weight(bias),
    prefix.fullRows,
    prefix.fullColumns,
    prefix.columns,
    y.data,
    y.stride,
    y.rows,
    moments,
  ];
  builder.emit('convolutionForward', words, leftSideFloats(x, window) + depth * y.stride + y.stride);
}

/** Emits the backward op: gradients of weight and bias, and of x where it learns. Releases y's gradient. */
export function productBackward(builder: Builder, p: Product, x: Value, y: Value): void {
  const gradient = builder.takeGradient(y);
  if (gradient === undefined) return;
  const { prefix, window } = p;
  const depth = window.kernel ** 2 * x.view.channels;
  const weight = builder.use(p.weight, prefix);
  const bias =
    p.bias === undefined
      ? 0
      : builder.use(p.bias, vectorPrefix(builder.place(p.bias).spec.shape, prefix.columns));
  const sink = builder.sink(x);
  const words = [
    ...sourceWords(x.view),
    ...windowWords(window),
    builder.weight(p.weight),
    0,
    prefix.fullRows,
    prefix.fullColumns,
    prefix.columns,
    ...gradientWords(gradient, y.view.stride),
    y.view.rows,
    ...sinkWords(sink),
    weight,
    bias,
  ];
  const scratch =
    leftSideFloats(x.view, window) +
    BLOCK_ROWS * y.view.stride +
    prefix.columns * padded(depth) +
    (pointwise(window) ? 0 : BLOCK_ROWS * padded(depth));
  builder.emit('convolutionBackward', words, scratch);
  builder.releaseGradient(gradient);
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
  if (layer.groups !== 1) {
    throw new Error(
      `layer ${layer.id}: the cpu backend has no grouped convolution (groups ${layer.groups}); ` +
        'use groups 1 or a depthwise layer',
    );
  }
  const shape = builder.place(layer.weight).spec.shape;
  const prefix = kernelPrefix(shape, x.view.channels, layer.output.c);
  const window = windowOf(layer.kernel, layer.stride, h, w);
  return product(
    builder,
    { window, weight: layer.weight, prefix, bias: layer.bias },
    x,
    layer.output.c,
    moments,
  );
}

export const ONE_PIXEL = windowOf(1, 1, 1, 1);

export function planDense(builder: Builder, layer: Dense, x: Value, moments: number): Value {
  const prefix = matrixPrefix(builder.place(layer.weight).spec.shape, x.view.channels, layer.output.c);
  const p = { window: ONE_PIXEL, weight: layer.weight, prefix, bias: layer.bias };
  return product(builder, p, x, layer.output.c, moments);
}

export function planDepthwise(
  builder: Builder,
  layer: Depthwise,
  x: Value,
  h: number,
  w: number,
  moments: number,
): Value {
  const { view } = x;
  const window = windowOf(layer.kernel, layer.stride, h, w);
  const y = builder.plain(builder.images * window.outHeight * window.outWidth, view.channels, true);
  const shape = builder.place(layer.weight).spec.shape;
  const full = shape[2]!;
  const height = Math.max((window.outHeight - 1) * window.stride + window.kernel, window.padTop + h);
  const width = Math.max((window.outWidth - 1) * window.stride + window.kernel, window.padLeft + w);
  const scratch = window.kernel ** 2 * view.stride + height * width * CHANNEL_BLOCK;
  const head = [...sourceWords(view), ...windowWords(window), builder.weight(layer.weight), full];
  builder.emit('depthwiseForward', [...head, y.view.data, builder.images, moments], scratch);
  builder.onBackward(() => {
    const gradient = builder.takeGradient(y);
    if (gradient === undefined) return;
    const weight = builder.use(layer.weight, depthwisePrefix(shape, view.channels));
    const sink = builder.sink(x);
    const border = 2 * (window.kernel - 1);
    const words = [
      ...head,
      ...gradientWords(gradient, y.view.stride),
      builder.images,
      ...sinkWords(sink),
      weight,
    ];
    const picture = (window.outHeight + border) * (window.outWidth + border) * CHANNEL_BLOCK;
    builder.emit('depthwiseBackward', words, scratch + picture);
    builder.releaseGradient(gradient);
  });
  return y;
}
