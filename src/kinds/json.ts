import { canonicalJson, type Json } from '../base/canonical.ts';
import { fail, ok } from '../base/result.ts';
import { jsonChanges } from './changes.ts';
import type { ArtifactKind } from './kind.ts';
import { expectFiles, jsonFile, jsonOf } from './tree.ts';
import { invalid, settle } from './value.ts';

/** `value.json`: any JSON value, for stage types of a user's own. */
export const json: ArtifactKind<Json> = {
  kind: 'json',
  version: 1,
  description: 'Any JSON value.',
  check(value) {
    const foreign = foreignPart(value, new Set());
    return settle(value, foreign === undefined ? [] : [invalid(`value.json: ${sentenceOf(foreign)}`)]);
  },
  save: (value) => new Map([['value.json', jsonFile(value)]]),

  load(tree) {
    const files = expectFiles(tree, ['value.json']);
    if (!files.ok) return files;
    const value = jsonOf(tree, 'value.json');
    return value.ok ? json.check(value.value) : value;
  },

  describe: (value) =>
    Array.isArray(value)
      ? { elements: value.length }
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value as { [key: string]: Json })
              .filter((entry): entry is [string, string | number] =>
                ['string', 'number'].includes(typeof entry[1]),
              )
              .slice(0, 4),
          )
        : { value: typeof value === 'number' ? value : String(value) },

  render: (value) => new TextDecoder().decode(jsonFile(value)).trimEnd(),
  diff: (a, b) => jsonChanges(a, b),

  items: (value) =>
    Array.isArray(value)
      ? ok(value.map((item: Json) => ({ value: item, key: canonicalJson(item), figures: item })))
      : fail({ code: 'no-list', message: 'this JSON value is no array' }),
};

/** Deeper nesting would exhaust the stack of whoever walks it. */
const DEPTH = 500;

/** Something that JSON cannot hold, and the way to it. */
interface Foreign {
  readonly path: readonly (string | number)[];
  readonly what: string;
}

const halfCharacter = /\p{Surrogate}/u;

/** What a value itself has that JSON cannot hold, whatever is inside it. */
function foreignItself(value: unknown): string | undefined {
  if (typeof value === 'string')
    return halfCharacter.test(value) ? 'has half of a character in it' : undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `is ${value}`;
  if (value === null || typeof value === 'boolean') return undefined;
  if (value === undefined) return 'is undefined';
  if (typeof value !== 'object') return `is a ${typeof value}`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null || Array.isArray(value)) return undefined;
  const { name } = (prototype as { readonly constructor: { readonly name: unknown } }).constructor;
  return `is a ${String(name)}`;
}

/** The first part that JSON cannot hold; nothing when there is none. `above`: the objects that it is in. */
function foreignPart(value: unknown, above: Set<unknown>): Foreign | undefined {
  const what = foreignItself(value);
  if (what !== undefined) return { path: [], what };
  if (typeof value !== 'object' || value === null) return undefined;
  if (above.has(value)) return { path: [], what: 'contains itself' };
  if (above.size > DEPTH) return { path: [], what: `is nested deeper than ${DEPTH} levels` };
  above.add(value);
  for (const [key, each] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    const inside: Foreign | undefined = halfCharacter.test(String(key))
      ? { path: [], what: 'has half of a character in its name' }
      : foreignPart(each, above);
    if (inside !== undefined) return { ...inside, path: [key, ...inside.path] };
  }
  above.delete(value);
  return undefined;
}

/** `[3].loss is NaN, which JSON cannot hold` */
function sentenceOf({ path, what }: Foreign): string {
  const steps = path.map((key) =>
    typeof key === 'string' && /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`,
  );
  const shown = steps.length > 8 ? [...steps.slice(0, 4), ' … ', ...steps.slice(-3)] : steps;
  const place = shown.join('').replace(/^\./, '') || 'the value';
  return `${place} ${what}, which JSON cannot hold`;
}
