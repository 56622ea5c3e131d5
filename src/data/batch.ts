import type { Rng } from '../base/rng.ts';
import { type Augmentation, augmentationDraws } from './augment.ts';
import type { ImageSet } from './image-set.ts';

/** Standardised images and class indices, as a backend takes them. */
export interface ImageBatch {
  readonly size: number;
  /** [size, height, width, channels] */
  readonly images: Float32Array;
  /** [size] */
  readonly labels: Int32Array;
}

export interface BatchOptions {
  /** Per channel, of pixels scaled to 0…1: pixels become (x - mean) / deviation. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** Absent: images are left as they are. */
  readonly augment?: {
    readonly options: Augmentation;
    /** Names the epoch: `rng.fork('augment').fork(epoch)`. */
    readonly rng: Rng;
  };
  /** Memory for the images, of so many values; undefined, or the option absent: memory of their own. */
  readonly area?: (values: number) => Float32Array | undefined;
}

/** The order of an epoch: a permutation of 0…count-1. `rng` names the epoch: `rng.fork('order').fork(epoch)`. */
export const epochOrder = (count: number, rng: Rng): Uint32Array => rng.permutation(count);

/**
 * The images at `indices`, standardised, then augmented: padding and cut-out squares are zeros, the mean colour.
 * An image comes out the same in whatever batch and place it is asked for.
 */
export function makeBatch(set: ImageSet, indices: ArrayLike<number>, options: BatchOptions): ImageBatch {
  const { height, width, channels } = set.info;
  const { augment } = options;
  const row = width * channels;
  const pixels = height * row;
  const images = options.area?.(indices.length * pixels) ?? new Float32Array(indices.length * pixels);
  const labels = new Int32Array(indices.length);
  const levels = standardised(options, channels);
  const drawAt = augment && augmentationDraws(augment.options, height, width, augment.rng);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (!(index >= 0 && index < set.info.count)) {
      throw new Error(`internal error: expected an index below ${set.info.count}, got ${index}`);
    }
    labels[i] = set.labels[index]!;
    const image = images.subarray(i * pixels, (i + 1) * pixels);
    const source = set.images.subarray(index * pixels, (index + 1) * pixels);
    if (drawAt === undefined) {
      lookUp(image, 0, source, 0, pixels, levels, channels);
      continue;
    }
    const { dy, dx, flip, y, x } = drawAt(index);
    if (dy !== 0 || dx !== 0) image.fill(0);
    const first = Math.max(0, -dx);
    const kept = Math.max(0, width - Math.abs(dx)) * channels;
    for (let to = Math.max(0, -dy); to < Math.min(height, height - dy); to++) {
      const from = (to + dy) * row + Math.max(0, dx) * channels;
      lookUp(image, to * row + first * channels, source, from, kept, levels, channels);
    }
    if (flip && augment!.options.flip) mirror(image, height, width, channels);
    cutOut(image, height, width, channels, y, x, augment!.options.cutout);
  }
  return { size: indices.length, images, labels };
}

/** [channels * 256], the standardised value of each pixel value. */
function standardised({ mean, deviation }: BatchOptions, channels: number): Float32Array {
  if (mean.length !== channels || deviation.length !== channels) {
    throw new Error(`internal error: expected statistics of ${channels} channels, got ${mean.length}`);
  }
  return Float32Array.from({ length: channels * 256 }, (_, i) => {
    const channel = i >> 8;
    return ((i & 255) / 255 - mean[channel]!) / deviation[channel]!;
  });
}

/** Copies `count` whole-pixel values, each through its channel's table. */
function lookUp(
  target: Float32Array,
  to: number,
  source: Uint8Array,
  from: number,
  count: number,
  levels: Float32Array,
  channels: number,
): void {
  if (channels === 1) {
    for (let k = 0; k < count; k++) target[to + k] = levels[source[from + k]!]!;
    return;
  }
  for (let k = 0; k < count; k += channels) {
    for (let c = 0; c < channels; c++) target[to + k + c] = levels[(c << 8) | source[from + k + c]!]!;
  }
}

/** Swaps left and right in place. */
function mirror(image: Float32Array, height: number, width: number, channels: number): void {
  for (let y = 0; y < height; y++) {
    let left = y * width * channels;
    let right = left + (width - 1) * channels;
    for (; left < right; left += channels, right -= channels) {
      for (let c = 0; c < channels; c++) {
        const held = image[left + c]!;
        image[left + c] = image[right + c]!;
        image[right + c] = held;
      }
    }
  }
}

/** Sets a square of `side` pixels around (y, x) to zero; for an even side the centre is the pixel after the middle. */
function cutOut(
  image: Float32Array,
  height: number,
  width: number,
  channels: number,
  y: number,
  x: number,
  side: number,
): void {
  const top = y - (side >> 1);
  const left = x - (side >> 1);
  const from = Math.max(0, left);
  const to = Math.min(width, left + side);
  for (let line = Math.max(0, top); line < Math.min(height, top + side); line++) {
    image.fill(0, (line * width + from) * channels, (line * width + to) * channels);
  }
}
