import { studentQuantile } from "@longview/statistics";

/** A statistic with what it would be without each group of users. */
export interface GroupedStatistic {
  readonly value: number;
  /** The statistic without group g's users; that of a group without users is never read. [groups] */
  readonly without: Float64Array;
}

/** How far a statistic may be off. */
export interface Spread {
  readonly standardError: number;
  /** `value ± t · standardError` with one degree of freedom less than groups that have users. */
  readonly interval: readonly [number, number];
}

/**
 * Spread of a statistic by the delete-a-group jackknife: `s² = (G − 1)/G · Σ (θ₋g − θ̄)²` over the G groups that have users.
 *
 * Users are the resampling unit: all pages of a user stand and fall together. For ratios it is the usual cluster-robust error; it
 * holds for every smooth statistic of sums over users, and on the average it is not too small (Efron & Stein).
 *
 * @param populated - whether each group has users
 * @returns undefined for fewer than two groups, where a statistic is not finite, or where all agree: nothing to learn from
 * @see Efron & Stein (1981), "The jackknife estimate of variance"
 * @see Kott (2001), "The delete-a-group jackknife"
 */
export function jackknifeSpread(
  { value, without }: GroupedStatistic,
  populated: ArrayLike<number>,
  confidence = 0.95,
): Spread | undefined {
  let groups = 0;
  let sum = 0;
  for (let g = 0; g < without.length; g++) {
    if (populated[g] === 0) continue;
    groups++;
    sum += without[g]!;
  }
  const mean = sum / groups;
  let squares = 0;
  for (let g = 0; g < without.length; g++) if (populated[g] !== 0) squares += (without[g]! - mean) ** 2;
  const standardError = Math.sqrt(((groups - 1) / groups) * squares);
  // Differences of equal sums are rounding, not spread.
  if (groups < 2 || !(standardError > 1e-13 * Math.abs(mean))) return undefined;
  const half = studentQuantile(0.5 + confidence / 2, groups - 1) * standardError;
  return { standardError, interval: [value - half, value + half] };
}
