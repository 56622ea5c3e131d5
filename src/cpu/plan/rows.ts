import type { Mix, Pool, SqueezeExcite } from '../../net/network.ts';
import type { Builder } from './builder.ts';
import { ONE_PIXEL, type Product, productBackward, productForward } from './convolution.ts';
import { planIdentity } from './norm.ts';
import {
  activationCode,
  CHUNKS,
  floatBits,
  isPlain,
  noSource,
  PASS_ROWS,
  sourceWords,
  type View,
  windowOf,
  windowWords,
} from './ops.ts';
import type { Value } from './value.ts';
import { matrixPrefix } from './weights.ts';

/** Where the gate gradients of a mix layer are: [CHUNKS] partial sums for each alternative. */
export interface GatePlace {
  readonly id: string;
  readonly partials: readonly number[];
}

/**
 * Where the mask of a layer that drops belongs: [rows, stride], of which `channels` count. Of a drop-path layer, a row is
 * an image, whose value all channels share.
 */
export interface MaskPlace {
  readonly id: string;
  readonly op: 'dropout' | 'drop-path';
  readonly rate: number;
  readonly data: number;
  readonly rows: number;
  readonly channels: number;
  readonly stride: number;
}

function emitSum(builder: Builder, terms: readonly (readonly [View, number])[], out: View): void {
  const [first, second, ...rest] = terms;
  const emit = (a: View, fa: number, b: View | undefined, fb: number) =>
    builder.emit(
      'combine',
      [
        ...sourceWords(a),
        floatBits(fa),
        ...(b === undefined ? noSource : sourceWords(b)),
        floatBits(fb),
        out.data,
        out.rows,
      ],
      2 * PASS_ROWS * out.stride,
    );
  if (first === undefined) {
    builder.emit('clear', [out.data, out.rows * out.stride]);
    return;
  }
  emit(first[0], first[1], second?.[0], second?.[1] ?? 0);
  for (const [view, factor] of rest) emit(out, 1, view, factor);
}

/** Σ factor · value; the gradient of each term is factor times that of the sum. */
export function planSum(builder: Builder, terms: readonly (readonly [Value, number])[]): Value {
  return sum(builder, terms, terms[0]![0].view, undefined);
}

function sum(
  builder: Builder,
  terms: readonly (readonly [Value, number])[],
  shape: View,
  before: ((gradient: number) => void) | undefined,
): Value {
  const out = builder.plain(shape.rows, shape.channels, true);
  emitSum(
    builder,
    terms.map(([value, factor]) => [value.view, factor]),
    out.view,
  );
  builder.onBackward(() => {
    const gradient = builder.takeValues(out);
    if (gradient === 0) return;
    before?.(gradient);
    for (const [value, factor] of terms) builder.passOn(value, builder.space.hold(gradient), factor);
    builder.space.release(gradient);
  });
  return out;
}

/** Plans a mix; `alternatives` lacks those that are not evaluated. Gate gradients are put into `gates`. */
export function planMix(
  builder: Builder,
  layer: Mix,
  alternatives: readonly (Value | undefined)[],
  gates: GatePlace[],
  shape: View,
): Value {
  const terms = alternatives.flatMap((value, k) =>
    value === undefined || layer.coefficients[k] === 0 ? [] : [[value, layer.coefficients[k]!] as const],
  );
  if (!layer.gates || !builder.mode.gates) return sum(builder, terms, shape, undefined);
  const partials = alternatives.map(() => builder.space.floats(CHUNKS));
  gates.push({ id: layer.id, partials });
  return sum(builder, terms, shape, (gradient) => {
    for (const [k, value] of alternatives.entries()) {
      const { view } = value!;
      const words = [...sourceWords(view), gradient, partials[k]!, view.rows];
      builder.emit('dot', words, PASS_ROWS * view.stride + view.stride);
    }
  });
}

export function planPool(builder: Builder, layer: Pool, x: Value, h: number, w: number): Value {
  const window = windowOf(layer, h, w);
  const { view } = x;
  const y = builder.plain(builder.images * window.outHeight * window.outWidth, view.channels, x.learns);
  const head = [...sourceWords(view), ...windowWords(window), layer.fn === 'max' ? 1 : 0];
  const scratch = isPlain(view) ? 0 : h * w * view.stride;
  builder.emit('poolForward', [...head, y.view.data, builder.images], scratch);
  builder.onBackward(() => {
    const gradient = builder.takeValues(y);
    if (gradient === 0) return;
    const out = builder.space.floats(view.rows * view.stride);
    builder.emit('poolBackward', [...head, gradient, out, builder.images], scratch);
    builder.space.release(gradient);
    builder.passOn(x, out);
  });
  return y;
}

function emitImageSum(builder: Builder, x: View, withRows: number, factor: number, out: number): void {
  const words = [...sourceWords(x), withRows, floatBits(factor), out, builder.images];
  builder.emit('imageSum', words, PASS_ROWS * x.stride);
}

export function planGlobalPool(builder: Builder, x: Value): Value {
  const factor = 1 / x.view.rowsPerImage;
  const y = builder.plain(builder.images, x.view.channels, x.learns);
  emitImageSum(builder, x.view, 0, factor, y.view.data);
  builder.onBackward(() => {
    const gradient = builder.takeValues(y);
    if (gradient === 0) return;
    if (x.learns) builder.unapply(x, gradient, builder.sink(x), { perImage: true, factor });
    builder.space.release(gradient);
  });
  return y;
}

/** Plans a dropout with the mask that JavaScript writes; without one it changes nothing. */
export function planDropout(builder: Builder, x: Value, place: MaskPlace | undefined): Value {
  if (place === undefined) return planIdentity(builder, x);
  const { rows, channels, stride } = x.view;
  const y = builder.plain(rows, channels, x.learns);
  const mask = place.data;
  builder.emit('multiply', [...sourceWords(x.view), mask, y.view.data, rows], PASS_ROWS * stride);
  builder.onBackward(() => {
    const gradient = builder.takeValues(y);
    if (gradient === 0) return;
    const out = builder.space.floats(rows * stride);
    const words = [...sourceWords({ ...y.view, data: gradient }), mask, out, rows];
    builder.emit('multiply', words, PASS_ROWS * stride);
    builder.space.release(gradient);
    builder.passOn(x, out);
  });
  return y;
}

/** Plans a drop-path layer: its mask is a gate, left to the reader of the value. */
export function planDropPath(builder: Builder, input: Value, place: MaskPlace | undefined): Value {
  if (place === undefined) return planIdentity(builder, input);
  const x = input.view.gate === 0 ? input : builder.materialise(input);
  const gate = place.data;
  const value = builder.look(x, { ...x.view, gate });
  builder.onBackward(() => {
    const gradient = builder.takeValues(value);
    if (gradient === 0) return;
    if (x.learns) builder.unapply(x, gradient, builder.sink(x, gradient), { gate });
    builder.space.release(gradient);
  });
  return value;
}

/**
 * Squeeze-and-excitation (Hu et al. 2018): its two layers are 1×1 products on image means; the gate itself is left to
 * the reader of the value.
 */
export function planSqueezeExcite(builder: Builder, layer: SqueezeExcite, input: Value): Value {
  const x = input.view.gate === 0 ? input : builder.materialise(input);
  const { channels, stride } = x.view;
  const matrix = (name: string, rows: number, columns: number, bias: string): Product => ({
    window: ONE_PIXEL,
    weight: name,
    prefix: matrixPrefix(builder.place(name).spec.shape, rows, columns),
    bias,
  });
  const reduce = matrix(layer.reduceWeight, channels, layer.squeeze, layer.reduceBias);
  const expand = matrix(layer.expandWeight, layer.squeeze, channels, layer.expandBias);
  const { images, space } = builder;
  const mean = builder.plain(images, channels, true);
  const hidden = builder.plain(images, layer.squeeze, true);
  const squeezed = builder.look(hidden, { ...hidden.view, activation: activationCode('relu') });
  const raw = builder.plain(images, channels, true);
  const opened = builder.look(raw, { ...raw.view, activation: activationCode(layer.gate) });
  const gate = builder.plain(images, channels, false);

  emitImageSum(builder, x.view, 0, 1 / x.view.rowsPerImage, mean.view.data);
  productForward(builder, reduce, mean.view, hidden.view, 0);
  productForward(builder, expand, squeezed.view, raw.view, 0);
  emitSum(builder, [[opened.view, 1]], gate.view);

  const parts = [mean, hidden, squeezed, raw, opened].flatMap((value) => value.buffers);
  const value = builder.look(x, { ...x.view, gate: gate.view.data }, ...gate.buffers, ...parts);
  builder.onBackward(() => {
    const gradient = builder.takeValues(value);
    if (gradient === 0) return;
    const gateGradient = space.floats(images * stride);
    emitImageSum(builder, x.view, gradient, 1, gateGradient);
    builder.passOn(opened, gateGradient);
    raw.gradient = builder.takeGradient(opened);
    productBackward(builder, expand, squeezed, raw);
    hidden.gradient = builder.takeGradient(squeezed);
    productBackward(builder, reduce, mean, hidden);
    const extra = builder.takeValues(mean);
    if (x.learns) {
      const how = { gate: gate.view.data, extra, extraFactor: 1 / x.view.rowsPerImage };
      builder.unapply(x, gradient, builder.sink(x, gradient), how);
    }
    space.release(extra);
    space.release(gradient);
  });
  return value;
}
