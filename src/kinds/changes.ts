import type { Change, Unit } from './kind.ts';

/** Building blocks of differs. */

const absent = (value: unknown): value is undefined | null => value === undefined || value === null;

const shown = (value: unknown): string | number =>
  typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);

/** One possible difference between two plain values; nothing when they are equal. */
export function change(
  what: string,
  from: unknown,
  to: unknown,
  { unit, note }: { readonly unit?: Unit; readonly note?: string } = {},
): Change[] {
  if (Object.is(from, to) || (absent(from) && absent(to))) return [];
  return [
    {
      what,
      ...(absent(from) ? {} : { from: shown(from) }),
      ...(absent(to) ? {} : { to: shown(to) }),
      ...(typeof from === 'number' && typeof to === 'number' ? { delta: to - from } : {}),
      ...(unit === undefined ? {} : { unit }),
      ...(note === undefined ? {} : { note }),
    },
  ];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isFlat = (value: unknown): boolean =>
  Array.isArray(value) && !value.some((item) => typeof item === 'object');

/**
 * Differences of two JSON values, member by member: `blocks.2.kernel`. Arrays of plain values count as one value.
 * A member that one side lacks is told as a whole.
 */
export function jsonChanges(from: unknown, to: unknown, what = ''): Change[] {
  const name = what === '' ? 'value' : what;
  const inside = (key: string | number): string => (what === '' ? String(key) : `${what}.${key}`);
  if (isObject(from) && isObject(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
    return keys.flatMap((key) => jsonChanges(memberOf(from, key), memberOf(to, key), inside(key)));
  }
  if (Array.isArray(from) && Array.isArray(to) && !(isFlat(from) && isFlat(to))) {
    const length = Math.max(from.length, to.length);
    return Array.from({ length }, (_, i) => jsonChanges(from[i], to[i], inside(i))).flat();
  }
  if (typeof from === 'object' && typeof to === 'object' && JSON.stringify(from) === JSON.stringify(to))
    return [];
  return change(name, from, to);
}

const memberOf = (object: Record<string, unknown>, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined;

/** Differences of the numbers that both records may have, in the order of `fields`. */
export const figureChanges = <K extends string>(
  from: { readonly [key in K]?: number | undefined } | undefined,
  to: { readonly [key in K]?: number | undefined } | undefined,
  fields: readonly (readonly [field: K, unit?: Unit])[],
  prefix = '',
): Change[] =>
  fields.flatMap(([field, unit]) =>
    change(prefix + field, from?.[field], to?.[field], unit === undefined ? {} : { unit }),
  );
