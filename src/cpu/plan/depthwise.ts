import type { Depthwise } from '../../net/network.ts';
import type { Builder, Value } from './builder.ts';
import {
  CHANNEL_BLOCK,
  gradientWords,
  isPlain,
  sinkWords,
  sourceWords,
  tapsOf,
  type View,
  type Window,
  windowOf,
  windowWords,
} from './ops.ts';
import { depthwisePrefix } from './weights.ts';

/** Whether the kernels for square windows of 1, 3, 5, 7 pixels at stride 1 or 2 apply; else there are plain ones. */
const usual = (w: Window): boolean =>
  w.kernelHeight === w.kernelWidth &&
  [1, 3, 5, 7].includes(w.kernelHeight) &&
  w.stride <= 2 &&
  w.dilation === 1;

/** Floats of scratch of both directions. */
function scratchFloats(window: Window, view: View): { forward: number; backward: number } {
  if (!usual(window)) {
    const forward =
      tapsOf(window) * view.stride + (isPlain(view) ? 0 : window.height * window.width * view.stride);
    return { forward, backward: forward + window.outHeight * window.outWidth * view.stride };
  }
  const side = window.kernelHeight;
  const height = Math.max((window.outHeight - 1) * window.stride + side, window.padTop + window.height);
  const width = Math.max((window.outWidth - 1) * window.stride + side, window.padLeft + window.width);
  const packed = side ** 2 * (view.stride + CHANNEL_BLOCK);
  const forward = packed + height * width * CHANNEL_BLOCK;
  const border = 2 * (side - 1);
  const picture = (window.outHeight + border) * (window.outWidth + border) * CHANNEL_BLOCK;
  return { forward, backward: forward + packed + picture };
}

/** Plans a depthwise convolution; `moments` (0: none) gather the statistics of its output. */
export function planDepthwise(
  builder: Builder,
  layer: Depthwise,
  x: Value,
  h: number,
  w: number,
  moments: number,
): Value {
  const { view } = x;
  const window = windowOf(layer, h, w);
  const scratch = scratchFloats(window, view);
  const y = builder.plain(builder.images * window.outHeight * window.outWidth, view.channels, true);
  const shape = builder.place(layer.weight).spec.shape;
  const head = [...sourceWords(view), ...windowWords(window), builder.weight(layer.weight), shape[2]!];
  builder.emit(
    usual(window) ? 'depthwiseForward' : 'depthwiseAnyForward',
    [...head, y.view.data, builder.images, moments],
    scratch.forward,
  );
  builder.onBackward(() => {
    const gradient = builder.takeGradient(y);
    if (gradient === undefined) return;
    const weight = builder.use(layer.weight, depthwisePrefix(shape, view.channels));
    const sink = builder.sink(x);
    builder.emit(
      usual(window) ? 'depthwiseBackward' : 'depthwiseAnyBackward',
      [...head, ...gradientWords(gradient, y.view.stride), builder.images, ...sinkWords(sink), weight],
      scratch.backward,
    );
    builder.releaseGradient(gradient);
    builder.gatherUses();
  });
  return y;
}
