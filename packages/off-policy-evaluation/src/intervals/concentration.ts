import {
  empiricalBernsteinMeanInterval,
  hedgedBettingInterval,
  hoeffdingMeanInterval,
} from "@longview/statistics";
import { OffPolicyEvaluationError } from "../error.ts";
import type { EstimatorTerms } from "../terms.ts";
import { checkRange, checkWithin, confidenceOf, type Interval, type IntervalOptions } from "./interval.ts";
import { linearValues } from "./linear-terms.ts";
import { byUnit, unitsOf } from "./units.ts";

/** Options of intervals that hold at every sample size, given the range of a unit's term. */
export interface BoundedIntervalOptions extends IntervalOptions {
  /**
   * Bounds, known beforehand, of one unit's term: for IPS `[0, largest weight × largest reward]`. There is no default: the
   * largest term of the sample is not a bound, and with it the interval would not cover.
   */
  readonly range: readonly [number, number];
}

function boundedValues(
  where: string,
  terms: EstimatorTerms,
  options: BoundedIntervalOptions,
): { values: Float64Array; range: readonly [number, number]; confidence: number; sameSize: boolean } {
  const confidence = confidenceOf(where, options);
  const { range, clusters } = options;
  checkRange(where, range);
  const rows = linearValues(where, terms);
  checkWithin(where, "term", rows, range[0], range[1]);
  const units = unitsOf(where, rows.length, clusters);
  const { unitOfRow } = units;
  if (unitOfRow === undefined) return { values: rows, range, confidence, sameSize: true };
  // A unit of s rows counts s · units / rows times: its range stretches with its size, given the sizes.
  const sizes = byUnit(new Float64Array(rows.length).fill(1), units);
  let least = Infinity;
  let most = 0;
  for (const size of sizes) {
    least = Math.min(least, size);
    most = Math.max(most, size);
  }
  const stretched: [number, number] = [
    Math.min(range[0] * least, range[0] * most),
    Math.max(range[1] * least, range[1] * most),
  ];
  // Sums round: keep them inside.
  const values = byUnit(rows, units).map((v) => Math.min(stretched[1], Math.max(stretched[0], v)));
  return { values, range: stretched, confidence, sameSize: least === most };
}

/**
 * Hoeffding's interval of an estimate that is a mean of bounded terms. Covers at every sample size.
 *
 * @throws OffPolicyEvaluationError `BAD_OPTION` without a range, `BAD_VALUE` for a term outside it, `NOT_COMPUTABLE` for a
 * self-normalised estimate
 */
export function hoeffdingInterval(terms: EstimatorTerms, options: BoundedIntervalOptions): Interval {
  const { values, range, confidence } = boundedValues("hoeffdingInterval", terms, options);
  const { mean, interval } = hoeffdingMeanInterval(values, { range, confidence });
  return { value: mean, lower: interval[0], upper: interval[1], confidence, method: "hoeffding" };
}

/**
 * Maurer–Pontil empirical-Bernstein interval of an estimate that is a mean of bounded terms: narrower than Hoeffding's when
 * the variance is small beside the range. Covers at every sample size.
 *
 * @throws OffPolicyEvaluationError as {@link hoeffdingInterval}
 */
export function empiricalBernsteinInterval(terms: EstimatorTerms, options: BoundedIntervalOptions): Interval {
  const { values, range, confidence } = boundedValues("empiricalBernsteinInterval", terms, options);
  const { mean, interval } = empiricalBernsteinMeanInterval(values, { range, confidence });
  return { value: mean, lower: interval[0], upper: interval[1], confidence, method: "empirical-bernstein" };
}

/**
 * Hedged betting interval of an estimate that is a mean of bounded terms: the narrowest of those that cover at every sample
 * size. Depends on the order of the rows, which must not be chosen by their values. Bets are against one mean of all units, so
 * clusters must be of one size.
 *
 * @throws OffPolicyEvaluationError as {@link hoeffdingInterval}; `NOT_COMPUTABLE` also for clusters of different sizes
 */
export function bettingInterval(terms: EstimatorTerms, options: BoundedIntervalOptions): Interval {
  const { values, range, confidence, sameSize } = boundedValues("bettingInterval", terms, options);
  if (!sameSize)
    throw new OffPolicyEvaluationError(
      "NOT_COMPUTABLE",
      "bettingInterval: clusters must have as many rows each; hoeffdingInterval and empiricalBernsteinInterval take any",
    );
  const width = range[1] - range[0];
  let sum = 0;
  const scaled = values.map((value) => {
    sum += value;
    return Math.min(1, Math.max(0, (value - range[0]) / width));
  });
  const [lower, upper] = hedgedBettingInterval(scaled, { confidence });
  return {
    value: sum / values.length,
    lower: range[0] + lower * width,
    upper: range[0] + upper * width,
    confidence,
    method: "betting",
  };
}
