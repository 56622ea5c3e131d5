import { expect } from 'vitest';
import type { Tensors } from '../../src/net/network.ts';

export const norm = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum);
};

/** Norm of the difference; infinite where a value is not a number. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Number.isNaN(sum) ? Number.POSITIVE_INFINITY : Math.sqrt(sum);
}

/** Relative L2 distance at most 1e-4, or absolute distance at most `floor`. */
export function expectClose(
  name: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  floor: number,
) {
  expect(actual.length, name).toBe(expected.length);
  const off = distance(actual, expected);
  const allowed = Math.max(1e-4 * norm(expected), floor);
  expect(off, `${name}: |expected| ${norm(expected)}, |actual| ${norm(actual)}`).toBeLessThanOrEqual(allowed);
}

/** Tensor by tensor, with a floor of 1e-6 of the largest norm among those expected. */
export function expectAllClose(actual: Tensors, expected: Tensors): void {
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
  const floor = 1e-6 * Math.max(0, ...[...expected.values()].map(({ data }) => norm(data)));
  for (const [name, { data, shape }] of expected) {
    expect(actual.get(name)!.shape, name).toEqual(shape);
    expectClose(name, actual.get(name)!.data, data, floor);
  }
}
