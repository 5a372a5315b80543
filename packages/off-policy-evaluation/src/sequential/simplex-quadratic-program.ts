import { OffPolicyEvaluationError } from "../error.ts";
import { solveInPlace } from "./linear-system.ts";

/** Ridge, relative to the largest diagonal entry, that decides between solutions that are equally good. */
const RIDGE = 1e-12;

/**
 * The x >= 0 with `Σ x = 1` that minimises `½ xᵀ H x + cᵀ x`, by a primal active-set method: exact up to rounding, not
 * stopped by a tolerance on progress.
 *
 * @param hessian - H, [n · n], symmetric and positive semidefinite, finite
 * @param linear - c, [n]; finite
 * @throws OffPolicyEvaluationError `NOT_COMPUTABLE` when no solution was reached, as where H is not semidefinite
 */
export function minimizeOnSimplex(hessian: Float64Array, linear: Float64Array): Float64Array {
  const n = linear.length;
  let scale = 0;
  for (const entry of hessian) scale = Math.max(scale, Math.abs(entry));
  for (const entry of linear) scale = Math.max(scale, Math.abs(entry));
  const x = new Float64Array(n);
  const free = new Uint8Array(n);
  const first = bestVertex(hessian, linear);
  x[first] = 1;
  free[first] = 1;
  if (scale === 0) return x;
  for (let iteration = 0; iteration < 50 * (n + 1); iteration++) {
    const { target, multiplier } = equalitySolution(hessian, linear, free, scale);
    const blocking = stepTowards(x, target, free);
    if (blocking >= 0) {
      free[blocking] = 0;
      x[blocking] = 0;
      continue;
    }
    // Optimal on the free set: free the coordinate that would help most, if any would.
    let entering = -1;
    let steepest = -1e-11 * scale;
    for (let k = 0; k < n; k++) {
      if (free[k] === 1) continue;
      let slope = linear[k]! - multiplier;
      for (let j = 0; j < n; j++) slope += hessian[k * n + j]! * x[j]!;
      if (slope < steepest) {
        steepest = slope;
        entering = k;
      }
    }
    if (entering < 0) return x;
    free[entering] = 1;
  }
  throw new OffPolicyEvaluationError(
    "NOT_COMPUTABLE",
    `quadratic program of ${n} weights did not converge: its matrix must be positive semidefinite`,
  );
}

function bestVertex(hessian: Float64Array, linear: Float64Array): number {
  const n = linear.length;
  let best = 0;
  for (let k = 1; k < n; k++)
    if (hessian[k * n + k]! / 2 + linear[k]! < hessian[best * n + best]! / 2 + linear[best]!) best = k;
  return best;
}

/** The minimiser with the other coordinates at 0 and no regard to signs, and the multiplier of `Σ x = 1`. */
function equalitySolution(
  hessian: Float64Array,
  linear: Float64Array,
  free: Uint8Array,
  scale: number,
): { target: Float64Array; multiplier: number } {
  const n = linear.length;
  const members: number[] = [];
  for (let k = 0; k < n; k++) if (free[k] === 1) members.push(k);
  const size = members.length + 1;
  const matrix = new Float64Array(size * size);
  const right = new Float64Array(size);
  members.forEach((k, row) => {
    members.forEach((j, column) => {
      matrix[row * size + column] = hessian[k * n + j]! / scale;
    });
    matrix[row * size + row] = matrix[row * size + row]! + RIDGE;
    matrix[row * size + size - 1] = 1;
    matrix[(size - 1) * size + row] = 1;
    right[row] = -linear[k]! / scale;
  });
  right[size - 1] = 1;
  if (!solveInPlace(matrix, right))
    throw new OffPolicyEvaluationError(
      "NOT_COMPUTABLE",
      `quadratic program of ${n} weights is singular: its matrix must be positive semidefinite and finite`,
    );
  const target = new Float64Array(n);
  members.forEach((k, row) => {
    target[k] = right[row]!;
  });
  return { target, multiplier: -right[size - 1]! * scale };
}

/** Moves x to `target`, or to the first bound on the way; returns the coordinate that reached its bound, or −1. */
function stepTowards(x: Float64Array, target: Float64Array, free: Uint8Array): number {
  let length = 1;
  let blocking = -1;
  for (let k = 0; k < x.length; k++) {
    if (free[k] === 0 || target[k]! >= 0) continue;
    const reach = x[k]! / (x[k]! - target[k]!);
    if (reach < length) {
      length = reach;
      blocking = k;
    }
  }
  for (let k = 0; k < x.length; k++) x[k] = x[k]! + length * (target[k]! - x[k]!);
  return blocking;
}
