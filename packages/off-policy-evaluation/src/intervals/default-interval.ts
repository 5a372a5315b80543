import { deviationSums, skewedMeanBounds, studentQuantile } from "@longview/statistics";
import { paretoTail } from "../diagnostics/pareto-tail.ts";
import { estimateValue, influenceValues, type EstimatorTerms } from "../terms.ts";
import { OffPolicyEvaluationError } from "../error.ts";
import type { Envelope } from "./envelope.ts";
import { confidenceOf, type Interval, type IntervalOptions } from "./interval.ts";
import { byUnit, meanAndError, unitsOf } from "./units.ts";

/** Options of {@link defaultInterval}. */
export interface DefaultIntervalOptions extends IntervalOptions {
  /**
   * Where the value must lie by what is known of the rewards, row by row as the terms (`valueEnvelope`, `liftEnvelope`). Without it
   * heavy weights cannot be guarded against, and the result says so.
   */
  readonly envelope?: Envelope;
}

/** The default interval, and what it rests on. */
export interface DefaultInterval extends Interval {
  /** Pareto k̂ of the weights (of the influences without an envelope); NaN when too few differ. */
  readonly tailShape: number;
  /** Third moments exist as far as the tail shows (k̂ < 1/3), so that a correction for skewness can be believed. */
  readonly tail: "light" | "heavy";
  /** `"skewness"`: t and Hall's transformation; `"envelope"`: bounds that need no tail; `"none"`: heavy, and nothing to guard it. */
  readonly guard: "skewness" | "envelope" | "none";
}

/** Weights with k̂ from here on have no third moment, which Hall's transformation needs. */
const HEAVY = 1 / 3;

/**
 * The interval that reports use unless told otherwise: asymptotic, aware of skewness, kurtosis and clusters, and guarded against
 * weights whose tail a sample does not show.
 *
 * Light tail: the hull of a t interval with kurtosis-matched degrees and Hall's skewness-corrected one, on clustered influence
 * values. Heavy tail, given an envelope: one-sided t bounds of the envelope's two means, α/2 each; both are means of
 * non-negative terms, whose lower t bound errs on the safe side exactly when large terms are missing from the sample.
 *
 * Measured coverage and widths: `docs/intervals.md`.
 *
 * @throws OffPolicyEvaluationError `NOT_COMPUTABLE` for fewer than 2 units, `BAD_LENGTH` for an envelope of other rows
 */
export function defaultInterval(
  terms: EstimatorTerms,
  options: DefaultIntervalOptions = {},
): DefaultInterval {
  const where = "defaultInterval";
  const confidence = confidenceOf(where, options);
  const { envelope, clusters } = options;
  const value = estimateValue(terms);
  const rows = influenceValues(terms);
  if (envelope !== undefined && envelope.lower.length !== rows.length)
    throw new OffPolicyEvaluationError(
      "BAD_LENGTH",
      `${where}: envelope must have ${rows.length} rows, got ${envelope.lower.length}`,
    );
  const units = unitsOf(where, rows.length, clusters);
  const influence = byUnit(rows, units);
  const weightTail = envelope === undefined ? undefined : paretoTail(byUnit(envelope.weights, units));
  const tailShape = weightTail?.shape ?? influenceTail(influence);
  // So few rows carry weight that there is no tail to look at.
  const scarce = weightTail !== undefined && Number.isNaN(weightTail.shape) && weightTail.threshold === 0;
  const tail = tailShape >= HEAVY || scarce ? "heavy" : "light";
  const sums = deviationSums(influence, 0);
  // Terms that are all alike say nothing about what was not drawn.
  if (envelope !== undefined && !envelope.exact && (tail === "heavy" || sums.second === 0)) {
    const quantile = studentQuantile(0.5 + confidence / 2, units.count - 1);
    const low = meanAndError(envelope.lower, units);
    const high = meanAndError(envelope.upper, units);
    return {
      value,
      lower: Math.min(value, envelope.lowerOffset + low.mean - quantile * low.standardError),
      upper: Math.max(value, envelope.upperOffset - high.mean + quantile * high.standardError),
      confidence,
      method: "default",
      tailShape,
      tail,
      guard: "envelope",
    };
  }
  const [below, above] = skewedMeanBounds(sums, confidence);
  return {
    value,
    lower: value + below,
    upper: value + above,
    confidence,
    method: "default",
    tailShape,
    tail,
    guard: tail === "heavy" ? "none" : "skewness",
  };
}

function influenceTail(influence: Float64Array): number {
  const up = paretoTail(influence.map((d) => Math.max(0, d))).shape;
  const down = paretoTail(influence.map((d) => Math.max(0, -d))).shape;
  return Number.isNaN(up) ? down : Number.isNaN(down) ? up : Math.max(up, down);
}
