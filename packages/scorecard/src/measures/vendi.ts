import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { ScorecardError } from "../error.ts";

/** Eigenvalues below this share are rounding: they count as 0, which matters for orders below 1. */
const ROUNDING = 1e-12;

/**
 * Effective number of different things from the eigenvalues of a kernel, of order q: the exponential of their Rényi entropy,
 * `(Σ λᵢ^q)^(1/(1−q))` with λ divided by their sum.
 *
 * Order 1 is `exp(−Σ λ ln λ)`, 0 the rank, 2 `1/Σ λ²`, Infinity `1/max λ`. The higher the order, the less rare things count.
 *
 * @param eigenvalues - of a positive semidefinite matrix, in any order; rounding below 0 is tolerated
 * @returns from 1 to the number of eigenvalues; NaN when all are 0
 */
export function vendiOfEigenvalues(eigenvalues: ArrayLike<number>, order = 1): number {
  if (!(order >= 0)) throw new ScorecardError("BAD_OPTION", `vendi: order is ${order}, allowed: at least 0`);
  let total = 0;
  let largest = 0;
  for (let i = 0; i < eigenvalues.length; i++) {
    const value = Math.max(0, eigenvalues[i]!);
    total += value;
    largest = Math.max(largest, value);
  }
  if (order === Infinity) return total / largest;
  let sum = 0;
  for (let i = 0; i < eigenvalues.length; i++) {
    const share = eigenvalues[i]! / total;
    if (share > ROUNDING) sum += order === 1 ? -share * Math.log(share) : share ** order;
  }
  if (!(total > 0)) return Number.NaN;
  return order === 1 ? Math.exp(sum) : sum ** (1 / (1 - order));
}

/**
 * Vendi score of n things: {@link vendiOfEigenvalues} of their similarity kernel.
 *
 * @param kernel - similarities, [n, n] row-major: symmetric, positive semidefinite, 1 on the diagonal
 * @throws ScorecardError `BAD_LENGTH` when it is not square
 * @see Friedman & Dieng (2023), "The Vendi Score: A Diversity Evaluation Metric for Machine Learning"
 * @see Pasarkar & Dieng (2024), "Cousins of the Vendi Score", for the orders
 * @example
 * vendiScore([1, 0.9, 0, 0.9, 1, 0, 0, 0, 1]); // => 2.1573
 */
export function vendiScore(kernel: ArrayLike<number>, order = 1): number {
  return vendiOfEigenvalues(symmetricEigenvalues(kernel), order);
}

/**
 * Eigenvalues of a symmetric matrix.
 *
 * @param matrix - [n, n] row-major
 * @throws ScorecardError `BAD_LENGTH` when it is not square
 */
export function symmetricEigenvalues(matrix: ArrayLike<number>): readonly number[] {
  const size = Math.round(Math.sqrt(matrix.length));
  if (size * size !== matrix.length || size === 0)
    throw new ScorecardError("BAD_LENGTH", `vendi: the kernel has ${matrix.length} entries, allowed: n · n`);
  const rows = new Matrix(size, size);
  for (let i = 0; i < matrix.length; i++) rows.set(Math.floor(i / size), i % size, matrix[i]!);
  return new EigenvalueDecomposition(rows, { assumeSymmetric: true }).realEigenvalues;
}
