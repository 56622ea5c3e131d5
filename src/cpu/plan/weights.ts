import type { WeightSpec } from '../../net/network.ts';

/** Where a model keeps one weight and its slots; 0 where it keeps none. */
export interface WeightPlace {
  readonly spec: WeightSpec;
  readonly weight: number;
  readonly momentum: number;
  readonly square: number;
  readonly steps: number;
  readonly ema: number;
}

/** The used prefix of a weight as [outer, rows, columns] of [outer, fullRows, fullColumns]. */
export interface Prefix {
  readonly outer: number;
  readonly rows: number;
  readonly fullRows: number;
  readonly columns: number;
  readonly fullColumns: number;
}

/** A convolution kernel [k, k, in, out]; `rows` and `columns` of it are used. */
export function kernelPrefix(shape: readonly number[], rows: number, columns: number): Prefix {
  const [h = 1, w = 1, fullRows = 1, fullColumns = 1] = shape;
  return { outer: h * w, rows, fullRows, columns, fullColumns };
}

/** A matrix [in, out]. */
export function matrixPrefix(shape: readonly number[], rows: number, columns: number): Prefix {
  return { outer: 1, rows, fullRows: shape[0]!, columns, fullColumns: shape[1]! };
}

/** A depthwise kernel [k, k, channels, 1]. */
export function depthwisePrefix(shape: readonly number[], columns: number): Prefix {
  return { outer: shape[0]! * shape[1]!, rows: 1, fullRows: 1, columns, fullColumns: shape[2]! };
}

/** A vector [channels]. */
export function vectorPrefix(shape: readonly number[], columns: number): Prefix {
  return { outer: 1, rows: 1, fullRows: 1, columns, fullColumns: shape[0]! };
}

/** The smallest prefix that holds both; they are of one weight. */
export function unite(a: Prefix, b: Prefix): Prefix {
  return { ...a, rows: Math.max(a.rows, b.rows), columns: Math.max(a.columns, b.columns) };
}

/** The whole gradient of a weight on the path's prefix of it: [outer · rows, stride]. */
export interface WeightGradient {
  readonly name: string;
  readonly prefix: Prefix;
  readonly gradient: number;
  readonly stride: number;
}

/** A weight's prefix as the kernels know it. */
export const prefixWords = (weight: number, p: Prefix): number[] => [
  weight,
  p.outer,
  p.rows,
  p.fullRows,
  p.columns,
  p.fullColumns,
];
