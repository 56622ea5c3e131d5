import { gunzipSync } from 'node:zlib';
import { type Failure, fail, ok, type Result } from '../base/result.ts';

/**
 * The IDX format of MNIST and its successors: two zero bytes, a type code (0x08: unsigned byte), the number of
 * dimensions, each dimension as a big-endian 32-bit integer, then the values with the last dimension running fastest.
 */
export interface Idx {
  /** At least one. */
  readonly dimensions: readonly number[];
  /** As many as the product of the dimensions. */
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
/** Largest file that is unpacked, bytes: some twenty times Fashion-MNIST's training images. */
const UNPACKED_LIMIT = 2 ** 30;

const malformed = (message: string): { readonly ok: false; readonly failures: readonly Failure[] } =>
  fail({ code: 'malformed-idx', message });

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The bytes, unpacked when they are a gzip file. Fails with `malformed-gzip`. */
export function unpack(bytes: Uint8Array): Result<Uint8Array> {
  if (!isGzip(bytes)) return ok(bytes);
  try {
    return ok(gunzipSync(bytes, { maxOutputLength: UNPACKED_LIMIT }));
  } catch (error) {
    const reason = (error as Error).message;
    return fail({ code: 'malformed-gzip', message: `the file cannot be unpacked: ${reason}` });
  }
}

/**
 * Reads an IDX file of unsigned bytes, gzipped or not. The data are a view of the (unpacked) bytes. Fails with
 * `malformed-idx` or `malformed-gzip`.
 */
export function readIdx(file: Uint8Array): Result<Idx> {
  const unpacked = unpack(file);
  if (!unpacked.ok) return unpacked;
  const bytes = unpacked.value;
  const [zero0, zero1, type, rank] = bytes;
  if (bytes.length < 4 || zero0 !== 0 || zero1 !== 0) return malformed('the file does not begin as IDX does');
  if (type !== UNSIGNED_BYTE) {
    return malformed(
      `the values have type 0x${type!.toString(16).padStart(2, '0')}; only 0x08, bytes, are read`,
    );
  }
  if (rank === 0) return malformed('the file declares no dimensions');
  const start = 4 + 4 * rank!;
  if (bytes.length < start) return malformed(`the header of ${start} bytes is cut off after ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const dimensions = Array.from({ length: rank! }, (_, axis) => view.getUint32(4 + 4 * axis));
  const volume = dimensions.reduce((product, side) => product * side, 1);
  if (volume !== bytes.length - start) {
    return malformed(`${dimensions.join(' x ')} values are declared, ${bytes.length - start} are there`);
  }
  return ok({ dimensions, data: bytes.subarray(start) });
}

/** The unpacked IDX file of unsigned bytes. */
export function writeIdx({ dimensions, data }: Idx): Uint8Array {
  const start = 4 + 4 * dimensions.length;
  const file = new Uint8Array(start + data.length);
  file.set([0, 0, UNSIGNED_BYTE, dimensions.length]);
  const view = new DataView(file.buffer);
  dimensions.forEach((side, axis) => {
    view.setUint32(4 + 4 * axis, side);
  });
  file.set(data, start);
  return file;
}
