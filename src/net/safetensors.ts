import { type Failure, fail, ok, type Result } from '../base/result.ts';
import type { Tensor, Tensors } from './network.ts';

/**
 * The safetensors format (huggingface/safetensors): 8-byte little-endian header length, JSON header padded with spaces
 * to a multiple of 8, raw data. Only F32 is read and written. Names are sorted by UTF-16 code unit and the data lie in
 * that order, so equal tensors have equal bytes. All supported machines are little-endian; data are copied as they are.
 */

const METADATA = '__metadata__';
/** Largest header that the reference implementation accepts, bytes. */
const HEADER_LIMIT = 100_000_000;

const bytesOf = (data: Float32Array): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Product of the dimensions; 1 for a scalar. */
const volume = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/**
 * The file of some tensors. `metadata` (string to string) lands in `__metadata__`, keys sorted.
 * Throws when a shape and its data disagree or a tensor is called `__metadata__`.
 */
export function writeSafetensors(
  tensors: Tensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const entries = [...tensors].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const fields: string[] = [];
  const notes = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  if (notes.length > 0) {
    const pairs = notes.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
    fields.push(`"${METADATA}":{${pairs.join(',')}}`);
  }
  let offset = 0;
  for (const [name, { shape, data }] of entries) {
    if (name === METADATA) throw new Error(`internal error: expected a tensor name, got ${METADATA}`);
    if (volume(shape) !== data.length) {
      throw new Error(`internal error: expected ${name} of shape [${shape}], got ${data.length} values`);
    }
    const end = offset + data.byteLength;
    fields.push(
      `${JSON.stringify(name)}:{"dtype":"F32","shape":${JSON.stringify(shape)},"data_offsets":[${offset},${end}]}`,
    );
    offset = end;
  }
  const header = new TextEncoder().encode(`{${fields.join(',')}}`);
  const padded = Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(8 + padded + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.set(header, 8);
  file.fill(0x20, 8 + header.length, 8 + padded);
  let cursor = 8 + padded;
  for (const [, { data }] of entries) {
    file.set(bytesOf(data), cursor);
    cursor += data.byteLength;
  }
  return file;
}

/** Where one tensor lies, in bytes from the start of the data. */
interface Extent {
  readonly name: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

const malformed = (message: string): { readonly ok: false; readonly failures: readonly Failure[] } =>
  fail({ code: 'malformed-safetensors', message });

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The JSON header and where the data begin. */
function readHeader(bytes: Uint8Array): Result<{ header: Record<string, unknown>; start: number }> {
  if (bytes.length < 8) return malformed(`the file has ${bytes.length} bytes, too few for a header length`);
  const declared = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const room = Math.min(bytes.length - 8, HEADER_LIMIT);
  if (declared > BigInt(room)) {
    return malformed(`the header claims ${declared} bytes where at most ${room} are possible`);
  }
  const start = 8 + Number(declared);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start)));
  } catch {
    return malformed('the header is not JSON');
  }
  if (!isObject(header)) return malformed('the header is not a JSON object');
  return ok({ header, start });
}

function readExtent(name: string, entry: unknown, room: number): Result<Extent> {
  const label = JSON.stringify(name);
  if (!isObject(entry)) return malformed(`the entry of ${label} is not an object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (dtype !== 'F32') {
    return malformed(`${label} has dtype ${JSON.stringify(dtype ?? null)}; only "F32" is read`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    return malformed(`${label} has no shape of non-negative integers`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    return malformed(`${label} has no pair of data offsets`);
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > room) {
    return malformed(`${label} lies at ${begin}…${end}, outside the ${room} bytes of data`);
  }
  if (volume(shape) * 4 !== end - begin) {
    return malformed(`${label} has shape [${shape}] but ${end - begin} bytes`);
  }
  return ok({ name, shape, begin, end });
}

/**
 * Reads a safetensors file. Tensors are copies, in the order of their names. Fails with `malformed-safetensors` on
 * anything that the format does not allow (overlaps, holes, bytes left over, a header that lies about a size) and on
 * dtypes other than F32. Never allocates more than the file's own size, whatever its header claims.
 */
export function readSafetensors(bytes: Uint8Array): Result<Tensors> {
  const read = readHeader(bytes);
  if (!read.ok) return read;
  const { header, start } = read.value;
  const room = bytes.length - start;
  const extents: Extent[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === METADATA) {
      if (!isObject(entry) || !Object.values(entry).every((value) => typeof value === 'string')) {
        return malformed(`${METADATA} does not map strings to strings`);
      }
      continue;
    }
    const extent = readExtent(name, entry, room);
    if (!extent.ok) return extent;
    extents.push(extent.value);
  }
  let covered = 0;
  for (const { name, begin, end } of extents.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered) {
      return malformed(
        `${JSON.stringify(name)} begins at byte ${begin} of the data where ${covered} was due`,
      );
    }
    covered = end;
  }
  if (covered !== room) return malformed(`${room - covered} bytes after the last tensor belong to none`);
  const tensors = new Map<string, Tensor>();
  for (const { name, shape, begin, end } of extents.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const data = new Float32Array((end - begin) / 4);
    bytesOf(data).set(bytes.subarray(start + begin, start + end));
    tensors.set(name, { shape, data });
  }
  return ok(tensors);
}
