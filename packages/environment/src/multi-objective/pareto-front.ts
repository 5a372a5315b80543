import { objectiveCount, type ObjectivePoint } from "./points.ts";

/** Whether `a` is at least as good as `b` in every objective and better in one. */
export function dominates(a: ObjectivePoint, b: ObjectivePoint): boolean {
  let better = false;
  for (let i = 0; i < a.length; i++) {
    if (a[i]! < b[i]!) return false;
    if (a[i]! > b[i]!) better = true;
  }
  return better;
}

/**
 * Indices of the points that no other dominates, ascending; of equal points the first alone.
 *
 * @throws RangeError when points differ in length or are not finite
 */
export function paretoFront(points: readonly ObjectivePoint[]): number[] {
  objectiveCount("paretoFront", points);
  return Array.from(points.keys()).filter((i) =>
    points.every(
      (other, j) =>
        !dominates(other, points[i]!) && (j >= i || other.some((value, k) => value !== points[i]![k])),
    ),
  );
}
