import type { Json } from '../base/canonical.ts';
import type { Source, Span } from './source.ts';

/** RFC 6901 pointer into a document: `''` is the whole, `/stages/train/params` a part. */
export type Pointer = string;

/** Where a part of a document was written. */
export interface Written {
  /** The value. */
  readonly value: Span;
  /** Its key, quotes included, when it is a member of an object. */
  readonly key?: Span;
}

/** A JSON value whose every part knows where it was written, possibly in several sources. */
export interface JsonDocument {
  readonly source: Source;
  readonly value: Json;
  /** Found out when it is first asked for: only who has something to say about a place needs it. */
  readonly written: () => ReadonlyMap<Pointer, Written>;
}

const escaped = (segment: string | number): string =>
  String(segment).replaceAll('~', '~0').replaceAll('/', '~1');

/** The pointer of a path. */
export const pointerOf = (path: readonly (string | number)[]): Pointer =>
  path.map((segment) => `/${escaped(segment)}`).join('');

/** The path of a pointer. */
export const pathOf = (pointer: Pointer): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));

/** The nearest part at or above the pointer that was written somewhere. */
export function writtenAt(document: JsonDocument, pointer: Pointer): Written {
  const all = document.written();
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const written = all.get(at);
    if (written !== undefined) return written;
  }
  return all.get('') ?? { value: { source: document.source, offset: 0, length: 0 } };
}

/** A place that is looked up when someone wants to know it. */
function placeLater(find: () => Span): Span {
  let found: Span | undefined;
  const place = (): Span => {
    found ??= find();
    return found;
  };
  return {
    get source() {
      return place().source;
    },
    get offset() {
      return place().offset;
    },
    get length() {
      return place().length;
    },
  };
}

/** Where the value at a pointer was written; the brace or bracket alone for what spans lines. */
export const valueSpan = (document: JsonDocument, pointer: Pointer): Span =>
  placeLater(() => {
    const { value } = writtenAt(document, pointer);
    const text = value.source.text.slice(value.offset, value.offset + value.length);
    return text.includes('\n') ? { ...value, length: 1 } : value;
  });

/** Where the key at a pointer was written; its value's place when it has no key. */
export const keySpan = (document: JsonDocument, pointer: Pointer): Span =>
  placeLater(() => writtenAt(document, pointer).key ?? valueSpan(document, pointer));

type Mutable = { [key: string]: Mutable } | Mutable[] | null | boolean | number | string;

/** Sets a member of its own, whatever it is called. */
const define = (object: object, name: string, value: Mutable): void => {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
};

/**
 * The document with `part` put at `path`, which remembers that it was written in `part`'s own source. Objects that are
 * missing on the way are made. Nothing is returned when the way leads through something that holds no such member.
 */
export function overlay(
  document: JsonDocument,
  path: readonly string[],
  part: JsonDocument,
  key: Span,
): JsonDocument | undefined {
  const value = structuredClone(document.value) as Mutable;
  const written = new Map(document.written());
  const pointer = pointerOf(path);
  let parent = value;
  for (const [depth, segment] of path.entries()) {
    const last = depth === path.length - 1;
    if (Array.isArray(parent)) {
      const index = Number(segment);
      if (!(Number.isInteger(index) && index >= 0 && index < parent.length)) return undefined;
      if (last) parent[index] = structuredClone(part.value) as Mutable;
      else parent = parent[index]!;
    } else if (typeof parent === 'object' && parent !== null) {
      if (last) define(parent, segment, structuredClone(part.value) as Mutable);
      else {
        if (!Object.hasOwn(parent, segment)) {
          define(parent, segment, {});
          written.set(pointerOf(path.slice(0, depth + 1)), { value: key, key });
        }
        parent = parent[segment]!;
      }
    } else return undefined;
  }
  for (const at of document.written().keys()) {
    if (at === pointer || at.startsWith(`${pointer}/`)) written.delete(at);
  }
  for (const [at, where] of part.written()) written.set(pointer + at, at === '' ? { ...where, key } : where);
  return { source: document.source, value: value as Json, written: () => written };
}
