import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { digestBytes } from '../base/digest.ts';
import { type Files, nodeFiles } from '../base/files.ts';
import { ok, type Result } from '../base/result.ts';
import { loadFashionMnist } from './fashion-mnist.ts';
import { writeIdx } from './idx.ts';
import { idxNames } from './idx-directory.ts';
import { type ImageSet, subset } from './image-set.ts';

/**
 * Makes `datasets/fashion-mnist-mini` out of the whole of Fashion-MNIST:
 * `node dist/data/make-fashion-mnist-mini.js [directory of the four files]`.
 */

/** Training images kept of each class. */
export const imagesOfAClass = 1_000;

/** Where Debian's package dataset-fashion-mnist puts the files. */
export const debianDirectory = '/usr/share/datasets/fashion-mnist';

/** Indices of the first `limit` examples of each class, ascending: the order of the original is kept. */
export function firstOfEachClass(labels: ArrayLike<number>, limit: number): number[] {
  const seen = new Map<number, number>();
  return Array.from(labels).flatMap((label, index) => {
    const before = seen.get(label) ?? 0;
    seen.set(label, before + 1);
    return before < limit ? [index] : [];
  });
}

/** Gzip without time or operating system in its header. */
function pack(bytes: Uint8Array): Uint8Array {
  const packed = gzipSync(bytes, { level: 9 });
  packed.fill(0, 4, 8);
  packed[9] = 255;
  return packed;
}

const idxFiles = (set: ImageSet, imageName: string, labelName: string): [string, Uint8Array][] => {
  const { count, height, width } = set.info;
  return [
    [imageName, writeIdx({ dimensions: [count, height, width], data: set.images })],
    [labelName, writeIdx({ dimensions: [count], data: set.labels })],
  ];
};

/** Name → unpacked IDX file of the small data set. Fails as loadFashionMnist does. */
export async function fashionMnistMini(
  files: Files,
  directory: string,
): Promise<Result<ReadonlyMap<string, Uint8Array>>> {
  const whole = await loadFashionMnist(async (name) => {
    const file = path.join(directory, name);
    return (await files.stat(file)) ? files.read(file) : undefined;
  });
  if (!whole.ok) return whole;
  const { train, test } = whole.value;
  const kept = subset(train, firstOfEachClass(train.labels, imagesOfAClass), 'fashion-mnist-mini train');
  return ok(
    new Map([
      ...idxFiles(kept, idxNames.trainImages, idxNames.trainLabels),
      ...idxFiles(test, idxNames.testImages, idxNames.testLabels),
    ]),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = fileURLToPath(new URL('../../datasets/fashion-mnist-mini', import.meta.url));
  const made = await fashionMnistMini(nodeFiles, process.argv[2] ?? debianDirectory);
  if (!made.ok) {
    for (const { code, message } of made.failures) process.stderr.write(`${code}: ${message}\n`);
    process.exit(2);
  }
  await nodeFiles.makeDirectory(target);
  const sums: string[] = [];
  for (const [name, bytes] of [...made.value].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const packed = pack(bytes);
    await nodeFiles.writeAtomic(path.join(target, `${name}.gz`), packed);
    sums.push(`${digestBytes(packed)}  ${name}.gz\n`);
  }
  await nodeFiles.writeAtomic(path.join(target, 'SHA256SUMS'), sums.join(''));
}
