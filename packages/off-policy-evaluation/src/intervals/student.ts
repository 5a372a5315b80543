import { normalQuantile, studentQuantile } from "@longview/statistics";
import { estimateValue, influenceValues, type EstimatorTerms } from "../terms.ts";
import { confidenceOf, type Interval, type IntervalOptions } from "./interval.ts";
import { meanAndError, unitsOf } from "./units.ts";

/**
 * Standard error of an estimate by the delta method: of the mean of its influence values, clustered when asked.
 *
 * @throws OffPolicyEvaluationError `NOT_COMPUTABLE` for fewer than 2 units
 */
export function standardErrorOf(terms: EstimatorTerms, clusters?: ArrayLike<number>): number {
  const influence = influenceValues(terms);
  return meanAndError(influence, unitsOf("standardErrorOf", influence.length, clusters)).standardError;
}

/**
 * Student t interval on influence values: `estimate ± t · standard error`, two-sided (quantile 1 − α/2), units − 1 degrees.
 *
 * Covers too little for skewed terms: sparse rewards, heavy weights. See `docs/intervals.md`.
 *
 * @param options.distribution - `"normal"` takes the normal quantile instead. @defaultValue "student"
 */
export function studentInterval(
  terms: EstimatorTerms,
  options: IntervalOptions & { readonly distribution?: "student" | "normal" } = {},
): Interval {
  const confidence = confidenceOf("studentInterval", options);
  const { distribution = "student" } = options;
  const influence = influenceValues(terms);
  const units = unitsOf("studentInterval", influence.length, options.clusters);
  const { standardError } = meanAndError(influence, units);
  const probability = 0.5 + confidence / 2;
  const quantile =
    distribution === "student" ? studentQuantile(probability, units.count - 1) : normalQuantile(probability);
  const value = estimateValue(terms);
  const half = quantile * standardError;
  return { value, lower: value - half, upper: value + half, confidence, method: distribution };
}
