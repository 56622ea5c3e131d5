import { digestBytes } from '../base/digest.ts';
import { fail, type Result } from '../base/result.ts';
import {
  assemble,
  type IdxPart,
  idxNames,
  type ReadByName,
  readIdxParts,
  type TrainAndTest,
} from './idx-directory.ts';

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

/** What each file of the data set holds, and its sha256 once unpacked (gzip files differ between mirrors). */
export const fashionMnistFiles: Readonly<
  Record<IdxPart, { readonly count: number; readonly digest: string }>
> = {
  trainImages: {
    count: 60_000,
    digest: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
  },
  trainLabels: {
    count: 60_000,
    digest: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
  },
  testImages: {
    count: 10_000,
    digest: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
  },
  testLabels: {
    count: 10_000,
    digest: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
  },
};

/**
 * The whole of Fashion-MNIST: 60,000 training and 10,000 test images of 28 x 28 grey pixels. Fails with `missing-data`
 * or `wrong-data`, a message for each file, and in the end where to get them.
 */
export async function loadFashionMnist(read: ReadByName): Promise<Result<TrainAndTest>> {
  const parts = await readIdxParts(read, (part, bytes) => {
    const { digest, count } = fashionMnistFiles[part];
    const found = digestBytes(bytes);
    if (found === digest) return undefined;
    const declared = bytes.length >= 8 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(4) : 0;
    const what =
      declared === count
        ? `has sha256 ${found} instead of ${digest}`
        : `declares ${declared} examples instead of ${count}`;
    return { code: 'wrong-data', message: `${idxNames[part]}, unpacked, ${what}` };
  });
  if (parts.ok) return assemble('fashion-mnist', fashionMnistClasses, parts.value);
  return fail(...parts.failures, { code: 'wrong-data', message: fashionMnistOrigin });
}

/**
 * The shipped part of Fashion-MNIST: its first 1,000 training images of each class and all 10,000 test images.
 * `files` are those of `datasets/fashion-mnist-mini`. Fails with `missing-data` and as readIdxImages does.
 */
export async function loadFashionMnistMini(
  files: ReadonlyMap<string, Uint8Array>,
): Promise<Result<TrainAndTest>> {
  const parts = await readIdxParts(async (name) => files.get(name));
  return parts.ok ? assemble('fashion-mnist-mini', fashionMnistClasses, parts.value) : parts;
}
