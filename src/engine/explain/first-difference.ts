import type { Json } from '../../base/canonical.ts';
import { readSafetensors } from '../../net/safetensors.ts';

/** The first place in which two artifacts differ. */
export interface FirstDifference {
  /** File of the artifact. */
  readonly file: string;
  /** Name of the tensor, in a file of tensors. */
  readonly tensor?: string;
  /** Where in the tensor (element), or in a file that is neither tensors nor JSON (byte). */
  readonly index?: number;
  /** Where in a JSON value: `trials[3].accuracy`. */
  readonly field?: string;
  /** What stands there on either side; absent where one side has nothing. */
  readonly from?: string;
  readonly to?: string;
}

type Tree = ReadonlyMap<string, Uint8Array>;
type Place = Omit<FirstDifference, 'file'>;

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
};

/** Where two files of tensors differ, by name and element; nothing when one of them cannot be read. */
function tensorDifference(a: Uint8Array, b: Uint8Array): Place | undefined {
  const [from, to] = [readSafetensors(a), readSafetensors(b)];
  if (!from.ok || !to.ok) return undefined;
  for (const tensor of [...new Set([...from.value.keys(), ...to.value.keys()])].sort()) {
    const [x, y] = [from.value.get(tensor), to.value.get(tensor)];
    if (!x || !y) {
      return {
        tensor,
        ...(x && { from: `shape ${shown(x.shape)}` }),
        ...(y && { to: `shape ${shown(y.shape)}` }),
      };
    }
    if (shown(x.shape) !== shown(y.shape)) {
      return { tensor, from: `shape ${shown(x.shape)}`, to: `shape ${shown(y.shape)}` };
    }
    const index = x.data.findIndex((value, i) => !Object.is(value, y.data[i]));
    if (index !== -1) return { tensor, index, from: `${x.data[index]}`, to: `${y.data[index]}` };
  }
  return undefined;
}

function jsonDifference(a: Json | undefined, b: Json | undefined, field: string): Place | undefined {
  if (JSON.stringify(a) === JSON.stringify(b)) return undefined;
  const isTree = (value: Json | undefined): value is Json & object =>
    typeof value === 'object' && value !== null;
  if (isTree(a) && isTree(b) && Array.isArray(a) === Array.isArray(b)) {
    const [x, y] = [a, b] as { readonly [key: string]: Json }[];
    for (const key of new Set([...Object.keys(x!), ...Object.keys(y!)])) {
      const at = Array.isArray(a) ? `${field}[${key}]` : field === '' ? key : `${field}.${key}`;
      const found = jsonDifference(x![key], y![key], at);
      if (found) return found;
    }
  }
  return { field, ...(a !== undefined && { from: shown(a) }), ...(b !== undefined && { to: shown(b) }) };
}

/** JSON, or JSON lines as an array; nothing when it is neither. */
function parse(name: string, bytes: Uint8Array): Json | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (name.endsWith('.jsonl'))
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Json);
    return name.endsWith('.json') ? (JSON.parse(text) as Json) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The first file, in the order of names, and the first place in it, in which two artifacts differ; nothing when none
 * does.
 */
export function firstDifference(a: Tree, b: Tree): FirstDifference | undefined {
  for (const file of [...new Set([...a.keys(), ...b.keys()])].sort()) {
    const [from, to] = [a.get(file), b.get(file)];
    if (!from || !to) {
      return { file, ...(from && { from: `${from.length} bytes` }), ...(to && { to: `${to.length} bytes` }) };
    }
    const index = from.findIndex((byte, i) => byte !== to[i]);
    if (index === -1 && from.length === to.length) continue;
    if (file.endsWith('.safetensors')) {
      const place = tensorDifference(from, to);
      if (place) return { file, ...place };
    }
    const [x, y] = [parse(file, from), parse(file, to)];
    if (x !== undefined && y !== undefined) {
      const place = jsonDifference(x, y, '');
      if (place) return { file, ...place };
    }
    const at = index === -1 ? Math.min(from.length, to.length) : index;
    const byte = (bytes: Uint8Array) => (at < bytes.length ? `byte ${bytes[at]}` : 'its end');
    return { file, index: at, from: byte(from), to: byte(to) };
  }
  return undefined;
}
