/**
 * The 512-byte header of one member of a tar archive, in the ustar form of POSIX.1-1988, with names and sizes that do not
 * fit in a pax extended header of POSIX.1-2001 before it.
 */

export const BLOCK = 512;

/** What a header says of its member. */
export interface TarHeader {
  /** With `/`, as it was written: not checked. */
  readonly path: string;
  /** Bytes that follow, without the padding. */
  readonly size: number;
  /** file; directory; pax: fields of the next member; other: links, devices and what else there is. */
  readonly type: 'file' | 'directory' | 'pax' | 'other';
}

/** Largest number of eleven octal digits. */
const LARGEST = 0o77777777777;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** [offset, length] of the fields that matter. */
const FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  owner: [108, 8],
  group: [116, 8],
  size: [124, 12],
  modified: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
  prefix: [345, 155],
} as const;

const field = (block: Uint8Array, name: keyof typeof FIELDS): Uint8Array => {
  const [offset, length] = FIELDS[name];
  return block.subarray(offset, offset + length);
};

const text = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return decoder.decode(end === -1 ? bytes : bytes.subarray(0, end));
};

/** Sum of all bytes, the checksum field taken as spaces. */
function checksumOf(block: Uint8Array): number {
  const [offset, length] = FIELDS.checksum;
  return block.reduce((sum, byte, at) => sum + (at >= offset && at < offset + length ? 0x20 : byte), 0);
}

/** Splits a path at a `/` so that it fits into prefix and name; nothing when it cannot be. */
function split(path: string): { prefix: Uint8Array; name: Uint8Array } | undefined {
  const whole = encoder.encode(path);
  if (whole.length <= FIELDS.name[1]) return { prefix: new Uint8Array(0), name: whole };
  for (let at = whole.indexOf(0x2f); at !== -1; at = whole.indexOf(0x2f, at + 1)) {
    const [prefix, name] = [whole.subarray(0, at), whole.subarray(at + 1)];
    if (prefix.length <= FIELDS.prefix[1] && name.length <= FIELDS.name[1] && name.length > 0) {
      return { prefix, name };
    }
  }
  return undefined;
}

function block(type: '0' | 'x', place: { prefix: Uint8Array; name: Uint8Array }, size: number): Uint8Array {
  const made = new Uint8Array(BLOCK);
  const octal = (name: keyof typeof FIELDS, value: number): void =>
    field(made, name).set(encoder.encode(`${value.toString(8).padStart(FIELDS[name][1] - 1, '0')}\0`));
  field(made, 'name').set(place.name);
  field(made, 'prefix').set(place.prefix);
  octal('mode', 0o644);
  octal('owner', 0);
  octal('group', 0);
  octal('size', Math.min(size, LARGEST));
  octal('modified', 0);
  field(made, 'type').set(encoder.encode(type));
  field(made, 'magic').set(encoder.encode('ustar\x0000'));
  field(made, 'checksum').set(encoder.encode(`${checksumOf(made).toString(8).padStart(6, '0')}\0 `));
  return made;
}

/** `27 path=objects/…\n`, where the number counts its own digits, too. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = encoder.encode(rest).length;
  let length = bytes + 1;
  while (`${length}`.length + bytes !== length) length = `${length}`.length + bytes;
  return `${length}${rest}`;
}

/** Fills a block up with zeros. */
export const padding = (size: number): Uint8Array => new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);

/** The header, or headers, of a file. Time 0 and owner 0: equal files give equal bytes. */
export function fileHeader(path: string, size: number): Uint8Array[] {
  const place = split(path);
  if (place && size <= LARGEST) return [block('0', place, size)];
  const records =
    (place ? '' : paxRecord('path', path)) + (size > LARGEST ? paxRecord('size', `${size}`) : '');
  const body = encoder.encode(records);
  const cut = { prefix: new Uint8Array(0), name: encoder.encode(path).subarray(0, FIELDS.name[1]) };
  const pax = { prefix: new Uint8Array(0), name: encoder.encode('pax') };
  return [block('x', pax, body.length), body, padding(body.length), block('0', place ?? cut, size)];
}

const TYPES: { readonly [flag: string]: TarHeader['type'] } = {
  '': 'file',
  '0': 'file',
  '5': 'directory',
  x: 'pax',
};

/** Reads a header; a sentence that says what is wrong with it when it is none. */
export function readHeader(bytes: Uint8Array): TarHeader | string {
  const number = (name: keyof typeof FIELDS): number | undefined => {
    const digits = /^ *([0-7]+)[ \0]*$/.exec(String.fromCharCode(...field(bytes, name)))?.[1];
    return digits === undefined ? undefined : Number.parseInt(digits, 8);
  };
  if (number('checksum') !== checksumOf(bytes)) return 'has a wrong checksum';
  const size = number('size');
  if (size === undefined) return 'has no size';
  try {
    const [prefix, name] = [text(field(bytes, 'prefix')), text(field(bytes, 'name'))];
    const ustar = text(field(bytes, 'magic')) === 'ustar';
    const path = ustar && prefix !== '' ? `${prefix}/${name}` : name;
    return { path, size, type: TYPES[text(field(bytes, 'type'))] ?? 'other' };
  } catch {
    return 'has a name that is not UTF-8';
  }
}

/** What a pax extended header says of the next member; a sentence when it is none. */
export function readPax(bytes: Uint8Array): { readonly path?: string; readonly size?: number } | string {
  const found: { path?: string; size?: number } = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(String.fromCharCode(...bytes.subarray(at, Math.max(at, space))));
    const whole =
      space !== -1 && Number.isInteger(length) && length > space - at && at + length <= bytes.length;
    if (!whole || bytes[at + length - 1] !== 0x0a) return 'is not of the form of pax';
    try {
      const record = decoder.decode(bytes.subarray(space + 1, at + length - 1));
      const value = record.slice(record.indexOf('=') + 1);
      if (record.startsWith('path=')) found.path = value;
      if (record.startsWith('size=')) {
        if (!/^\d{1,15}$/.test(value)) return 'has no size';
        found.size = Number(value);
      }
    } catch {
      return 'has a name that is not UTF-8';
    }
    at += length;
  }
  return found;
}
