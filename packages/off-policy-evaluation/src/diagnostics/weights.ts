import { studentQuantile, studentTwoSidedTail } from "@longview/statistics";
import { OffPolicyEvaluationError } from "../error.ts";
import { checkLengths, checkWithin, confidenceOf, type IntervalOptions } from "../intervals/interval.ts";
import { meanAndError, unitsOf } from "../intervals/units.ts";
import { PROBABILITY_TOLERANCE } from "../log/checks.ts";
import { paretoTail, type ParetoTail } from "./pareto-tail.ts";

/** What importance weights say of the evidence in a log. */
export interface WeightDiagnostics {
  readonly count: number;
  readonly mean: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Rows with weight 0. */
  readonly zeroCount: number;
  /** Denominator n. */
  readonly variance: number;
  /** `(Σw)² / Σw²`: rows of the target policy's own log that carry as much. */
  readonly effectiveSampleSize: number;
  /** `max w / Σw`. */
  readonly largestShare: number;
  /** Share of the largest in `Σ (w − 1)²`: the default interval's test of whether a variance can be believed. */
  readonly largestVarianceShare: number;
  /** t interval of the mean, clustered when asked. It contains 1 when propensities and support are right. */
  readonly meanInterval: readonly [number, number];
  /** Two-sided p-value of `E[w] = 1`; a small one says that propensities are wrong or support is missing. */
  readonly meanIsOnePValue: number;
  readonly paretoTail: ParetoTail;
}

/** Two-sided p-value of "the mean is 1"; a mean that is 1 to the rounding that probabilities are allowed is no evidence. */
export function meanIsOne(mean: number, standardError: number, units: number): number {
  if (Math.abs(mean - 1) <= PROBABILITY_TOLERANCE) return 1;
  return standardError === 0 ? 0 : studentTwoSidedTail((mean - 1) / standardError, units - 1);
}

/**
 * Diagnostics of importance weights.
 *
 * @param weights - >= 0, finite
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0, `BAD_VALUE` for a negative one
 * @see Kong (1992), "A note on importance sampling using standardized weights", for the effective sample size
 */
export function weightDiagnostics(
  weights: ArrayLike<number>,
  options: IntervalOptions = {},
): WeightDiagnostics {
  const where = "weightDiagnostics";
  const confidence = confidenceOf(where, options);
  const count = checkLengths(where, { weights });
  checkWithin(where, "weight", weights, 0);
  const values = Float64Array.from(weights);
  let sum = 0;
  let squares = 0;
  let minimum = Infinity;
  let maximum = 0;
  let zeroCount = 0;
  let fromOne = 0;
  let largestFromOne = 0;
  for (const w of values) {
    sum += w;
    squares += w * w;
    minimum = Math.min(minimum, w);
    maximum = Math.max(maximum, w);
    if (w === 0) zeroCount++;
    fromOne += (w - 1) ** 2;
    largestFromOne = Math.max(largestFromOne, (w - 1) ** 2);
  }
  if (sum === 0)
    throw new OffPolicyEvaluationError(
      "NO_SUPPORT",
      `${where}: every weight is 0: the target policy never does what was logged`,
    );
  const mean = sum / count;
  let variance = 0;
  for (const w of values) variance += (w - mean) ** 2 / count;
  const units = unitsOf(where, count, options.clusters);
  const { standardError } = meanAndError(values, units);
  const half = studentQuantile(0.5 + confidence / 2, units.count - 1) * standardError;
  const pValue = meanIsOne(mean, standardError, units.count);
  return {
    count,
    mean,
    minimum,
    maximum,
    zeroCount,
    variance,
    effectiveSampleSize: (sum * sum) / squares,
    largestShare: maximum / sum,
    largestVarianceShare: fromOne === 0 ? 0 : largestFromOne / fromOne,
    meanInterval: [mean - half, mean + half],
    meanIsOnePValue: pValue,
    paretoTail: paretoTail(values),
  };
}
