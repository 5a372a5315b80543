/**
 * Solves `A x = b` in place by elimination with partial pivoting.
 *
 * @param matrix - `A`, row-major, n × n; destroyed
 * @param right - `b` as columns of length n, row-major n × columns; becomes `x`
 * @returns whether `A` was regular to working precision
 */
export function solveInPlace(matrix: Float64Array, right: Float64Array, columns: number): boolean {
  const n = Math.round(Math.sqrt(matrix.length));
  let largest = 0;
  for (const value of matrix) largest = Math.max(largest, Math.abs(value));
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++)
      if (Math.abs(matrix[i * n + k]!) > Math.abs(matrix[pivot * n + k]!)) pivot = i;
    if (!(Math.abs(matrix[pivot * n + k]!) > 1e-13 * largest)) return false;
    if (pivot !== k) {
      for (let j = 0; j < n; j++) swap(matrix, k * n + j, pivot * n + j);
      for (let j = 0; j < columns; j++) swap(right, k * columns + j, pivot * columns + j);
    }
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = matrix[i * n + k]! / matrix[k * n + k]!;
      if (factor === 0) continue;
      for (let j = k; j < n; j++) matrix[i * n + j]! -= factor * matrix[k * n + j]!;
      for (let j = 0; j < columns; j++) right[i * columns + j]! -= factor * right[k * columns + j]!;
    }
  }
  for (let k = 0; k < n; k++) for (let j = 0; j < columns; j++) right[k * columns + j]! /= matrix[k * n + k]!;
  return true;
}

function swap(values: Float64Array, a: number, b: number): void {
  const held = values[a]!;
  values[a] = values[b]!;
  values[b] = held;
}
