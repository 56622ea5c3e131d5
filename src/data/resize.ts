import type { ImageSet } from './image-set.ts';

/** Height and width in pixels. */
export interface Sides {
  readonly h: number;
  readonly w: number;
}

/** Weights by which pixels of a row of `from` make each of `to` pixels: a triangle as wide as a pixel of the coarser. */
function taps(from: number, to: number): readonly (readonly (readonly [pixel: number, weight: number])[])[] {
  const scale = from / to;
  const reach = Math.max(1, scale);
  return Array.from({ length: to }, (_, k) => {
    const centre = (k + 0.5) * scale - 0.5;
    const near: [number, number][] = [];
    for (let pixel = Math.ceil(centre - reach); pixel <= Math.floor(centre + reach); pixel++) {
      const weight = 1 - Math.abs(pixel - centre) / reach;
      if (pixel >= 0 && pixel < from && weight > 0) near.push([pixel, weight]);
    }
    const total = near.reduce((sum, [, weight]) => sum + weight, 0);
    return near.map(([pixel, weight]) => [pixel, weight / total] as const);
  });
}

/**
 * Fills `target` [count, to.h, to.w, channels] from `source` [count, from.h, from.w, channels]: bilinear, and averaged
 * where images become smaller.
 */
function resample(
  source: Uint8Array | Float32Array,
  from: Sides,
  target: Uint8Array | Float32Array,
  to: Sides,
  channels: number,
): void {
  const [rows, columns] = [taps(from.h, to.h), taps(from.w, to.w)];
  const whole = target instanceof Uint8Array;
  const narrow = new Float64Array(from.h * to.w * channels);
  const count = target.length / (to.h * to.w * channels);
  for (let image = 0; image < count; image++) {
    const first = image * from.h * from.w * channels;
    for (let y = 0; y < from.h; y++) {
      for (const [x, near] of columns.entries()) {
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (const [pixel, weight] of near) {
            sum += weight * source[first + (y * from.w + pixel) * channels + c]!;
          }
          narrow[(y * to.w + x) * channels + c] = sum;
        }
      }
    }
    for (const [y, near] of rows.entries()) {
      for (let i = 0; i < to.w * channels; i++) {
        let sum = 0;
        for (const [pixel, weight] of near) sum += weight * narrow[pixel * to.w * channels + i]!;
        target[(image * to.h + y) * to.w * channels + i] = whole ? Math.round(sum) : sum;
      }
    }
  }
}

/** The images at another size: bilinear, and averaged where they become smaller. Pixels are rounded. */
export function resized<Set extends ImageSet>(set: Set, height: number, width: number): Set {
  const { count, channels } = set.info;
  const images = new Uint8Array(count * height * width * channels);
  const from = { h: set.info.height, w: set.info.width };
  resample(set.images, from, images, { h: height, w: width }, channels);
  return { ...set, info: { ...set.info, height, width }, images };
}

/** Standardised images [n, from.h, from.w, channels] at another size, likewise, without rounding. */
export function resizedPixels(images: Float32Array, from: Sides, to: Sides, channels: number): Float32Array {
  if (from.h === to.h && from.w === to.w) return images;
  const count = images.length / (from.h * from.w * channels);
  const target = new Float32Array(count * to.h * to.w * channels);
  resample(images, from, target, to, channels);
  return target;
}
