import { stageFailure } from './contract.ts';

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);

/** Numbers of a value by their dotted paths, at most a few levels deep: what a message can offer. */
function numbersOf(value: unknown, path = '', depth = 0): string[] {
  if (typeof value === 'number') return [path];
  if (!isObject(value) || Array.isArray(value) || depth > 4) return [];
  return Object.entries(value).flatMap(([key, inside]) =>
    numbersOf(inside, path === '' ? key : `${path}.${key}`, depth + 1),
  );
}

/**
 * The number at a dotted path inside an artifact's value, and the split that it was measured on where the artifact says
 * so beside it. Ends the attempt with `no-figure` when there is no finite number.
 *
 * @param whose how messages call the artifact
 */
export function figureOf(
  value: unknown,
  path: string,
  whose: string,
): { readonly value: number; readonly split?: string } {
  let at = value;
  let split: string | undefined;
  for (const key of path === '' ? [] : path.split('.')) {
    if (isObject(at) && typeof at.split === 'string') split = at.split;
    at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  if (typeof at === 'number' && Number.isFinite(at))
    return { value: at, ...(split !== undefined && { split }) };
  const known = numbersOf(value).slice(0, 12);
  const offer = known.length > 0 ? `; it has ${known.join(', ')}` : '';
  throw stageFailure('no-figure', `${whose} has no number "${path}"${offer}`);
}

/** A short name for a figure: the last word of its path that says something. */
export const figureName = (path: string): string =>
  path
    .split('.')
    .filter((word) => word !== 'value')
    .at(-1) || 'value';
