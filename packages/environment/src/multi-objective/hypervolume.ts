import { paretoFront } from "./pareto-front.ts";
import { objectiveCount, type ObjectivePoint } from "./points.ts";

/**
 * Hypervolume: the volume of what is dominated by at least one of the points and dominates the reference. Exact in any number of
 * objectives: points are taken in one after another, each adding its own box minus what those after it already cover of it. Two
 * objectives take one sweep; the time for more grows fast with the number of points.
 *
 * Points that are not above the reference in every objective add nothing.
 *
 * @param reference - a point below those that count
 * @throws RangeError when points differ in length from each other or from the reference, or are not finite
 * @see While, Bradstreet & Barone (2012), "A fast way of calculating exact hypervolumes"
 * @example
 * hypervolume([[1, 3], [2, 1]], [0, 0]); // => 4
 */
export function hypervolume(points: readonly ObjectivePoint[], reference: ObjectivePoint): number {
  objectiveCount("hypervolume", [reference, ...points]);
  const above = points
    .map((point) => point.map((value, i) => value - reference[i]!))
    .filter((point) => point.every((value) => value > 0));
  return volume(above, reference.length);
}

/** Volume above 0 of points that are > 0 everywhere. */
function volume(points: readonly ObjectivePoint[], size: number): number {
  const front = paretoFront(points)
    .map((i) => points[i]!)
    .sort((a, b) => b[0]! - a[0]!);
  if (size === 1) return front[0]?.[0] ?? 0;
  if (size === 2) {
    // By falling first objective the second rises: each point adds the strip that is above the one before.
    let area = 0;
    let height = 0;
    for (const [x, y] of front) {
      area += x! * (y! - height);
      height = y!;
    }
    return area;
  }
  let sum = 0;
  front.forEach((point, i) => {
    const box = point.reduce((product, value) => product * value, 1);
    const covered = front.slice(i + 1).map((other) => other.map((value, k) => Math.min(value, point[k]!)));
    sum += box - volume(covered, size);
  });
  return sum;
}
