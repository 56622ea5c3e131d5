import type { Encoding } from '../space/encoding.ts';
import { activeChoices } from '../space/encoding.ts';
import type { Searchable } from '../space/layout.ts';
import { choiceBlocks } from '../space/layout.ts';

/** What an evaluation found of an architecture. */
export interface Sample {
  readonly encoding: Encoding;
  readonly value: number;
}

/** Foretells what evaluations would find. */
export interface Predictor {
  predict(encoding: Encoding): number;
  /** Root mean square error on samples held out in turn (cross-validation): of predictors fitted without them. */
  readonly heldOutError: number;
}

/** Each option of each choice, 1 where it is chosen and decides something. */
function features(space: Searchable, encoding: Encoding): number[] {
  const choices = choiceBlocks(space);
  const active = activeChoices({ choices }, encoding);
  return choices.flatMap(({ options }, at) =>
    options.map((_, option) => (active[at] && encoding[at] === option ? 1 : 0)),
  );
}

/**
 * Ridge regression on encodings, the mean not penalised. Samples are held out in `folds` parts, by their position modulo
 * the number of parts; two samples at least.
 */
export function ridgePredictor(
  space: Searchable,
  samples: readonly Sample[],
  penalty: number,
  folds = 5,
): Predictor {
  const rows = samples.map(({ encoding }) => features(space, encoding));
  const values = samples.map(({ value }) => value);
  const fitted = (chosen: readonly number[]) =>
    ridge(
      chosen.map((i) => rows[i]!),
      chosen.map((i) => values[i]!),
      penalty,
    );
  const all = [...rows.keys()];
  const parts = Math.min(folds, samples.length);
  let squares = 0;
  for (let part = 0; part < parts; part++) {
    const model = fitted(all.filter((i) => i % parts !== part));
    for (const i of all) if (i % parts === part) squares += (model(rows[i]!) - values[i]!) ** 2;
  }
  const model = fitted(all);
  return {
    predict: (encoding) => model(features(space, encoding)),
    heldOutError: Math.sqrt(squares / samples.length),
  };
}

/** Least squares with a penalty on all but the constant: the linear function of a row. */
function ridge(
  rows: readonly (readonly number[])[],
  values: readonly number[],
  penalty: number,
): (row: readonly number[]) => number {
  const n = rows[0]!.length;
  const mean = (numbers: readonly number[]): number =>
    numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  const centre = Array.from({ length: n }, (_, j) => mean(rows.map((row) => row[j]!)));
  const level = mean(values);
  const matrix = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => (i === j ? penalty : 0)),
  );
  const right = Array.from({ length: n }, () => 0);
  for (const [k, row] of rows.entries()) {
    const x = row.map((value, j) => value - centre[j]!);
    for (let i = 0; i < n; i++) {
      right[i]! += x[i]! * (values[k]! - level);
      for (let j = 0; j < n; j++) matrix[i]![j]! += x[i]! * x[j]!;
    }
  }
  const weights = solvePositive(matrix, right);
  return (row) => row.reduce((sum, value, j) => sum + (value - centre[j]!) * weights[j]!, level);
}

/** Solves A x = b for a symmetric positive definite A (Cholesky). */
function solvePositive(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const n = right.length;
  const lower = matrix.map((row) => row.map(() => 0));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!;
      lower[i]![j] = i === j ? Math.sqrt(sum) : sum / lower[j]![j]!;
    }
  }
  const forward: number[] = [];
  for (let i = 0; i < n; i++) {
    let sum = right[i]!;
    for (let k = 0; k < i; k++) sum -= lower[i]![k]! * forward[k]!;
    forward.push(sum / lower[i]![i]!);
  }
  const result = forward.map(() => 0);
  for (let i = n - 1; i >= 0; i--) {
    let sum = forward[i]!;
    for (let k = i + 1; k < n; k++) sum -= lower[k]![i]! * result[k]!;
    result[i] = sum / lower[i]![i]!;
  }
  return result;
}
