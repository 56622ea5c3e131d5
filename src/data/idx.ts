import { constants, gunzipSync } from 'node:zlib';
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
/** Most values that are read: some twenty times Fashion-MNIST's training images. */
const LIMIT = 2 ** 30;
/** Longest header: 255 dimensions. */
const HEADER_LIMIT = 4 + 4 * 255;

const malformed = (message: string): { readonly ok: false; readonly failures: readonly Failure[] } =>
  fail({ code: 'malformed-idx', message });

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** `54 68 69 73`, of the first bytes of a file. */
const hex = (bytes: Uint8Array): string =>
  [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');

/** What the beginning of an unpacked file declares. */
function readHeader(bytes: Uint8Array): Result<{ dimensions: number[]; start: number; volume: number }> {
  const [zero0, zero1, type, rank] = bytes;
  if (bytes.length === 0) return malformed('it is empty');
  if (bytes.length < 4 || zero0 !== 0 || zero1 !== 0) {
    return malformed(`it begins with ${hex(bytes)}; an IDX file of bytes begins with 00 00 08`);
  }
  if (type !== UNSIGNED_BYTE) {
    return malformed(
      `its values have type 0x${type!.toString(16).padStart(2, '0')}; only 0x08, bytes, are read`,
    );
  }
  if (rank === 0) return malformed('it declares no dimensions');
  const start = 4 + 4 * rank!;
  if (bytes.length < start) return malformed(`its header of ${start} bytes is cut off after ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const dimensions = Array.from({ length: rank! }, (_, axis) => view.getUint32(4 + 4 * axis));
  const volume = dimensions.reduce((product, side) => product * side, 1);
  if (volume > LIMIT) {
    return malformed(`it declares ${dimensions.join(' x ')} values; at most ${LIMIT} are read`);
  }
  return ok({ dimensions, start, volume });
}

/** The beginning of a packed file, as long as a header may be; empty when it cannot be unpacked at all. */
function unpackedHead(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes.subarray(0, 2 * HEADER_LIMIT), { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array(0);
  }
}

/**
 * The bytes of an IDX file, unpacked when they are gzipped: no more of them than its header declares, so that no small
 * file takes much memory. Fails with `malformed-gzip`, or `malformed-idx` when the header is none.
 */
export function unpack(bytes: Uint8Array): Result<Uint8Array> {
  if (!isGzip(bytes)) return ok(bytes);
  const header = readHeader(unpackedHead(bytes));
  const length = header.ok ? header.value.start + header.value.volume : HEADER_LIMIT;
  try {
    const unpacked = gunzipSync(bytes, { maxOutputLength: length });
    return header.ok ? ok(unpacked) : header;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_BUFFER_TOO_LARGE') {
      return fail({ code: 'malformed-gzip', message: `it cannot be unpacked: ${message}; fetch it again` });
    }
    return header.ok
      ? malformed(`more is packed in it than the ${length} bytes that its header declares`)
      : header;
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
  const header = readHeader(bytes);
  if (!header.ok) return header;
  const { dimensions, start, volume } = header.value;
  if (volume !== bytes.length - start) {
    return malformed(`it declares ${dimensions.join(' x ')} values, but holds ${bytes.length - start}`);
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
