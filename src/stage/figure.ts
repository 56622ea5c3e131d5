import { fail, ok, type Result } from '../base/result.ts';
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
 * A number inside an artifact, and the split that it was measured on where the artifact says so beside it, or of an
 * accuracy beside it; no split for costs, which need no images.
 */
export interface Figure {
  readonly value: number;
  readonly split?: string;
}

/** The split that the members of a value were measured on: its own, or that of the accuracy among them. */
function splitBeside(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const { split, accuracy } = value;
  if (typeof split === 'string') return split;
  return isObject(accuracy) && typeof accuracy.split === 'string' ? accuracy.split : undefined;
}

/**
 * The finite number at a dotted path. What stands with its provenance, `{"value": 0.9, "split": …}`, may be named without
 * the last word: `accuracy` is `accuracy.value`. Fails with `no-figure`, naming the numbers that there are.
 *
 * @param whose how messages call the value
 */
export function readFigure(value: unknown, path: string, whose: string): Result<Figure> {
  let at = value;
  let split: string | undefined;
  const enter = (key: string): void => {
    split = key === 'costs' ? undefined : (splitBeside(at) ?? split);
    at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  };
  for (const key of path === '' ? [] : path.split('.')) enter(key);
  if (isObject(at)) enter('value');
  if (typeof at === 'number' && Number.isFinite(at))
    return ok({ value: at, ...(split !== undefined && { split }) });
  const known = numbersOf(value)
    .filter((name) => name !== '')
    .slice(0, 12);
  const offer = known.length > 0 ? `; it has ${known.join(', ')}` : '';
  return fail({ code: 'no-figure', message: `${whose} has no number "${path}"${offer}` });
}

/** `readFigure` inside a stage: ends the attempt where there is no such number. */
export function figureOf(value: unknown, path: string, whose: string): Figure {
  const found = readFigure(value, path, whose);
  if (found.ok) return found.value;
  const { code, message } = found.failures[0]!;
  throw stageFailure(code, message);
}

/** A short name for a figure: the last word of its path that says something. */
export const figureName = (path: string): string =>
  path
    .split('.')
    .filter((word) => word !== 'value')
    .at(-1) || 'value';
