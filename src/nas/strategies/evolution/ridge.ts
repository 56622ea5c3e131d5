/** Least squares with a penalty on all but the constant: the linear function of a row. */
export function ridge(
  rows: readonly (readonly number[])[],
  values: readonly number[],
  penalty: number,
): (row: readonly number[]) => number {
  const n = rows[0]!.length;
  const mean = (numbers: readonly number[]): number =>
    numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  const centre = Array.from({ length: n }, (_, j) => mean(rows.map((row) => row[j]!)));
  const level = mean(values);
  const centred = rows.map((row) => row.map((value, j) => value - centre[j]!));
  const beyond = values.map((value) => value - level);
  const weights = rows.length < n ? byRows(centred, beyond, penalty) : byColumns(centred, beyond, penalty);
  return (row) => row.reduce((sum, value, j) => sum + (value - centre[j]!) * weights[j]!, level);
}

/** (XᵀX + penalty) w = Xᵀy, of as many equations as columns. */
function byColumns(x: readonly (readonly number[])[], y: readonly number[], penalty: number): number[] {
  const n = x[0]!.length;
  const matrix = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => (i === j ? penalty : 0)),
  );
  const right = Array.from({ length: n }, () => 0);
  for (const [k, row] of x.entries()) {
    for (let i = 0; i < n; i++) {
      right[i]! += row[i]! * y[k]!;
      for (let j = 0; j < n; j++) matrix[i]![j]! += row[i]! * row[j]!;
    }
  }
  return solvePositive(matrix, right);
}

/** The same w = Xᵀa by (XXᵀ + penalty) a = y, of as many equations as rows: for fewer samples than columns. */
function byRows(x: readonly (readonly number[])[], y: readonly number[], penalty: number): number[] {
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, j) => sum + value * b[j]!, 0);
  const matrix = x.map((one, i) => x.map((other, j) => dot(one, other) + (i === j ? penalty : 0)));
  const shares = solvePositive(matrix, y);
  return x[0]!.map((_, j) => x.reduce((sum, row, k) => sum + shares[k]! * row[j]!, 0));
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
