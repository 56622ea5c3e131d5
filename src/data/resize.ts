import type { ImageSet } from './image-set.ts';

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

/** The images at another size: bilinear, and averaged where they become smaller. Pixels are rounded. */
export function resized(set: ImageSet, height: number, width: number): ImageSet {
  const { count, channels, height: oldHeight, width: oldWidth } = set.info;
  const [rows, columns] = [taps(oldHeight, height), taps(oldWidth, width)];
  const images = new Uint8Array(count * height * width * channels);
  const narrow = new Float64Array(oldHeight * width * channels);
  for (let image = 0; image < count; image++) {
    const first = image * oldHeight * oldWidth * channels;
    for (let y = 0; y < oldHeight; y++) {
      for (const [x, from] of columns.entries()) {
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (const [pixel, weight] of from) {
            sum += weight * set.images[first + (y * oldWidth + pixel) * channels + c]!;
          }
          narrow[(y * width + x) * channels + c] = sum;
        }
      }
    }
    for (const [y, from] of rows.entries()) {
      for (let i = 0; i < width * channels; i++) {
        let sum = 0;
        for (const [pixel, weight] of from) sum += weight * narrow[pixel * width * channels + i]!;
        images[(image * height + y) * width * channels + i] = Math.round(sum);
      }
    }
  }
  return { ...set, info: { ...set.info, height, width }, images };
}
