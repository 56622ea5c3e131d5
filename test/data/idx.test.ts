import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadIdxDirectory, readIdx, readIdxImages, writeIdx } from '../../src/data/index.ts';

const messageOf = (bytes: Uint8Array): string => {
  const result = readIdx(bytes);
  if (result.ok) throw new Error('expected a failure');
  return `${result.failures[0]!.code}: ${result.failures[0]!.message}`;
};

const idxArbitrary = fc
  .array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 })
  .chain((dimensions) => {
    const length = dimensions.reduce((product, side) => product * side, 1);
    return fc.uint8Array({ minLength: length, maxLength: length }).map((data) => ({ dimensions, data }));
  });

describe('IDX', () => {
  test('the bytes of a small file are those of the format', () => {
    const bytes = writeIdx({ dimensions: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) });
    expect(Buffer.from(bytes).toString('hex')).toBe('00000802' + '00000002' + '00000003' + '010203040506');
  });

  test('what was written is read back, packed or not', () => {
    fc.assert(
      fc.property(idxArbitrary, (idx) => {
        const bytes = writeIdx(idx);
        expect(readIdx(bytes)).toEqual({ ok: true, value: idx });
        const packed = readIdx(gzipSync(bytes));
        if (!packed.ok) throw new Error(packed.failures[0]!.message);
        expect(packed.value.dimensions).toEqual(idx.dimensions);
        expect(Buffer.compare(packed.value.data, idx.data)).toBe(0);
      }),
    );
  });

  test.each([
    ['malformed-idx: it is empty', Uint8Array.of()],
    [
      'malformed-idx: it begins with 00 00 08; an IDX file of bytes begins with 00 00 08',
      Uint8Array.of(0, 0, 8),
    ],
    [
      'malformed-idx: it begins with 00 01 08 01; an IDX file of bytes begins with 00 00 08',
      Uint8Array.of(0, 1, 8, 1, 0, 0, 0, 0),
    ],
    ['malformed-idx: its values have type 0x0d; only 0x08, bytes, are read', Uint8Array.of(0, 0, 13, 1)],
    ['malformed-idx: it declares no dimensions', Uint8Array.of(0, 0, 8, 0)],
    ['malformed-idx: its header of 12 bytes is cut off after 8', Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 1)],
    ['malformed-idx: it declares 3 values, but holds 2', Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 1, 2)],
    [
      'malformed-idx: it declares 4294967295 x 4294967295 values; at most 1073741824 are read',
      Uint8Array.of(0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255),
    ],
  ])('%s', (message, bytes) => {
    expect(messageOf(bytes)).toBe(message);
  });

  test('any damage gives a value or a failure, never an exception', () => {
    const whole = writeIdx({ dimensions: [3, 2, 2], data: new Uint8Array(12).fill(7) });
    const files = fc.constantFrom<Uint8Array>(whole, gzipSync(whole));
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(files, edits, fc.nat(), (file, changes, length) => {
        const bytes = Uint8Array.from(file);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        const result = readIdx(bytes.subarray(0, length % 2 === 0 ? bytes.length : length % bytes.length));
        if (result.ok) {
          expect(result.value.data.length).toBe(result.value.dimensions.reduce((a, b) => a * b, 1));
        } else expect(['malformed-idx', 'malformed-gzip']).toContain(result.failures[0]!.code);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a directory of IDX files', () => {
  const part = (shape: number[], values: number): Uint8Array =>
    writeIdx({ dimensions: shape, data: new Uint8Array(shape.reduce((a, b) => a * b, 1)).fill(values) });
  const labels = (...values: number[]): Uint8Array =>
    writeIdx({ dimensions: [values.length], data: Uint8Array.from(values) });
  const sound = {
    'train-images-idx3-ubyte.gz': gzipSync(part([3, 2, 2, 3], 7)),
    'train-labels-idx1-ubyte': labels(0, 2, 1),
    't10k-images-idx3-ubyte': part([1, 2, 2, 3], 9),
    't10k-labels-idx1-ubyte.gz': gzipSync(labels(1)),
  };
  const load = (files: Record<string, Uint8Array>) => loadIdxDirectory(async (name) => files[name]);

  test('may hold images in colour, packed or not; classes are numbered', async () => {
    const loaded = await load(sound);
    if (!loaded.ok) throw new Error(loaded.failures[0]!.message);
    const info = { height: 2, width: 2, channels: 3, classes: ['0', '1', '2'] };
    expect(loaded.value.train.info).toEqual({ name: 'idx train', count: 3, ...info });
    expect(loaded.value.test.info).toEqual({ name: 'idx test', count: 1, ...info });
    expect(loaded.value.train.images).toHaveLength(36);
  });

  test('may name its classes', async () => {
    const loaded = await load({ ...sound, 'classes.txt': Buffer.from('cat\ndog\nfox\r\nowl\n') });
    expect(loaded.ok && loaded.value.train.info.classes).toEqual(['cat', 'dog', 'fox', 'owl']);
  });

  test.each([
    ['classes.txt names "a" twice, again on line 2', { 'classes.txt': Buffer.from('a\na\n') }],
    [
      'train-labels-idx1-ubyte: image 1 has label 2, but there are 2 classes, 0 to 1',
      { 'classes.txt': Buffer.from('a\nb\n') },
    ],
    [
      't10k-images-idx3-ubyte: its images are 2x2x1, those of train-images-idx3-ubyte.gz 2x2x3',
      { 't10k-images-idx3-ubyte': part([1, 2, 2], 9) },
    ],
    [
      't10k-labels-idx1-ubyte.gz: image 0 has label 3, but there are 3 classes, 0 to 2',
      { 't10k-labels-idx1-ubyte.gz': labels(3) },
    ],
    [
      't10k-labels-idx1-ubyte.gz: it cannot be unpacked: unexpected end of file; fetch it again',
      { 't10k-labels-idx1-ubyte.gz': sound['t10k-labels-idx1-ubyte.gz'].subarray(0, 14) },
    ],
  ])('%s', async (message, change) => {
    const loaded = await load({ ...sound, ...change });
    expect(loaded.ok ? [] : loaded.failures.map((failure) => failure.message)).toEqual([message]);
  });

  test('every missing file is named', async () => {
    const loaded = await load({});
    expect(loaded.ok ? [] : loaded.failures.map(({ message }) => message)).toEqual([
      'neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz is there',
      'neither train-labels-idx1-ubyte nor train-labels-idx1-ubyte.gz is there',
      'neither t10k-images-idx3-ubyte nor t10k-images-idx3-ubyte.gz is there',
      'neither t10k-labels-idx1-ubyte nor t10k-labels-idx1-ubyte.gz is there',
    ]);
  });
});

describe('images and labels', () => {
  const images = writeIdx({ dimensions: [2, 1, 2], data: Uint8Array.of(1, 2, 3, 4) });
  const labels = (...values: number[]): Uint8Array =>
    writeIdx({ dimensions: [values.length], data: Uint8Array.from(values) });

  test('are read as a pair', () => {
    expect(
      readIdxImages('toy', ['a', 'b'], { name: 'i', bytes: images }, { name: 'l', bytes: labels(1, 0) }),
    ).toEqual({
      ok: true,
      value: {
        info: { name: 'toy', count: 2, height: 1, width: 2, channels: 1, classes: ['a', 'b'] },
        images: Uint8Array.of(1, 2, 3, 4),
        labels: Uint8Array.of(1, 0),
      },
    });
  });

  test.each([
    ['i: it has 1 dimension; images have 3, or 4 in colour', labels(1), labels(1)],
    ['l: it holds 3 labels, but i 2 images', images, labels(0, 0, 1)],
    ['l: it has 3 dimensions; labels have 1', images, images],
    ['l: image 1 has label 2, but there are 2 classes, 0 to 1', images, labels(0, 2)],
    ['i: it holds no images', writeIdx({ dimensions: [0, 1, 2], data: new Uint8Array(0) }), labels()],
  ])('%s', (message, imageFile, labelFile) => {
    expect(
      readIdxImages('toy', ['a', 'b'], { name: 'i', bytes: imageFile }, { name: 'l', bytes: labelFile }),
    ).toEqual({
      ok: false,
      failures: [{ code: 'unfit-images', message }],
    });
  });
});
