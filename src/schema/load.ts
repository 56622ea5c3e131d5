import { createScanner, type Node, type ParseError, parseTree } from 'jsonc-parser';
import type { Json } from '../base/canonical.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { problems } from './catalogue.ts';
import { type JsonDocument, type Pointer, pointerOf, type Written } from './document.ts';
import type { Problem } from './problem.ts';
import type { Source, Span } from './source.ts';

/** How deep arrays and objects may be nested. */
export const maximumDepth = 100;

/** Kinds of token and of parse error, as jsonc-parser numbers them (its enums are ambient). */
const token = { openBrace: 1, closeBrace: 2, openBracket: 3, closeBracket: 4, endOfFile: 17 } as const;
const sentences: Readonly<Record<number, string>> = {
  1: 'this is no JSON value; texts and keys stand in double quotes',
  2: 'this is no JSON number',
  3: 'a key in double quotes is expected here',
  4: 'a value is expected here',
  5: 'a colon is expected here',
  6: 'a comma is expected here',
  7: 'a closing brace } is missing',
  8: 'a closing bracket ] is missing',
  9: 'the text goes on after the end of the value',
  10: 'comments are not part of JSON; use a "description"',
  11: 'comments are not part of JSON; use a "description"',
  12: 'a closing double quote is missing',
  13: 'this is no JSON number',
  14: 'a \\u escape needs four hexadecimal digits',
  15: 'this is no JSON escape',
  16: 'a control character must be escaped',
};

const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
/** What stands at a place when it was meant for a number: `007`, `+7`, `.5`, `0x7`. */
const numberLike = /^[+-]?[.\d][\w.+-]*$/;

/** The run of letters, digits, points and signs around a place. */
function wordAt(text: string, offset: number): { readonly start: number; readonly word: string } {
  let [start, end] = [offset, offset];
  while (start > 0 && /[\w.+-]/.test(text[start - 1]!)) start--;
  while (end < text.length && /[\w.+-]/.test(text[end]!)) end++;
  return { start, word: text.slice(start, end) };
}

/** The first thing that is no JSON, with its place as a person would point at it. */
function syntaxProblem(source: Source, text: string, error: ParseError | undefined): Problem {
  if (text.trim() === '') {
    return problems.invalidJson({ source, offset: source.text.length, length: 0 }, 'nothing is written here');
  }
  const { offset, length, error: kind } = error ?? { offset: 0, length: 0, error: 4 };
  const { start, word } = wordAt(text, offset);
  if (numberLike.test(word) && !number.test(word)) {
    return problems.invalidJson(
      { source, offset: start, length: word.length },
      'this is no JSON number; numbers look like 7, -7, 0.5 and 1e-3',
    );
  }
  const afterComma = (kind === 3 || kind === 4) && text.slice(0, offset).trimEnd().endsWith(',');
  const last = kind === 3 ? 'member' : 'element';
  const sentence = `${sentences[kind] ?? 'this is no JSON'}${afterComma ? `; a comma must not follow the last ${last}` : ''}`;
  return problems.invalidJson({ source, offset, length }, sentence);
}

/** The first bracket nested too deep; found by a scanner, so that no depth overflows a stack. */
function tooDeep(source: Source, text: string): Span | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (let kind: number = scanner.scan(); kind !== token.endOfFile; kind = scanner.scan()) {
    if (kind === token.openBrace || kind === token.openBracket) depth++;
    else if (kind === token.closeBrace || kind === token.closeBracket) depth--;
    if (depth > maximumDepth) return { source, offset: scanner.getTokenOffset(), length: 1 };
  }
  return undefined;
}

/** Builds values and places from a tree, and reports what JSON allows and we do not. */
class Reader {
  readonly written = new Map<string, Written>();
  readonly problems: Problem[] = [];
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  #span(node: Node): Span {
    return { source: this.#source, offset: node.offset, length: node.length };
  }

  read(node: Node, pointer: Pointer, key?: Span): Json {
    const value = this.#span(node);
    this.written.set(pointer, key ? { value, key } : { value });
    switch (node.type) {
      case 'object':
        return this.#object(node, pointer);
      case 'array':
        return (node.children ?? []).map((child, index) => this.read(child, `${pointer}/${index}`));
      case 'number':
        if (
          !Number.isFinite(node.value) ||
          (Math.abs(node.value) > 2 ** 53 - 1 && Number.isInteger(node.value))
        ) {
          this.problems.push(problems.numberTooLarge(value));
        }
        return node.value;
      case 'string':
        if (/\p{Surrogate}/u.test(node.value)) this.problems.push(problems.loneSurrogate(value));
        return node.value;
      default:
        return node.value;
    }
  }

  #object(node: Node, pointer: Pointer): Json {
    const object: { [key: string]: Json } = {};
    const seen = new Map<string, Span>();
    for (const { children } of node.children ?? []) {
      const [keyNode, valueNode] = children ?? [];
      if (keyNode === undefined || valueNode === undefined) continue;
      const name = keyNode.value as string;
      const at = this.#span(keyNode);
      const first = seen.get(name);
      if (first !== undefined) {
        this.problems.push(problems.duplicateKey(at, name, first));
        continue;
      }
      seen.set(name, at);
      const value = this.read(valueNode, pointer + pointerOf([name]), at);
      Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
    }
    return object;
  }
}

/** Whether a quote is part of its text: an odd number of backslashes stands before it. */
function isEscaped(text: string, quote: number): boolean {
  let first = quote;
  while (text[first - 1] === '\\') first--;
  return (quote - first) % 2 === 1;
}

/** The keys in the text of a JSON value, as they are written, counted; no pattern does that for texts of any length. */
function keysWritten(text: string): number {
  let count = 0;
  for (let start = text.indexOf('"'); start !== -1; ) {
    let end = text.indexOf('"', start + 1);
    while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
    let after = end + 1;
    while (/\s/.test(text[after] ?? '')) after++;
    if (text[after] === ':') count++;
    start = text.indexOf('"', after);
  }
  return count;
}

/** The keys of a value, counted; nothing when something in it is what JSON allows and we do not. */
function keysOf(value: unknown, depth = 1): number | undefined {
  if (typeof value === 'string') return /\p{Surrogate}/u.test(value) ? undefined : 0;
  if (typeof value === 'number') {
    return Number.isFinite(value) && (Math.abs(value) <= 2 ** 53 - 1 || !Number.isInteger(value))
      ? 0
      : undefined;
  }
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > maximumDepth) return undefined;
  const each = Object.values(value);
  let count = Array.isArray(value) ? 0 : each.length;
  for (const of of each) {
    const inside = keysOf(of, depth + 1);
    if (inside === undefined) return undefined;
    count += inside;
  }
  return count;
}

/** The value of a text in which nothing is wrong; nothing when there may be. */
function quickValue(text: string): { readonly value: Json } | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  const keys = keysOf(value);
  if (keys === undefined) return undefined;
  return keysWritten(text) === keys ? { value } : undefined; // else a key stands twice
}

/**
 * Reads strict JSON (RFC 8259) and keeps where each part stands. Comments, trailing commas, duplicate keys, integers
 * beyond ±(2^53 - 1), infinite numbers, lone surrogates and nesting beyond `maximumDepth` are problems.
 *
 * @param start offset at which the JSON begins: what is before it is read as blanks
 */
export function parseJson(source: Source, start = 0): Result<JsonDocument, Problem> {
  const text = ' '.repeat(start) + source.text.slice(start);
  const quick = quickValue(text);
  if (quick === undefined) return parseWithPlaces(source, text);
  let places: JsonDocument['written'] | undefined;
  return ok({
    source,
    value: quick.value,
    written: () => {
      const parsed = places === undefined ? parseWithPlaces(source, text) : undefined;
      if (parsed?.ok === false) {
        throw new Error(
          `internal error: expected ${source.name} to be JSON, got ${parsed.failures[0]!.message}`,
        );
      }
      places ??= parsed!.value.written;
      return places();
    },
  });
}

function parseWithPlaces(source: Source, text: string): Result<JsonDocument, Problem> {
  const deep = tooDeep(source, text);
  if (deep !== undefined) return fail(problems.tooDeep(deep, maximumDepth));
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [error] = errors;
  if (error !== undefined || tree === undefined) return fail(syntaxProblem(source, text, error));
  const reader = new Reader(source);
  const value = reader.read(tree, '');
  return reader.problems.length > 0
    ? fail(...reader.problems)
    : ok({ source, value, written: () => reader.written });
}
