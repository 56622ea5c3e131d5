import type { Slice, Subsample } from '../../net/network.ts';
import type { Builder } from './builder.ts';
import { PASS_ROWS, sourceWords, type View } from './ops.ts';
import type { Value } from './value.ts';

/** Emits a copy of channels [first, first + count) of x to those of `out` that begin with `to`. */
function copyChannels(builder: Builder, x: View, first: number, count: number, out: View, to: number): void {
  const words = [...sourceWords(x), first, count, out.data, out.stride, to, x.rows];
  builder.emit('copyChannels', words, PASS_ROWS * x.stride);
}

/** The view of a plain tensor that has the shape of another view. */
const plainView = (like: View, data: number): View => ({ ...like, data, norm: 0, gate: 0, activation: 0 });

/** Plans a concatenation of channels. */
export function planConcat(builder: Builder, parts: readonly Value[]): Value {
  const channels = parts.reduce((sum, { view }) => sum + view.channels, 0);
  const learns = parts.some((part) => part.learns);
  const y = builder.plain(parts[0]!.view.rows, channels, learns);
  let first = 0;
  const firsts = parts.map(({ view }) => {
    const own = first;
    first += view.channels;
    copyChannels(builder, view, 0, view.channels, y.view, own);
    return own;
  });
  builder.onBackward(() => {
    const gradient = builder.takeValues(y);
    if (gradient === 0) return;
    for (const [i, part] of parts.entries()) {
      if (!part.learns) continue;
      const out = builder.space.floats(part.view.rows * part.view.stride);
      const from = plainView(y.view, gradient);
      copyChannels(builder, from, firsts[i]!, part.view.channels, plainView(part.view, out), 0);
      builder.passOn(part, out);
    }
    builder.space.release(gradient);
  });
  return y;
}

/** Plans a choice of channels. */
export function planSlice(builder: Builder, layer: Slice, x: Value): Value {
  const { rows, stride } = x.view;
  const { c } = layer.output;
  const y = builder.plain(rows, c, x.learns);
  copyChannels(builder, x.view, layer.first, c, y.view, 0);
  builder.onBackward(() => {
    const gradient = builder.takeValues(y);
    if (gradient === 0) return;
    if (x.learns) {
      const out = builder.space.floats(rows * stride);
      builder.emit('clear', [out, rows * stride]);
      copyChannels(builder, plainView(y.view, gradient), 0, c, plainView(x.view, out), layer.first);
      builder.passOn(x, out);
    }
    builder.space.release(gradient);
  });
  return y;
}

/** Plans a choice of rows and columns. */
export function planSubsample(builder: Builder, layer: Subsample, x: Value, h: number, w: number): Value {
  const { view } = x;
  const { output, stride, offset } = layer;
  const y = builder.plain(builder.images * output.h * output.w, view.channels, x.learns);
  const grid = [stride, offset, h, w, output.h, output.w, builder.images];
  builder.emit('subsampleForward', [...sourceWords(view), ...grid, y.view.data]);
  builder.onBackward(() => {
    const gradient = builder.takeValues(y);
    if (gradient === 0) return;
    if (x.learns) {
      const out = builder.space.floats(view.rows * view.stride);
      builder.emit('subsampleBackward', [...sourceWords({ ...y.view, data: gradient }), ...grid, out]);
      builder.passOn(x, out);
    }
    builder.space.release(gradient);
  });
  return y;
}

/** Plans zeros; whoever reads them may learn, they do not. */
export function planZero(builder: Builder, rows: number, channels: number): Value {
  const y = builder.plain(rows, channels, true);
  builder.emit('clear', [y.view.data, rows * y.view.stride]);
  builder.onBackward(() => {
    const gradient = builder.takeGradient(y);
    if (gradient !== undefined) builder.releaseGradient(gradient);
  });
  return y;
}
