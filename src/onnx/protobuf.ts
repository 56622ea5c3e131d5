/** The wire format of protocol buffers, as far as ONNX files need it: each function gives a field, tag and value. */

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

/** A whole number from 0 to 2^53 - 1, seven bits a byte, the low ones first. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

const tag = (field: number, wire: number): number[] => varint(field * 8 + wire);

export const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/** `int32`, `int64`, an enumeration; 0 to 2^53 - 1. */
export const integer = (field: number, value: number): Uint8Array =>
  Uint8Array.of(...tag(field, VARINT), ...varint(value));

export function float(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return Uint8Array.of(...tag(field, FIXED32), ...bytes);
}

export const bytes = (field: number, value: Uint8Array): Uint8Array =>
  joined([Uint8Array.of(...tag(field, BYTES), ...varint(value.length)), value]);

export const text = (field: number, value: string): Uint8Array =>
  bytes(field, new TextEncoder().encode(value));

/** A message in a message. */
export const message = (field: number, parts: readonly Uint8Array[]): Uint8Array =>
  bytes(field, joined(parts));
