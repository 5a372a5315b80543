import tQuantile from "@stdlib/stats-base-dists-t-quantile";

/**
 * Quantile of Student's t distribution.
 *
 * @param p - probability in [0, 1]; 0 and 1 give −∞ and ∞
 * @param degreesOfFreedom - > 0
 * @throws RangeError outside those ranges
 */
export function studentQuantile(p: number, degreesOfFreedom: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`studentQuantile: p must be from 0 to 1, got ${p}`);
  if (!(degreesOfFreedom > 0))
    throw new RangeError(`studentQuantile: degreesOfFreedom must be > 0, got ${degreesOfFreedom}`);
  return tQuantile(p, degreesOfFreedom);
}
