import type { Depthwise, DerivedKernel } from '../../net/network.ts';
import type { Builder } from './builder.ts';
import {
  CHANNEL_BLOCK,
  CHUNKS,
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
import type { Value } from './value.ts';
import { depthwisePrefix, matrixPrefix } from './weights.ts';

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
  const kernel = kernelOf(builder, layer, view);
  const head = [...sourceWords(view), ...windowWords(window), kernel.at, kernel.pitch];
  builder.emit(
    usual(window) ? 'depthwiseForward' : 'depthwiseAnyForward',
    [...head, y.view.data, builder.images, moments],
    scratch.forward,
  );
  builder.onBackward(() => {
    const gradient = builder.takeGradient(y);
    if (gradient === undefined) return;
    const weight = kernel.gradient();
    const sink = builder.sink(x, usual(window) && x.view.rows === y.view.rows ? gradient.values : 0);
    builder.emit(
      usual(window) ? 'depthwiseBackward' : 'depthwiseAnyBackward',
      [...head, ...gradientWords(gradient, y.view.stride), builder.images, ...sinkWords(sink), weight],
      scratch.backward,
    );
    builder.releaseGradient(gradient);
    builder.gatherUses();
    kernel.learn(weight);
  });
  return y;
}

/** A depthwise kernel [taps, pitch] in the arena. */
interface KernelPlace {
  readonly at: number;
  /** Floats from tap to tap. */
  readonly pitch: number;
  /** A place for its gradient, [CHUNKS, taps, stride]. */
  readonly gradient: () => number;
  /** Brings that gradient, once it is there, to the weights that the kernel is made of. */
  readonly learn: (gradient: number) => void;
}

function kernelOf(builder: Builder, layer: Depthwise, view: View): KernelPlace {
  const { shape } = builder.place(layer.weight).spec;
  const prefix = depthwisePrefix(shape, view.channels);
  const stored = { at: builder.weight(layer.weight), pitch: shape[2]! };
  if (layer.derived === undefined) {
    return { ...stored, gradient: () => builder.use(layer.weight, prefix), learn: () => {} };
  }
  return derivedKernel(builder, layer, layer.derived, view, stored);
}

/** Emits the kernel that is made of a larger one; its buffers stay as long as the plan. */
function derivedKernel(
  builder: Builder,
  layer: Depthwise,
  derived: DerivedKernel,
  { channels, stride }: View,
  stored: { readonly at: number; readonly pitch: number },
): KernelPlace {
  const made: { from: number[]; side: number; taps: number; matrix: number; name: string }[] = [];
  let kernel = stored;
  let { side } = derived;
  for (const step of derived.steps) {
    const from = [kernel.at, side, step.side, kernel.pitch];
    const taps = step.side ** 2;
    const matrix = builder.weight(step.weight);
    kernel = { at: builder.space.floats(taps * stride), pitch: stride };
    builder.emit('deriveKernel', [...from, matrix, kernel.at, channels, stride]);
    made.push({ from, side, taps, matrix, name: step.weight });
    side = step.side;
  }
  const last = made.at(-1)!;
  return {
    ...kernel,
    gradient: () => builder.space.floats(CHUNKS * last.taps * stride),
    learn(parts) {
      builder.emit('gatherGradient', [parts, CHUNKS, last.taps * stride]);
      let gradient = parts;
      for (const [k, { from, side: before, taps, matrix, name }] of [...made.entries()].reverse()) {
        const whole = before ** 2 * stride;
        const into =
          k === 0
            ? builder.use(layer.weight, depthwisePrefix([before, before, stored.pitch, 1], channels), 1)
            : builder.space.floats(whole);
        const byMatrix = builder.use(name, matrixPrefix([taps, taps], taps, taps), 1);
        builder.emit('clear', [into, whole]);
        builder.emit('deriveKernelBackward', [
          ...from,
          matrix,
          gradient,
          channels,
          stride,
          ...[into, before, from[2]!, stride],
          byMatrix,
          builder.padded(taps),
        ]);
        builder.space.release(gradient);
        gradient = into;
      }
    },
  };
}
