import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { nodeFiles } from '../../src/base/files.ts';
import { createRng, digestBytes } from '../../src/base/index.ts';
import { writeIdx } from '../../src/data/index.ts';
import type { Params } from '../../src/schema/generated/stages/data-prep.ts';
import type { Split, StageContext, StageFiles } from '../../src/stage/index.ts';
import stage from '../../stages/data-prep/stage.ts';

const root = path.resolve(import.meta.dirname, '../..');
const debian = '/usr/share/datasets/fashion-mnist';

const diskFiles: StageFiles = {
  async read(file) {
    return (await nodeFiles.stat(file)) ? nodeFiles.read(file) : undefined;
  },
  async dataset(name) {
    const directory = path.join(root, 'datasets', name);
    const names = await nodeFiles.list(directory);
    if (names.length === 0) return undefined;
    return new Map(
      await Promise.all(
        names.map(async (file) => [file, await nodeFiles.read(path.join(directory, file))] as const),
      ),
    );
  },
};

const defaults: Params = {
  source: 'fashion-mnist-mini',
  directory: null,
  trainImages: 9_000,
  trainFraction: 1,
  validationImages: 1_000,
  testImages: 10_000,
  side: null,
};

interface Ran {
  readonly train: Split;
  readonly validation: Split;
  readonly test: Split;
  readonly facts: object;
}

async function prepare(params: Partial<Params>, seed = 7, files: StageFiles = diskFiles): Promise<Ran> {
  let facts: object = {};
  const context: StageContext<Params, Record<never, never>> = {
    params: { ...defaults, ...params },
    inputs: {},
    inputDigests: {},
    files,
    rng: createRng(seed).fork('data-prep'),
    backend: () => Promise.reject(new Error('internal error: expected no use of a backend')),
    timer: () => Promise.reject(new Error('internal error: expected no use of a timer')),
    tick: async () => {},
    remember: (_, compute) => compute(),
    note: () => {},
    summary: (given) => {
      facts = given;
    },
    program: () => Promise.reject(new Error('no program runs here')),
    stopwatch: () => 0,
  };
  return { ...(await stage.run(context)), facts };
}

const perClass = (split: Split): number[] => {
  const counts = new Array<number>(10).fill(0);
  for (const label of split.labels) counts[label]!++;
  return counts;
};

const imageDigests = ({ info, images }: Split): Set<string> => {
  const pixels = info.height * info.width;
  return new Set(
    Array.from({ length: info.count }, (_, i) => digestBytes(images.subarray(i * pixels, (i + 1) * pixels))),
  );
};

describe('data-prep', () => {
  test('divides the shipped data set into balanced, disjoint splits standardised by the train split', async () => {
    const { train, validation, test: held, facts } = await prepare({});
    expect(facts).toEqual({ train: 9_000, validation: 1_000, test: 10_000 });
    expect(train.info).toMatchObject({
      name: 'fashion-mnist-mini train',
      count: 9_000,
      height: 28,
      width: 28,
      channels: 1,
    });
    expect(perClass(train)).toEqual(new Array(10).fill(900));
    expect(perClass(validation)).toEqual(new Array(10).fill(100));
    expect(perClass(held)).toEqual(new Array(10).fill(1_000));
    let sum = 0;
    for (const pixel of train.images) sum += pixel;
    expect(train.info.mean).toEqual([sum / (train.images.length * 255)]);
    for (const { info } of [validation, held]) {
      expect([info.mean, info.deviation]).toEqual([train.info.mean, train.info.deviation]);
    }
    const seen = imageDigests(train);
    expect([...imageDigests(validation)].filter((digest) => seen.has(digest))).toEqual([]);
  });

  test('is the same for the same seed, and another for another', async () => {
    const sizes = { trainImages: 200, validationImages: 50, testImages: 30 };
    const [first, again, other] = [await prepare(sizes), await prepare(sizes), await prepare(sizes, 8)];
    for (const port of ['train', 'validation', 'test'] as const) {
      expect(again[port].info).toEqual(first[port].info);
      expect(digestBytes(again[port].images)).toBe(digestBytes(first[port].images));
      expect(digestBytes(other[port].images)).not.toBe(digestBytes(first[port].images));
    }
  });

  test('resamples images of all splits to a side, statistics included', async () => {
    const sizes = { trainImages: 100, validationImages: 50, testImages: 30 };
    const [as, at] = [await prepare(sizes), await prepare({ ...sizes, side: 14 })];
    for (const split of ['train', 'validation', 'test'] as const) {
      expect([at[split].info.height, at[split].info.width]).toEqual([14, 14]);
      expect(at[split].images).toHaveLength(as[split].images.length / 4);
      expect(at[split].labels).toEqual(as[split].labels);
    }
    expect(at.train.info.mean[0]!).toBeCloseTo(as.train.info.mean[0]!, 2);
    expect(at.train.info.deviation[0]!).toBeLessThan(as.train.info.deviation[0]!);
  });

  test('keeps the validation split when only the size of the train split changes', async () => {
    const small = await prepare({ trainImages: 100 });
    const large = await prepare({ trainImages: 1_000 });
    expect(digestBytes(small.validation.images)).toBe(digestBytes(large.validation.images));
    const within = imageDigests(large.train);
    expect([...imageDigests(small.train)].every((digest) => within.has(digest))).toBe(true);
  });

  test('more images than there are is a failure that counts', async () => {
    await expect(prepare({ trainImages: 9_995 })).rejects.toMatchObject({
      stageFailure: true,
      code: 'too-few-images',
      message:
        'train and validation of fashion-mnist-mini train: 10995 images in equal shares of 10 classes need 1100 of ' +
        'class "T-shirt/top", and there are 1000; ask for fewer',
    });
  });

  test("a data set of one's own comes from a directory of IDX files", async () => {
    const images = (count: number) =>
      writeIdx({
        dimensions: [count, 3, 2],
        data: Uint8Array.from({ length: count * 6 }, (_, i) => i % 251),
      });
    const labels = (...values: number[]) =>
      writeIdx({ dimensions: [values.length], data: Uint8Array.from(values) });
    const own = new Map([
      ['own/train-images-idx3-ubyte', images(7)],
      ['own/train-labels-idx1-ubyte', labels(0, 1, 0, 0, 1, 0, 0)],
      ['own/t10k-images-idx3-ubyte', images(3)],
      ['own/t10k-labels-idx1-ubyte', labels(1, 1, 0)],
      ['own/classes.txt', Buffer.from('cat\ndog\n')],
    ]);
    const files: StageFiles = { ...diskFiles, read: async (file) => own.get(file) };
    const params = {
      source: 'idx',
      directory: 'own',
      trainImages: 5,
      validationImages: 2,
      testImages: 3,
    } as const;
    const { train, validation, test: held } = await prepare(params, 7, files);
    expect(train.info).toMatchObject({
      name: 'idx train',
      count: 5,
      height: 3,
      width: 2,
      classes: ['cat', 'dog'],
    });
    expect([...train.labels].sort()).toEqual([0, 0, 0, 0, 1]);
    expect([...validation.labels].sort()).toEqual([0, 1]);
    expect([...held.labels]).toEqual([1, 1, 0]);
  });

  test('missing and wrong files of fashion-mnist are all named, with where to get them', async () => {
    const labels = gzipSync(writeIdx({ dimensions: [2], data: Uint8Array.of(1, 2) }));
    const files: StageFiles = {
      ...diskFiles,
      read: async (file) => (file === 'data/t10k-labels-idx1-ubyte.gz' ? labels : undefined),
    };
    const origin =
      'Fashion-MNIST comes as Debian package dataset-fashion-mnist (/usr/share/datasets/fashion-mnist) and from ' +
      'https://github.com/zalandoresearch/fashion-mnist (folder data/fashion).';
    await expect(prepare({ source: 'fashion-mnist', directory: 'data' }, 7, files)).rejects.toMatchObject({
      code: 'missing-data',
      message: [
        'data: neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz is there',
        'data: neither train-labels-idx1-ubyte nor train-labels-idx1-ubyte.gz is there',
        'data: neither t10k-images-idx3-ubyte nor t10k-images-idx3-ubyte.gz is there',
        'data: t10k-labels-idx1-ubyte, unpacked, declares 2 examples instead of 10000',
        `data: ${origin}`,
      ].join('\n'),
    });
  });

  test('a shipped data set that is gone says so', async () => {
    const files: StageFiles = { ...diskFiles, dataset: async () => undefined };
    await expect(prepare({}, 7, files)).rejects.toMatchObject({
      code: 'missing-data',
      message: 'the data set fashion-mnist-mini is missing from this installation of naspipe',
    });
  });

  test('reads the whole of Fashion-MNIST from a directory', async ({ skip }) => {
    if ((await nodeFiles.list(debian)).length === 0)
      skip('Debian package dataset-fashion-mnist is not installed');
    const {
      train,
      validation,
      test: held,
    } = await prepare({
      source: 'fashion-mnist',
      directory: debian,
      trainImages: 55_000,
      validationImages: 5_000,
    });
    expect([train.info.count, validation.info.count, held.info.count]).toEqual([55_000, 5_000, 10_000]);
    expect(train.info.mean[0]).toBeCloseTo(0.286, 3);
    expect(train.info.deviation[0]).toBeCloseTo(0.353, 3);
  });
});

test('a share of the training images is balanced, part of every larger one, and judged by the same validation', async () => {
  const less = { trainImages: 400, validationImages: 100, testImages: 10 };
  const all = await prepare(less);
  const half = await prepare({ ...less, trainFraction: 0.5 });
  const tenth = await prepare({ ...less, trainFraction: 0.1 });
  expect(half.train.info.count).toBe(200);
  expect(perClass(half.train)).toEqual(new Array(10).fill(20));
  expect(perClass(tenth.train)).toEqual(new Array(10).fill(4));
  expect(tenth.facts).toMatchObject({ train: 40, validation: 100 });
  const [whole, some, few] = [all, half, tenth].map(({ train }) => imageDigests(train));
  expect([...few!].every((digest) => some!.has(digest))).toBe(true);
  expect([...some!].every((digest) => whole!.has(digest))).toBe(true);
  expect(half.validation.images).toEqual(all.validation.images);
  expect(half.train).toEqual((await prepare({ ...less, trainImages: 200 })).train);
});
