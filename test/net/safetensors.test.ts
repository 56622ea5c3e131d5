import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Tensor, Tensors } from '../../src/net/network.ts';
import { readSafetensors, writeSafetensors } from '../../src/net/safetensors.ts';

const tensorArbitrary: fc.Arbitrary<Tensor> = fc
  .array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 })
  .chain((shape) => {
    const length = shape.reduce((product, side) => product * side, 1);
    return fc
      .float32Array({ minLength: length, maxLength: length })
      .map((data) => ({ shape, data: Float32Array.from(data) }));
  });

const nameArbitrary = fc.oneof(
  fc.string({ unit: 'binary' }).filter((name) => name !== '__metadata__'),
  fc.constantFrom('__proto__', 'constructor', 'toString', '', '0', 'block/1:kernel', '"\\\n', '\ud800'),
);

const tensorsArbitrary: fc.Arbitrary<Tensors> = fc
  .array(fc.tuple(nameArbitrary, tensorArbitrary), { maxLength: 5 })
  .map((pairs) => new Map(pairs));

/** A file from a header and as many data bytes. */
function file(header: unknown, dataBytes: number, declared?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, declared ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const messageOf = (bytes: Uint8Array): string => {
  const result = readSafetensors(bytes);
  if (result.ok) throw new Error('expected a failure');
  expect(result.failures.map(({ code }) => code)).toEqual(['malformed-safetensors']);
  return result.failures[0]!.message;
};

describe('safetensors', () => {
  test('the bytes of a small file are pinned', () => {
    const bytes = writeSafetensors(
      new Map([
        ['b', { shape: [2], data: Float32Array.of(1, -2) }],
        ['a', { shape: [], data: Float32Array.of(0.5) }],
      ]),
      { format: 'naspipe' },
    );
    const header =
      '{"__metadata__":{"format":"naspipe"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},' +
      '"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    expect(Buffer.from(bytes.subarray(0, 8)).readBigUInt64LE()).toBe(BigInt(padded.length));
    expect(Buffer.from(bytes.subarray(8, 8 + padded.length)).toString()).toBe(padded);
    expect(Buffer.from(bytes.subarray(8 + padded.length)).toString('hex')).toBe('0000003f0000803f000000c0');
  });

  test('what was written is read back, and written again gives the same bytes', () => {
    fc.assert(
      fc.property(tensorsArbitrary, (tensors) => {
        const bytes = writeSafetensors(tensors);
        const result = readSafetensors(bytes);
        if (!result.ok) throw new Error(result.failures[0]!.message);
        expect([...result.value.keys()]).toEqual([...tensors.keys()].sort());
        for (const [name, tensor] of tensors) expect(result.value.get(name)).toEqual(tensor);
        expect(writeSafetensors(result.value)).toEqual(bytes);
      }),
    );
  });

  test('bit patterns survive, those of NaN too', () => {
    const data = new Float32Array(Uint32Array.of(0x7fc00001, 0xffc12345, 0x80000000, 1).buffer);
    const result = readSafetensors(writeSafetensors(new Map([['x', { shape: [4], data }]])));
    if (!result.ok) throw new Error(result.failures[0]!.message);
    const read = result.value.get('x')!.data;
    expect([...new Uint32Array(read.buffer)]).toEqual([0x7fc00001, 0xffc12345, 0x80000000, 1]);
  });

  test('an unaligned view of a file is read', () => {
    const bytes = writeSafetensors(new Map([['x', { shape: [1], data: Float32Array.of(3) }]]));
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const result = readSafetensors(shifted.subarray(3));
    if (!result.ok) throw new Error(result.failures[0]!.message);
    expect(result.value.get('x')!.data).toEqual(Float32Array.of(3));
  });

  test('a tensor named __proto__ pollutes nothing', () => {
    const result = readSafetensors(
      file('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"polluted":1}}', 4),
    );
    if (!result.ok) throw new Error(result.failures[0]!.message);
    expect([...result.value.keys()]).toEqual(['__proto__']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test.each([
    ['the file has 7 bytes, too few for a header length', new Uint8Array(7)],
    [
      'the header claims 18446744073709551615 bytes where at most 2 are possible',
      file('{}', 0, 2n ** 64n - 1n),
    ],
    ['the header claims 3 bytes where at most 2 are possible', file('{}', 0, 3n)],
    ['the header is not JSON', file('{"a":', 0)],
    ['the header is not a JSON object', file([], 0)],
    ['4 bytes after the last tensor belong to none', file({}, 4)],
    ['the entry of "a" is not an object', file({ a: 1 }, 0)],
    [
      '"a" has dtype "F16"; only "F32" is read',
      file({ a: { dtype: 'F16', shape: [1], data_offsets: [0, 2] } }, 2),
    ],
    [
      '"a" has no shape of non-negative integers',
      file({ a: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }, 4),
    ],
    ['"a" has no pair of data offsets', file({ a: { dtype: 'F32', shape: [1], data_offsets: [0] } }, 4)],
    [
      '"a" lies at 0…8, outside the 4 bytes of data',
      file({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }, 4),
    ],
    [
      '"a" lies at 4…0, outside the 4 bytes of data',
      file({ a: { dtype: 'F32', shape: [1], data_offsets: [4, 0] } }, 4),
    ],
    [
      '"a" has shape [4294967296,4294967296] but 4 bytes',
      file({ a: { dtype: 'F32', shape: [2 ** 32, 2 ** 32], data_offsets: [0, 4] } }, 4),
    ],
    [
      '"b" begins at byte 0 of the data where 4 was due',
      file(
        {
          a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
          b: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
        },
        4,
      ),
    ],
    [
      '"a" begins at byte 4 of the data where 0 was due',
      file({ a: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } }, 8),
    ],
    ['__metadata__ does not map strings to strings', file({ __metadata__: { a: 1 } }, 0)],
  ])('%s', (message, bytes) => {
    expect(messageOf(bytes)).toBe(message);
  });

  test('any damage gives a value or a failure, never an exception', () => {
    const whole = writeSafetensors(
      new Map([
        ['kernel', { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
        ['bias', { shape: [3], data: Float32Array.of(7, 8, 9) }],
      ]),
      { note: 'x' },
    );
    const damage = fc.record({
      length: fc.integer({ min: 0, max: whole.length }),
      edits: fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
    });
    fc.assert(
      fc.property(damage, ({ length, edits }) => {
        const bytes = whole.slice();
        for (const [at, value] of edits) bytes[at] = value;
        const result = readSafetensors(bytes.subarray(0, length));
        if (result.ok) {
          for (const { shape, data } of result.value.values()) {
            expect(data.length).toBe(shape.reduce((product, side) => product * side, 1));
          }
        } else expect(result.failures[0]!.code).toBe('malformed-safetensors');
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.json(), fc.nat(64), (header, size) => {
        expect(typeof readSafetensors(file(header, size)).ok).toBe('boolean');
      }),
    );
  });

  test('a shape that its data contradict is our bug', () => {
    expect(() => writeSafetensors(new Map([['a', { shape: [2], data: new Float32Array(3) }]]))).toThrow(
      'internal error: expected a of shape [2], got 3 values',
    );
  });
});
