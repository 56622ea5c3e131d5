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
  check: (value) => settle(value, isJson(value, 0) ? [] : [invalid('value.json: expected a JSON value')]),
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

function isJson(value: unknown, depth: number): value is Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth > DEPTH) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1));
  if (![Object.prototype, null].includes(Object.getPrototypeOf(value))) return false;
  return Object.values(value).every((member) => isJson(member, depth + 1));
}
