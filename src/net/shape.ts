import type { Kernel, Shape, Windows } from './layer.ts';

/** Output side of a convolution or pooling with SAME padding: ceil(side / stride). */
export const strided = (side: number, stride: number): number => Math.ceil(side / stride);

/** Height and width of a kernel. */
export const kernelSides = (kernel: Kernel): { readonly h: number; readonly w: number } =>
  typeof kernel === 'number' ? { h: kernel, w: kernel } : kernel;

/** `3x3`: height and width. */
export const kernelText = (kernel: Kernel): string => `${kernelSides(kernel).h}x${kernelSides(kernel).w}`;

/** Pixels that a kernel side spans. */
export const spanned = (side: number, dilation = 1): number => (side - 1) * dilation + 1;

/** Shape after a convolution or pooling; sides below 1 where no window fits. */
export function windowedShape(from: Shape, windows: Windows, channels: number): Shape {
  const { kernel, stride, dilation, padding } = windows;
  if (padding === undefined) return stridedShape(from, stride, channels);
  const { h, w } = kernelSides(kernel);
  const side = (whole: number, taps: number) => Math.floor((whole - spanned(taps, dilation)) / stride) + 1;
  return { h: side(from.h, h), w: side(from.w, w), c: channels };
}

/** Shape after a layer with SAME padding. */
export const stridedShape = (shape: Shape, stride: number, channels: number): Shape => ({
  h: strided(shape.h, stride),
  w: strided(shape.w, stride),
  c: channels,
});

export const sameShape = (a: Shape, b: Shape): boolean => a.h === b.h && a.w === b.w && a.c === b.c;

/** `28x28x16`: height, width, channels. */
export const shapeText = (shape: Shape): string => `${shape.h}x${shape.w}x${shape.c}`;

/**
 * The multiple of 8 nearest to `channels`, at least 8, and never below 90 % of it
 * (`make_divisible` of the MobileNet releases).
 */
export function makeDivisible(channels: number): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}

/** Whether a tensor of shape `needed` is a prefix of one of shape `full`. */
export const covers = (full: readonly number[], needed: readonly number[]): boolean =>
  full.length === needed.length && needed.every((side, axis) => side <= full[axis]!);
