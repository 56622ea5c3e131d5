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
