import { type Failure, fail, ok, type Result } from '../base/result.ts';
import type { Tensor, Tensors } from '../net/network.ts';

/** Checking values of unknown origin, piece by piece. */

/** A failure of the value's form. */
export const invalid = (message: string): Failure => ({ code: 'invalid-value', message });

/** A failure of pieces that contradict each other. */
export const inconsistent = (message: string): Failure => ({ code: 'inconsistent-value', message });

/** The value as T, unless something is wrong with it. */
export const settle = <T>(value: unknown, failures: readonly Failure[]): Result<T> =>
  failures.length > 0 ? fail(...failures) : ok(value as T);

/** The members of an object of unknown origin; none when it is no object. */
export const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

/** What is wrong with named tensors. */
export function tensorsFailure(value: unknown, place: string): Failure | undefined {
  if (!(value instanceof Map)) return invalid(`${place}: expected a Map of tensors`);
  for (const [name, tensor] of value as Map<unknown, unknown>) {
    if (typeof name !== 'string' || name === '__metadata__') {
      return invalid(`${place}: a tensor cannot be called ${String(name)}`);
    }
    const { shape, data } = membersOf(tensor);
    if (!Array.isArray(shape) || !shape.every(isCount) || !(data instanceof Float32Array)) {
      return invalid(`${place}: ${name} is no tensor of a shape and 32-bit floats`);
    }
    const volume = (shape as number[]).reduce((product, side) => product * side, 1);
    if (volume !== data.length) {
      return inconsistent(`${place}: ${name} has shape [${shape}] but ${data.length} values`);
    }
  }
  return undefined;
}

/** Bytes in which every value is an index below `limit`. */
export function indicesFailure(bytes: Uint8Array, limit: number, place: string): Failure | undefined {
  const at = bytes.findIndex((value) => value >= limit);
  return at < 0
    ? undefined
    : inconsistent(`${place}: value ${bytes[at]} at ${at}, but there are ${limit} classes`);
}

/** Number of values in all tensors. */
export const valuesIn = (tensors: Tensors): number =>
  [...tensors.values()].reduce((sum, { data }: Tensor) => sum + data.length, 0);
