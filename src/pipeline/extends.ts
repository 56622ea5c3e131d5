import * as path from 'node:path';
import type { Json } from '../base/canonical.ts';
import type { Files } from '../base/files.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { isOutside, leadsOutside, readUserText } from '../base/user-file.ts';
import { problems } from '../schema/catalogue.ts';
import { type JsonDocument, type Pointer, pointerOf, valueSpan, type Written } from '../schema/document.ts';
import { parseJson } from '../schema/load.ts';
import type { Problem } from '../schema/problem.ts';
import type { Source } from '../schema/source.ts';

type Members = { readonly [key: string]: Json };
const isObject = (value: Json | undefined): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fields that say what one file is; every other is inherited. */
const notInherited = new Set(['$schema', 'name', 'description', 'extends']);

/** Puts a document together from parts of two, each part remembering the file that it was written in. */
class Merge {
  readonly written = new Map<Pointer, Written>();
  readonly #base: JsonDocument;
  readonly #own: JsonDocument;

  constructor(base: JsonDocument, own: JsonDocument) {
    this.#base = base;
    this.#own = own;
  }

  #place(document: JsonDocument, at: Pointer): void {
    const where = document.written().get(at);
    if (where !== undefined) this.written.set(at, where);
  }

  #take(document: JsonDocument, at: Pointer, value: Json): Json {
    this.#place(document, at);
    if (Array.isArray(value))
      for (const [index, each] of value.entries()) this.#take(document, `${at}/${index}`, each);
    else if (isObject(value)) {
      for (const [key, each] of Object.entries(value)) this.#take(document, at + pointerOf([key]), each);
    }
    return value;
  }

  /** Members of both, each merged by `merge` where both have it and taken whole where one has. */
  members(
    at: Pointer,
    base: Members,
    own: Members,
    merge: (at: Pointer, base: Json, own: Json) => Json | undefined,
  ): Json {
    this.#place(this.#own, at);
    const merged: [string, Json][] = [];
    for (const key of new Set([...Object.keys(base), ...Object.keys(own)])) {
      const place = at + pointerOf([key]);
      const value = !Object.hasOwn(base, key)
        ? this.#take(this.#own, place, own[key]!)
        : !Object.hasOwn(own, key)
          ? this.#take(this.#base, place, base[key]!)
          : merge(place, base[key]!, own[key]!);
      if (value !== undefined) merged.push([key, value]);
    }
    return Object.fromEntries(merged);
  }

  replaced = (at: Pointer, _: Json, own: Json): Json => this.#take(this.#own, at, own);

  /** As `replaced`; null takes away what was inherited. */
  removable = (at: Pointer, base: Json, own: Json): Json | undefined =>
    own === null ? undefined : this.replaced(at, base, own);

  stage = (at: Pointer, base: Json, own: Json): Json | undefined => {
    if (own === null) return undefined;
    const otherType = isObject(own) && own.type !== undefined && isObject(base) && own.type !== base.type;
    if (!isObject(base) || !isObject(own) || otherType) return this.replaced(at, base, own);
    return this.members(at, base, own, (place, before, now) => {
      const field = place.slice(at.length + 1);
      if (field === 'preset') return this.removable(place, before, now);
      if (!isObject(before) || !isObject(now)) return this.replaced(place, before, now);
      if (field === 'params' || field === 'inputs') return this.members(place, before, now, this.removable);
      return field === 'stages'
        ? this.members(place, before, now, this.stage)
        : this.replaced(place, before, now);
    });
  };
}

/**
 * A pipeline laid over the one that it extends. Stages are merged by id, their params and inputs by name; a stage of
 * another type replaces the inherited one whole; null takes a stage, a preset, a param or an input away. Other fields are
 * inherited unless they are written again; the name and the description of a file are its own.
 */
export function inherit(base: JsonDocument, own: JsonDocument): JsonDocument {
  if (!isObject(base.value) || !isObject(own.value)) return own;
  const merge = new Merge(base, own);
  const inherited = Object.fromEntries(
    Object.entries(base.value).filter(([field]) => !notInherited.has(field)),
  );
  const value = merge.members('', inherited, own.value, (at, before, now) =>
    at === '/stages' && isObject(before) && isObject(now)
      ? merge.members(at, before, now, merge.stage)
      : merge.replaced(at, before, now),
  );
  return { source: own.source, value, written: () => merge.written };
}

/**
 * The pipelines that one extends, the nearest first: `extends` is a path relative to the file that says it, and leads to
 * a file of the same project. Fails when it leads nowhere, out of the project, in a circle, or to what is no JSON.
 *
 * @param file absolute path of the source
 */
export async function readBases(
  files: Files,
  root: string,
  source: Source,
  file: string,
): Promise<Result<readonly JsonDocument[], Problem>> {
  const bases: JsonDocument[] = [];
  const chain = [{ name: source.name, real: await files.realPath(file) }];
  let [name, at] = [source.name, file];
  for (let document = parseJson(source); ; ) {
    if (!document.ok) return at === file ? ok([]) : document; // what is wrong with the first is told elsewhere
    if (document.value.source !== source) bases.push(document.value);
    const wanted = isObject(document.value.value) ? document.value.value.extends : undefined;
    if (typeof wanted !== 'string') return ok(bases);
    const span = valueSpan(document.value, '/extends');
    const target = path.resolve(path.dirname(at), wanted);
    if (path.isAbsolute(wanted) || isOutside(root, target))
      return fail(problems.outsideProject(span, wanted));
    const led = await leadsOutside(files, root, target);
    if (led !== undefined) return fail(problems.outsideProject(span, wanted, led));
    const text = await readUserText(files, target);
    if (!text.ok) return fail(problems.unreadable(wanted, text.failures[0]!.message, span));
    const real = await files.realPath(target);
    name = path.join(path.dirname(name), wanted);
    const seen = chain.findIndex((each) => each.real === real);
    if (seen !== -1) {
      const names = chain.slice(seen).map((each) => each.name);
      return fail(problems.extendsCycle(span, [...names, names[0]!]));
    }
    chain.push({ name, real });
    at = target;
    document = parseJson({ name, text: text.value });
  }
}
