import type { Shape } from './network.ts';

/** Output side of a convolution or pooling with SAME padding: ceil(side / stride). */
export const strided = (side: number, stride: number): number => Math.ceil(side / stride);

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
