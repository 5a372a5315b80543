import { normalCumulative } from "@longview/statistics";
import { compareGroups, type GroupComparison } from "./groups.ts";

/** Whether rewards changed over the log's days. */
export interface RewardDrift extends GroupComparison {
  /** Precision-weighted least-squares slope of the daily means, reward a day; NaN for fewer than 3 days with a standard error. */
  readonly slope: number;
  readonly slopePValue: number;
}

/**
 * Reward drift: daily means, a test of whether they are equal, and their trend. A log that drifts says little of tomorrow.
 *
 * @param days - day number of each row (any origin)
 * @param clusters - rows that belong together, such as a user's
 * @throws OffPolicyEvaluationError `BAD_LENGTH`, `BAD_VALUE`, `EMPTY`
 */
export function rewardDrift(
  rewards: ArrayLike<number>,
  days: ArrayLike<number>,
  clusters?: ArrayLike<number>,
): RewardDrift {
  const comparison = compareGroups(rewards, days, clusters);
  const usable = comparison.groups.filter((g) => g.standardError > 0);
  if (usable.length < 3) return { ...comparison, slope: Number.NaN, slopePValue: 1 };
  let total = 0;
  let day = 0;
  let mean = 0;
  for (const g of usable) {
    const weight = g.standardError ** -2;
    total += weight;
    day += weight * g.group;
    mean += weight * g.mean;
  }
  day /= total;
  mean /= total;
  let spread = 0;
  let covariance = 0;
  for (const g of usable) {
    const weight = g.standardError ** -2;
    spread += weight * (g.group - day) ** 2;
    covariance += weight * (g.group - day) * (g.mean - mean);
  }
  const slope = covariance / spread;
  // Standard errors are known, so the trend's is 1/√spread.
  const slopePValue = 2 * normalCumulative(-Math.abs(slope) * Math.sqrt(spread));
  return { ...comparison, slope, slopePValue };
}
