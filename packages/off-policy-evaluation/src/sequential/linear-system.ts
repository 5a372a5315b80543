/**
 * Solves `matrix · x = right` in place by Gaussian elimination with partial pivoting; both arguments are overwritten and
 * `right` becomes x.
 *
 * @param matrix - [n · n], row-major
 * @returns whether the matrix was regular: false when a pivot was smaller than 1e-13 of the largest entry
 */
export function solveInPlace(matrix: Float64Array, right: Float64Array): boolean {
  const n = right.length;
  let scale = 0;
  for (const entry of matrix) scale = Math.max(scale, Math.abs(entry));
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++)
      if (Math.abs(matrix[row * n + column]!) > Math.abs(matrix[pivot * n + column]!)) pivot = row;
    if (!(Math.abs(matrix[pivot * n + column]!) > 1e-13 * scale)) return false;
    if (pivot !== column) swapRows(matrix, right, pivot, column);
    for (let row = column + 1; row < n; row++) {
      const factor = matrix[row * n + column]! / matrix[column * n + column]!;
      if (factor === 0) continue;
      for (let k = column; k < n; k++)
        matrix[row * n + k] = matrix[row * n + k]! - factor * matrix[column * n + k]!;
      right[row] = right[row]! - factor * right[column]!;
    }
  }
  for (let row = n - 1; row >= 0; row--) {
    let rest = right[row]!;
    for (let k = row + 1; k < n; k++) rest -= matrix[row * n + k]! * right[k]!;
    right[row] = rest / matrix[row * n + row]!;
  }
  return true;
}

function swapRows(matrix: Float64Array, right: Float64Array, first: number, second: number): void {
  const n = right.length;
  for (let k = 0; k < n; k++) {
    const held = matrix[first * n + k]!;
    matrix[first * n + k] = matrix[second * n + k]!;
    matrix[second * n + k] = held;
  }
  const held = right[first]!;
  right[first] = right[second]!;
  right[second] = held;
}
