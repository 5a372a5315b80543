/** What a policy reaches in each objective, more is better. */
export type ObjectivePoint = readonly number[];

/**
 * Checks points of one dimension.
 *
 * @returns the number of objectives; 0 without points
 * @throws RangeError when points differ in length or hold a number that is not finite
 */
export function objectiveCount(where: string, points: readonly ObjectivePoint[]): number {
  const size = points[0]?.length ?? 0;
  points.forEach((point, i) => {
    if (point.length !== size || size === 0)
      throw new RangeError(
        `${where}: point ${i} must have ${Math.max(1, size)} objectives, has ${point.length}`,
      );
    const wrong = point.find((value) => !Number.isFinite(value));
    if (wrong !== undefined) throw new RangeError(`${where}: point ${i} must be finite, got ${wrong}`);
  });
  return size;
}
