import { type Failure, fail, ok, type Result } from '../base/result.ts';
import type { SplitInfo } from '../schema/generated/artifacts/split.ts';
import { readIdx } from './idx.ts';

/** What the images of a set are, before anything is known of their statistics. */
export type ImageInfo = Omit<SplitInfo, 'mean' | 'deviation'>;

/** Labelled images; a split artifact is one. */
export interface ImageSet<Info extends ImageInfo = ImageInfo> {
  readonly info: Info;
  /** [count, height, width, channels], 0…255 */
  readonly images: Uint8Array;
  /** [count], class indices */
  readonly labels: Uint8Array;
}

/** A file by the name that messages call it. */
export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const unfit = (message: string): { readonly ok: false; readonly failures: readonly Failure[] } =>
  fail({ code: 'unfit-images', message });

/**
 * Images and labels from a pair of IDX files, [count, height, width] (grey) or [count, height, width, channels], and
 * [count], gzipped or not. `classes` may be left out: as many as the labels need, named by their index. Fails with
 * `unfit-images` where the two do not belong together or a label has no class, else as readIdx does.
 */
export function readIdxImages(
  name: string,
  classes: readonly string[] | undefined,
  imageFile: NamedFile,
  labelFile: NamedFile,
): Result<ImageSet> {
  const images = readIdx(imageFile.bytes);
  const labels = readIdx(labelFile.bytes);
  if (!images.ok || !labels.ok) {
    const of = (file: NamedFile, result: Result<unknown>): Failure[] =>
      result.ok
        ? []
        : result.failures.map(({ code, message }) => ({ code, message: `${file.name}: ${message}` }));
    return fail(...of(imageFile, images), ...of(labelFile, labels));
  }
  const { dimensions } = images.value;
  const [count, height, width, channels = 1] = dimensions;
  if (dimensions.length !== 3 && dimensions.length !== 4) {
    const found = `${dimensions.length} ${dimensions.length === 1 ? 'dimension' : 'dimensions'}`;
    return unfit(`${imageFile.name}: it has ${found}; images have 3, or 4 in colour`);
  }
  const told = labels.value.dimensions;
  if (told.length !== 1) {
    return unfit(`${labelFile.name}: it has ${told.length} dimensions; labels have 1`);
  }
  if (told[0] !== count) {
    return unfit(`${labelFile.name}: it holds ${told[0]} labels, but ${imageFile.name} ${count} images`);
  }
  if (images.value.data.length === 0) return unfit(`${imageFile.name}: it holds no images`);
  const largest = labels.value.data.reduce((most, label) => Math.max(most, label), 0);
  const names = classes ?? Array.from({ length: Math.max(2, largest + 1) }, (_, index) => String(index));
  if (largest >= names.length) {
    const at = labels.value.data.indexOf(largest);
    return unfit(
      `${labelFile.name}: image ${at} has label ${largest}, but there are ${names.length} classes, 0 to ${names.length - 1}`,
    );
  }
  const info = { name, count: count!, height: height!, width: width!, channels, classes: [...names] };
  return ok({ info, images: images.value.data, labels: labels.value.data });
}

/** The images at the given indices, in that order, under a new name. Copies. */
export function subset(set: ImageSet, indices: ArrayLike<number>, name: string): ImageSet {
  const { height, width, channels } = set.info;
  const pixels = height * width * channels;
  const images = new Uint8Array(indices.length * pixels);
  const labels = new Uint8Array(indices.length);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    images.set(set.images.subarray(index * pixels, (index + 1) * pixels), i * pixels);
    labels[i] = set.labels[index]!;
  }
  return { info: { ...set.info, name, count: indices.length }, images, labels };
}
