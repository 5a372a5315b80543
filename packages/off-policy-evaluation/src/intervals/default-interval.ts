import { deviationSums, skewedMeanBounds, studentQuantile } from "@longview/statistics";
import { estimateValue, influenceValues, type EstimatorTerms } from "../terms.ts";
import { OffPolicyEvaluationError } from "../error.ts";
import type { Envelope } from "./envelope.ts";
import { fewOutcomeBounds, type OutcomeSide } from "./few-outcomes.ts";
import { confidenceOf, type Interval, type IntervalOptions } from "./interval.ts";
import { byUnit, meanAndError, unitsOf, type Units } from "./units.ts";

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
  /**
   * Share of the largest weight in the weights' squared deviations from 1 (without an envelope: of the largest influence in all squared
   * influences). It goes to 0 with growing data if and only if the variance exists.
   */
  readonly largestVarianceShare: number;
  /** Whether that share is below 0.15, so that the sample's variance can be believed. */
  readonly tail: "light" | "heavy";
  /** `"skewness"`: t and gamma pivot; `"envelope"`: bounds that need no tail; `"none"`: heavy, and nothing to guard it. */
  readonly guard: "skewness" | "envelope" | "none";
}

/** Influences below this share of the estimate, or of the range of rewards, are rounding: those of constant rewards are not exactly 0. */
const ROUNDING = 1e-12;

/** From this share on one unseen row could overturn the sample's variance. Chosen on `benchmarks/coverage.ts`'s families. */
const HEAVY = 0.15;

/**
 * The interval that reports use unless told otherwise: asymptotic, aware of skewness, kurtosis and clusters, and guarded against
 * weights whose tail a sample does not show.
 *
 * Light tail: the hull of a t interval with kurtosis-matched degrees and a gamma pivot that follows the skewness
 * (`skewedMeanBounds`), on clustered influence values. Heavy tail, given an envelope: one-sided t bounds of the envelope's two
 * means, α/2 each; both are means of non-negative terms, whose lower t bound errs on the safe side exactly when large terms are
 * missing from the sample. Where few outcomes carry a value (rare events, or none at all) both are widened by exact Poisson limits
 * (`fewOutcomeBounds`): that nothing happened in n decisions does not say that nothing can. With an envelope all are cut to the
 * values that rewards allow.
 *
 * Measured coverage and widths: `docs/intervals.md`.
 *
 * @throws OffPolicyEvaluationError `NOT_COMPUTABLE` for fewer than 2 units, `BAD_LENGTH` for an envelope of other rows
 * @see O'Brien (1980), "A limit theorem for sample maxima and heavy branches in Galton–Watson trees", for the share
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
  const largestVarianceShare = largestSquareShare(
    envelope === undefined
      ? influence
      : byUnit(
          envelope.weights.map((w) => w - 1),
          units,
        ),
  );
  const tail = largestVarianceShare >= HEAVY ? "heavy" : "light";
  const sums = deviationSums(influence, 0);
  // Terms that are all alike say nothing about what was not drawn.
  const size = Math.max(Math.abs(value), envelope?.scale ?? 0);
  const alike = sums.second <= units.count * (ROUNDING * size) ** 2;
  const few = offsetsOfFew(influence, { value, envelope, units, confidence });
  if (envelope !== undefined && !envelope.exact && (tail === "heavy" || alike)) {
    const quantile = studentQuantile(0.5 + confidence / 2, units.count - 1);
    const low = meanAndError(envelope.lower, units);
    const high = meanAndError(envelope.upper, units);
    return {
      value,
      ...clipped(
        value,
        Math.min(envelope.lowerOffset + low.mean - quantile * low.standardError, value + few[0]),
        Math.max(envelope.upperOffset - high.mean + quantile * high.standardError, value + few[1]),
        envelope,
      ),
      confidence,
      method: "default",
      largestVarianceShare,
      tail,
      guard: "envelope",
    };
  }
  const [below, above] = skewedMeanBounds(sums, confidence);
  return {
    value,
    ...clipped(value, value + Math.min(below, few[0]), value + Math.max(above, few[1]), envelope),
    confidence,
    method: "default",
    largestVarianceShare,
    tail,
    guard: tail === "heavy" ? "none" : "skewness",
  };
}

interface FewOptions {
  readonly value: number;
  readonly envelope: Envelope | undefined;
  readonly units: Units;
  readonly confidence: number;
}

/** How far a value may lie from its estimate because few outcomes carry it; nothing where that is not known, or they are many. */
function offsetsOfFew(
  influence: Float64Array,
  { value, envelope, units, confidence }: FewOptions,
): readonly [number, number] {
  if (envelope?.multipliers === undefined) return [0, 0];
  const heaviest = byUnit(envelope.multipliers, units).reduce((most, each) => Math.max(most, each), 0);
  const { lowerOffset, upperOffset, onlyExtremes = false } = envelope;
  const inside = Math.min(upperOffset, Math.max(lowerOffset, value));
  const above = upperOffset - inside;
  const below = inside - lowerOffset;
  // How many outcomes there were is known where each is all or nothing; else they may all have been as heavy as can be.
  const side = (heaviestOutcome: number, total: number): OutcomeSide => ({
    heaviest: heaviest * heaviestOutcome,
    ...(onlyExtremes ? { total: units.count * total } : {}),
  });
  const bounds = fewOutcomeBounds(
    { influence, gains: side(above, below), losses: side(below, above) },
    confidence,
  );
  return bounds ?? [0, 0];
}

/** The value lies between the offsets; the interval stays around the estimate, which need not. */
function clipped(
  value: number,
  lower: number,
  upper: number,
  envelope: Envelope | undefined,
): { lower: number; upper: number } {
  const { lowerOffset = -Infinity, upperOffset = Infinity } = envelope ?? {};
  return {
    lower: Math.min(value, Math.max(lowerOffset, lower)),
    upper: Math.max(value, Math.min(upperOffset, upper)),
  };
}

function largestSquareShare(deviations: Float64Array): number {
  let largest = 0;
  let total = 0;
  for (const deviation of deviations) {
    const square = deviation * deviation;
    total += square;
    if (square > largest) largest = square;
  }
  return total === 0 ? 0 : largest / total;
}
