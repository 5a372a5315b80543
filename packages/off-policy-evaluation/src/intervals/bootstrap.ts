import {
  BootstrapSums,
  normalCumulative,
  normalQuantile,
  sortedQuantile,
  type RandomKey,
} from "@longview/statistics";
import { OffPolicyEvaluationError } from "../error.ts";
import { estimateValue, influenceValues, type EstimatorTerms } from "../terms.ts";
import { confidenceOf, type Interval, type IntervalOptions } from "./interval.ts";
import { byUnit, unitsOf } from "./units.ts";

/** Options of {@link bootstrapInterval}. */
export interface BootstrapIntervalOptions extends IntervalOptions {
  /** Decides every resample. */
  readonly key: RandomKey;
  /** Resamples. @defaultValue 1000 */
  readonly replicates?: number;
  /** `"bca"` corrects the percentiles for bias and skewness. @defaultValue "bca" */
  readonly kind?: "percentile" | "bca";
}

/** A bootstrap interval and the resamples behind it. */
export interface BootstrapInterval extends Interval {
  /** The estimate in each resample, ascending; resamples in which it is undefined (no weight drawn) left out. */
  readonly replicates: Float64Array;
  /** Resamples left out. */
  readonly undefinedReplicates: number;
}

/**
 * Bootstrap interval over estimator terms, in one pass over the data for all resamples.
 *
 * Resampling changes the means of every column, so a self-normaliser varies with its numerator; with `clusters` whole
 * clusters are resampled.
 *
 * @throws OffPolicyEvaluationError `BAD_OPTION` for replicates too few to reach the quantile, `NOT_COMPUTABLE` for fewer than
 * 2 units, `NO_SUPPORT` when the estimate is undefined in more than 1 % of the resamples
 * @see Efron (1987), "Better bootstrap confidence intervals"
 */
export function bootstrapInterval(
  terms: EstimatorTerms,
  options: BootstrapIntervalOptions,
): BootstrapInterval {
  const where = "bootstrapInterval";
  const { key, replicates = 1000, clusters, kind = "bca" } = options;
  const influence = influenceValues(terms);
  const units = unitsOf(where, influence.length, clusters);
  checkReplicates(where, replicates, confidenceOf(where, options));
  const sums = new BootstrapSums({ columns: terms.columns.length, replicates, key });
  sums.add(terms.columns, units.unitOfRow);
  const acceleration = kind === "bca" ? accelerationOf(byUnit(influence, units)) : undefined;
  return bootstrapIntervalFromSums(sums, terms.value, {
    value: estimateValue(terms),
    ...(acceleration === undefined ? {} : { acceleration }),
    confidence: confidenceOf(where, options),
  });
}

/** BCa's acceleration `Σ φ³ / 6 (Σ φ²)^1.5` of the units' influences. */
export function accelerationOf(influence: Float64Array): number {
  let squares = 0;
  let cubes = 0;
  for (const value of influence) {
    squares += value * value;
    cubes += value * value * value;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/**
 * The interval from sums gathered elsewhere, such as over shards or a stream (see `BootstrapSums`).
 *
 * @param value - the estimate from column means
 * @param options.value - the estimate on the data itself
 * @param options.acceleration - given for BCa, see {@link accelerationOf}; absent for percentiles
 * @throws OffPolicyEvaluationError as {@link bootstrapInterval}
 */
export function bootstrapIntervalFromSums(
  sums: BootstrapSums,
  value: (means: ArrayLike<number>) => number,
  options: { readonly value: number; readonly acceleration?: number; readonly confidence?: number },
): BootstrapInterval {
  const where = "bootstrapIntervalFromSums";
  const confidence = confidenceOf(where, options);
  checkReplicates(where, sums.replicates, confidence);
  const means = new Float64Array(sums.columns);
  const estimates = new Float64Array(sums.replicates);
  let defined = 0;
  for (let b = 0; b < sums.replicates; b++) {
    sums.meansInto(means, b);
    const estimate = value(means);
    if (Number.isFinite(estimate)) estimates[defined++] = estimate;
  }
  const missing = sums.replicates - defined;
  if (defined === 0 || missing > 0.01 * sums.replicates)
    throw new OffPolicyEvaluationError(
      "NO_SUPPORT",
      `${where}: the estimate is undefined in ${missing} of ${sums.replicates} resamples: too few units, or too few that carry weight`,
    );
  const sorted = estimates.slice(0, defined).sort();
  let low = (1 - confidence) / 2;
  let high = 1 - low;
  const { acceleration } = options;
  if (acceleration !== undefined) {
    let below = 0;
    for (const estimate of sorted)
      below += estimate < options.value ? 1 : estimate === options.value ? 0.5 : 0;
    const share = Math.min(1 - 0.5 / defined, Math.max(0.5 / defined, below / defined));
    const bias = normalQuantile(share);
    const moved = (p: number): number => {
      const shifted = bias + normalQuantile(p);
      const denominator = 1 - acceleration * shifted;
      // Past the pole the corrected percentile is the end of the distribution.
      return denominator <= 0 ? (shifted > 0 ? 1 : 0) : normalCumulative(bias + shifted / denominator);
    };
    low = moved(low);
    high = moved(high);
  }
  return {
    value: options.value,
    lower: sortedQuantile(sorted, low),
    upper: sortedQuantile(sorted, high),
    confidence,
    method: acceleration === undefined ? "bootstrap-percentile" : "bootstrap-bca",
    replicates: sorted,
    undefinedReplicates: missing,
  };
}

function checkReplicates(where: string, replicates: number, confidence: number): void {
  const least = Math.ceil(2 / (1 - confidence) - 1e-9);
  if (!(Number.isSafeInteger(replicates) && replicates >= least && replicates <= 16384))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `${where}: replicates must be a whole number from ${least} to 16384 at confidence ${confidence}, got ${replicates}`,
    );
}
