import { digestBytes } from '../base/digest.ts';
import { type Failure, fail, ok, type Result } from '../base/result.ts';
import { unpack } from './idx.ts';
import { type ImageSet, readIdxImages } from './image-set.ts';

/** Class names of Fashion-MNIST (Xiao, Rasul, Vollgraf 2017), by class index. */
export const fashionMnistClasses: readonly string[] = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

/** Where the whole of Fashion-MNIST can be had, in a sentence for people. */
export const fashionMnistOrigin =
  'Fashion-MNIST comes as Debian package dataset-fashion-mnist (/usr/share/datasets/fashion-mnist) ' +
  'and from https://github.com/zalandoresearch/fashion-mnist (folder data/fashion).';

/** The parts that a data set comes in. */
export interface TrainAndTest {
  readonly train: ImageSet;
  readonly test: ImageSet;
}

/** The four files of the data set, and the sha256 of each once unpacked (gzip files differ between mirrors). */
export const fashionMnistFiles = {
  trainImages: {
    name: 'train-images-idx3-ubyte',
    digest: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    count: 60_000,
  },
  trainLabels: {
    name: 'train-labels-idx1-ubyte',
    digest: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
    count: 60_000,
  },
  testImages: {
    name: 't10k-images-idx3-ubyte',
    digest: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    count: 10_000,
  },
  testLabels: {
    name: 't10k-labels-idx1-ubyte',
    digest: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
    count: 10_000,
  },
} as const;

type Part = keyof typeof fashionMnistFiles;

/** Bytes of a file by its name in the data set's folder; nothing when it is not there. */
export type ReadByName = (name: string) => Promise<Uint8Array | undefined>;

/** One file, unpacked: `<name>.gz` or `<name>`. */
async function readPart(read: ReadByName, name: string): Promise<Result<Uint8Array>> {
  const file = (await read(`${name}.gz`)) ?? (await read(name));
  if (file === undefined) {
    return fail({ code: 'missing-data', message: `${name}.gz is missing. ${fashionMnistOrigin}` });
  }
  const unpacked = unpack(file);
  if (unpacked.ok) return unpacked;
  return fail(...unpacked.failures.map(({ code, message }) => ({ code, message: `${name}.gz: ${message}` })));
}

/** Every part, or all that is wrong with any. */
async function readParts(
  read: ReadByName,
  check: (part: Part, bytes: Uint8Array) => Failure | undefined,
): Promise<Result<Readonly<Record<Part, Uint8Array>>>> {
  const parts: Partial<Record<Part, Uint8Array>> = {};
  const failures: Failure[] = [];
  for (const part of Object.keys(fashionMnistFiles) as Part[]) {
    const bytes = await readPart(read, fashionMnistFiles[part].name);
    if (!bytes.ok) {
      failures.push(...bytes.failures);
      continue;
    }
    const failure = check(part, bytes.value);
    if (failure) failures.push(failure);
    parts[part] = bytes.value;
  }
  return failures.length > 0 ? fail(...failures) : ok(parts as Record<Part, Uint8Array>);
}

function assemble(name: string, parts: Readonly<Record<Part, Uint8Array>>): Result<TrainAndTest> {
  const train = readIdxImages(`${name} train`, fashionMnistClasses, parts.trainImages, parts.trainLabels);
  if (!train.ok) return train;
  const test = readIdxImages(`${name} test`, fashionMnistClasses, parts.testImages, parts.testLabels);
  if (!test.ok) return test;
  return ok({ train: train.value, test: test.value });
}

/**
 * The whole of Fashion-MNIST: 60,000 training and 10,000 test images of 28 x 28 grey pixels. Fails with `missing-data`
 * or `wrong-data`, each message naming the file and where to get it.
 */
export async function loadFashionMnist(read: ReadByName): Promise<Result<TrainAndTest>> {
  const parts = await readParts(read, (part, bytes) => {
    const { name, digest, count } = fashionMnistFiles[part];
    const found = digestBytes(bytes);
    if (found === digest) return undefined;
    const declared = bytes.length >= 8 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(4) : 0;
    const what =
      declared === count
        ? `has sha256 ${found} instead of ${digest}`
        : `declares ${declared} examples instead of ${count}`;
    return { code: 'wrong-data', message: `${name}, unpacked, ${what}. ${fashionMnistOrigin}` };
  });
  return parts.ok ? assemble('fashion-mnist', parts.value) : parts;
}

/**
 * The shipped part of Fashion-MNIST: its first 1,000 training images of each class and all 10,000 test images.
 * `files` are those of `datasets/fashion-mnist-mini`. Fails with `missing-data` and as readIdxImages does.
 */
export async function loadFashionMnistMini(
  files: ReadonlyMap<string, Uint8Array>,
): Promise<Result<TrainAndTest>> {
  const parts = await readParts(
    async (name) => files.get(name),
    () => undefined,
  );
  return parts.ok ? assemble('fashion-mnist-mini', parts.value) : parts;
}
