import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeFiles, readText } from '../../src/base/files.ts';
import { digestBytes } from '../../src/base/index.ts';
import { fashionMnistFiles, idxNames, loadFashionMnistMini, readIdx, unpack } from '../../src/data/index.ts';
import {
  debianDirectory,
  fashionMnistMini,
  firstOfEachClass,
} from '../../src/data/make-fashion-mnist-mini.ts';

const directory = path.resolve(import.meta.dirname, '../../datasets/fashion-mnist-mini');
const files = new Map(
  await Promise.all(
    (await nodeFiles.list(directory)).map(
      async (name) => [name, await nodeFiles.read(path.join(directory, name))] as const,
    ),
  ),
);

describe('fashion-mnist-mini', () => {
  test('every file has the checksum that lies beside it', async () => {
    const sums = (await readText(nodeFiles, path.join(directory, 'SHA256SUMS'))).trimEnd().split('\n');
    expect(sums.map((line) => line.split('  ')[1])).toEqual(
      [...files.keys()].filter((name) => name.endsWith('.gz')),
    );
    for (const line of sums) {
      const [sum, name] = line.split('  ');
      expect(digestBytes(files.get(name!)!)).toBe(sum);
    }
  });

  test('holds 1,000 training and 1,000 test images of each of ten classes', async () => {
    const loaded = await loadFashionMnistMini(files);
    if (!loaded.ok) throw new Error(loaded.failures[0]!.message);
    for (const { info, images, labels } of Object.values(loaded.value)) {
      expect(info).toMatchObject({ count: 10_000, height: 28, width: 28, channels: 1 });
      expect(images.length).toBe(10_000 * 784);
      const counts = new Array<number>(10).fill(0);
      for (const label of labels) counts[label]!++;
      expect(counts).toEqual(new Array(10).fill(1_000));
    }
  });

  test('its test set is the whole and unchanged one of Fashion-MNIST', () => {
    for (const part of ['testImages', 'testLabels'] as const) {
      const bytes = unpack(files.get(`${idxNames[part]}.gz`)!);
      expect(bytes.ok && digestBytes(bytes.value)).toBe(fashionMnistFiles[part].digest);
    }
  });

  test('the script makes these files out of the Debian package', async ({ skip }) => {
    if ((await nodeFiles.list(debianDirectory)).length === 0) {
      skip('Debian package dataset-fashion-mnist is not installed');
    }
    const made = await fashionMnistMini(nodeFiles, debianDirectory);
    if (!made.ok) throw new Error(made.failures[0]!.message);
    for (const [name, bytes] of made.value) {
      const shipped = unpack(files.get(`${name}.gz`)!);
      expect(shipped.ok && digestBytes(shipped.value), name).toBe(digestBytes(bytes));
    }
  });

  test('gzip headers tell neither time nor system', () => {
    for (const [name, bytes] of files) {
      if (!name.endsWith('.gz')) continue;
      expect([...bytes.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
      expect(readIdx(bytes).ok).toBe(true);
    }
  });
});

test('the first of each class are kept in their order', () => {
  expect(firstOfEachClass([1, 0, 1, 1, 0, 0, 2], 2)).toEqual([0, 1, 2, 4, 6]);
});
