import { objectiveCount, type ObjectivePoint } from "./points.ts";
import { linearUtility } from "./scalarization.ts";

/**
 * Inverted generational distance: the mean over the true front's points of the Euclidean distance to the nearest point found.
 * 0 when every point of the front was found. Depends on the objectives' units.
 *
 * @throws RangeError without points on either side, when they differ in length, or are not finite
 * @see Coello Coello & Reyes Sierra (2004), "A study of the parallelization of a coevolutionary multi-objective evolutionary algorithm"
 */
export function invertedGenerationalDistance(
  points: readonly ObjectivePoint[],
  front: readonly ObjectivePoint[],
): number {
  objectiveCount("invertedGenerationalDistance", [...front, ...points]);
  if (points.length === 0 || front.length === 0)
    throw new RangeError("invertedGenerationalDistance: needs at least one point and one point of the front");
  const distance = (a: ObjectivePoint, b: ObjectivePoint): number =>
    Math.hypot(...a.map((value, i) => value - b[i]!));
  return (
    front.reduce((sum, target) => sum + Math.min(...points.map((point) => distance(point, target))), 0) /
    front.length
  );
}

/**
 * Expected utility metric: the mean over preference weights of what the best point is worth, `mean_w max_p w · p`. What a decision
 * maker whose weights are drawn like these gets from this set of policies.
 *
 * @throws RangeError without points or weights, when they differ in length, or are not finite
 * @see Zintgraf et al. (2015), "Quality assessment of MORL algorithms: a utility-based approach"
 */
export function expectedUtility(
  points: readonly ObjectivePoint[],
  weights: readonly ObjectivePoint[],
): number {
  objectiveCount("expectedUtility", [...points, ...weights]);
  if (points.length === 0 || weights.length === 0)
    throw new RangeError("expectedUtility: needs at least one point and one weight");
  return (
    weights.reduce(
      (sum, weight) => sum + Math.max(...points.map((point) => linearUtility(point, weight))),
      0,
    ) / weights.length
  );
}

/**
 * Sparsity: the mean squared gap between neighbours, summed over objectives,
 * `Σ_j Σ_i (p̃_j(i) − p̃_j(i + 1))² / (n − 1)` with `p̃_j` the points' values in objective j, sorted. Lower is denser; 0 for fewer
 * than two points. Compare only fronts that are equally good: a few bad points lie dense, too.
 *
 * @throws RangeError when points differ in length or are not finite
 * @see Xu et al. (2020), "Prediction-guided multi-objective reinforcement learning for continuous robot control"
 */
export function sparsity(points: readonly ObjectivePoint[]): number {
  const size = objectiveCount("sparsity", points);
  if (points.length < 2) return 0;
  let sum = 0;
  for (let objective = 0; objective < size; objective++) {
    const sorted = points.map((point) => point[objective]!).sort((a, b) => a - b);
    for (let i = 1; i < sorted.length; i++) sum += (sorted[i]! - sorted[i - 1]!) ** 2;
  }
  return sum / (points.length - 1);
}
