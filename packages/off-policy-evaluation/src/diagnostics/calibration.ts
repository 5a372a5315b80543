import { chiSquaredUpperTail } from "@longview/statistics";
import { OffPolicyEvaluationError } from "../error.ts";
import { checkLengths, checkWithin } from "../intervals/interval.ts";

/** One bin of predictions. */
export interface CalibrationBin {
  readonly count: number;
  readonly predicted: number;
  readonly observed: number;
  /** Standard error of `observed − predicted`. */
  readonly standardError: number;
}

/** How well predictions agree with what happened. */
export interface Calibration {
  /** Ascending by prediction, about equally many rows each. */
  readonly bins: readonly CalibrationBin[];
  /** Mean |observed − predicted| over bins, by rows. */
  readonly expectedError: number;
  readonly largestError: number;
  /** `mean observed − mean predicted`. */
  readonly bias: number;
  readonly meanSquaredError: number;
  /** Sum over bins of squared z-scores. */
  readonly statistic: number;
  /** P-value of "observed means equal predicted ones in every bin" (chi-squared, one degree a bin: predictions were not fitted on these rows). */
  readonly pValue: number;
}

/** Options of {@link calibration}. */
export interface CalibrationOptions {
  /** Bins wanted; ties stay in one bin. @defaultValue 10 */
  readonly bins?: number;
  /**
   * `"probability"`: predictions are probabilities of a 0/1 outcome, whose variance they give. `"mean"`: the variance is the
   * sample's, in each bin or over all rows if that is larger: a bin where no reward fell has none of its own.
   * @defaultValue "mean"
   */
  readonly kind?: "probability" | "mean";
}

/**
 * Calibration of a reward model (predicted against observed reward of logged actions) or of propensities (probability of an action
 * against whether it was taken). Rows must not be those the model was fitted on.
 *
 * @throws OffPolicyEvaluationError `BAD_LENGTH`, `BAD_VALUE` for a probability outside [0, 1], `BAD_OPTION`
 * @see Hosmer & Lemeshow (1980), "Goodness of fit tests for the multiple logistic regression model"
 */
export function calibration(
  predicted: ArrayLike<number>,
  observed: ArrayLike<number>,
  options: CalibrationOptions = {},
): Calibration {
  const where = "calibration";
  const { bins: wanted = 10, kind = "mean" } = options;
  const count = checkLengths(where, { predicted, observed });
  if (!Number.isSafeInteger(wanted) || wanted < 1)
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `${where}: bins must be a whole number >= 1, got ${wanted}`,
    );
  const binary = kind === "probability";
  checkWithin(where, "prediction", predicted, binary ? 0 : -Infinity, binary ? 1 : Infinity);
  checkWithin(where, "observation", observed, binary ? 0 : -Infinity, binary ? 1 : Infinity);
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => predicted[a]! - predicted[b]!);
  let meanSquaredError = 0;
  for (let i = 0; i < count; i++) meanSquaredError += (observed[i]! - predicted[i]!) ** 2 / count;
  const bins: CalibrationBin[] = [];
  let start = 0;
  for (let k = 1; k <= wanted && start < count; k++) {
    let end = Math.max(start + 1, Math.round((k * count) / wanted));
    while (end < count && predicted[order[end]!] === predicted[order[end - 1]!]) end++;
    bins.push(binOf(order.slice(start, end), predicted, observed, binary ? undefined : meanSquaredError));
    start = end;
  }
  let expectedError = 0;
  let largestError = 0;
  let bias = 0;
  let statistic = 0;
  let tested = 0;
  for (const bin of bins) {
    const error = bin.observed - bin.predicted;
    expectedError += (Math.abs(error) * bin.count) / count;
    largestError = Math.max(largestError, Math.abs(error));
    bias += (error * bin.count) / count;
    if (bin.standardError > 0) statistic += (error / bin.standardError) ** 2;
    else if (Math.abs(error) > 1e-12) statistic = Infinity;
    if (bin.standardError > 0 || Math.abs(error) > 1e-12) tested++;
  }
  return {
    bins,
    expectedError,
    largestError,
    bias,
    meanSquaredError,
    statistic,
    pValue: tested === 0 ? 1 : chiSquaredUpperTail(statistic, tested),
  };
}

function binOf(
  rows: readonly number[],
  predicted: ArrayLike<number>,
  observed: ArrayLike<number>,
  leastVariance: number | undefined,
): CalibrationBin {
  const count = rows.length;
  let p = 0;
  let o = 0;
  for (const i of rows) {
    p += predicted[i]! / count;
    o += observed[i]! / count;
  }
  let variance = 0;
  if (leastVariance === undefined)
    for (const i of rows) variance += (predicted[i]! * (1 - predicted[i]!)) / count;
  else {
    if (count > 1)
      for (const i of rows) variance += (observed[i]! - predicted[i]! - (o - p)) ** 2 / (count - 1);
    variance = Math.max(variance, leastVariance);
  }
  return { count, predicted: p, observed: o, standardError: Math.sqrt(variance / count) };
}
