import type { Json } from '../base/canonical.ts';
import { type Failure, fail, ok, type Result } from '../base/result.ts';
import type { Tensors } from '../net/network.ts';
import { readSafetensors } from '../net/safetensors.ts';
import type { Tree } from './kind.ts';

/** Reading and writing the files of a tree. */

type Failed = { readonly ok: false; readonly failures: readonly Failure[] };

const malformed = (path: string, message: string): Failed =>
  fail({ code: 'malformed-file', message: `${path}: ${message}` });

/** Whether the tree holds exactly the given paths. */
export function expectFiles(tree: Tree, paths: readonly string[]): Result<Tree> {
  const failures: Failure[] = [];
  for (const path of paths) {
    if (!tree.has(path)) failures.push({ code: 'missing-file', message: `${path} is missing` });
  }
  for (const path of tree.keys()) {
    if (!paths.includes(path))
      failures.push({ code: 'unexpected-file', message: `${path} is not part of this kind` });
  }
  return failures.length > 0 ? fail(...failures) : ok(tree);
}

/** A file as UTF-8 text. */
export function textOf(tree: Tree, path: string): Result<string> {
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(tree.get(path)));
  } catch {
    return malformed(path, 'the file is not UTF-8 text');
  }
}

/** A file as JSON. */
export function jsonOf(tree: Tree, path: string): Result<Json> {
  const text = textOf(tree, path);
  return text.ok ? parseJson(text.value, path) : text;
}

/** A text as JSON; `place` names it in the message. */
export function parseJson(text: string, place: string): Result<Json> {
  try {
    return ok(JSON.parse(text) as Json);
  } catch (error) {
    return malformed(place, (error as Error).message);
  }
}

/** A file of tensors. */
export function tensorsOf(tree: Tree, path: string): Result<Tensors> {
  const tensors = readSafetensors(tree.get(path)!);
  return tensors.ok ? tensors : malformed(path, tensors.failures.map(({ message }) => message).join('; '));
}

const encoder = new TextEncoder();

/** A text file. */
export const textFile = (text: string): Uint8Array => encoder.encode(text);

/**
 * A JSON file for machines and people: keys sorted, two spaces of indentation, arrays of plain values on one line,
 * numbers as in RFC 8785, a newline at the end. Equal values have equal bytes. Members that are undefined are left out.
 */
export const jsonFile = (value: unknown): Uint8Array => textFile(`${pretty(value, '')}\n`);

function pretty(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return scalar(value);
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object' || item === null)) {
      return `[${value.map(scalar).join(', ')}]`;
    }
    return `[\n${value.map((item) => deeper + pretty(item, deeper)).join(',\n')}\n${indent}]`;
  }
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${deeper}${JSON.stringify(key)}: ${pretty(member, deeper)}`);
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`;
}

function scalar(value: unknown): string {
  const isJson =
    value === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value));
  if (!isJson) throw new Error(`internal error: expected a JSON value, got ${String(value)}`);
  return JSON.stringify(value);
}
