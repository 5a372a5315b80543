import type { ObjectivePoint } from "./points.ts";

/** `w · p`. Its optimum lies on the convex hull of what can be reached, whatever the weights. */
export function linearUtility(point: ObjectivePoint, weights: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + weight * point[i]!, 0);
}

/**
 * Weighted Chebyshev utility `−max_i w_i (z_i − p_i)`, 0 at best. Every point of a front, concave ones too, is its only optimum
 * for some weights: `w_i = 1 / (z_i − p_i)`. It is no sum over steps: a policy that optimises it must know what it has collected.
 *
 * @param utopia - z: above what can be reached in every objective
 * @see Bowman (1976); Van Moffaert et al. (2013), "Scalarized multi-objective reinforcement learning"
 */
export function chebyshevUtility(
  point: ObjectivePoint,
  weights: readonly number[],
  utopia: ObjectivePoint,
): number {
  return -weights.reduce((worst, weight, i) => Math.max(worst, weight * (utopia[i]! - point[i]!)), 0);
}

/**
 * Weights at the corners, edges and inside of the simplex, evenly spaced: all vectors of multiples of `1 / divisions` that sum to
 * 1. There are C(divisions + objectives − 1, objectives − 1).
 *
 * @param objectives - >= 1
 * @param divisions - >= 1
 * @throws RangeError for other numbers
 * @see Das & Dennis (1998), "Normal-boundary intersection"
 * @example
 * simplexWeights(2, 2); // => [[0, 1], [0.5, 0.5], [1, 0]]
 */
export function simplexWeights(objectives: number, divisions: number): number[][] {
  if (!Number.isInteger(objectives) || objectives < 1 || !Number.isInteger(divisions) || divisions < 1)
    throw new RangeError(
      `simplexWeights: objectives and divisions must be whole numbers >= 1, got ${objectives} and ${divisions}`,
    );
  const counts = (size: number, left: number): number[][] =>
    size === 1
      ? [[left]]
      : Array.from({ length: left + 1 }, (_, first) =>
          counts(size - 1, left - first).map((rest) => [first, ...rest]),
        ).flat();
  return counts(objectives, divisions).map((row) => row.map((count) => count / divisions));
}
