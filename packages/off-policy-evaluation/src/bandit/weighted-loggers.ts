import { OffPolicyEvaluationError } from "../error.ts";
import { checkSupport } from "../log/checks.ts";
import { columnMeans, type EstimatorTerms } from "../terms.ts";
import {
  checkLoggers,
  directAndCorrection,
  type SeveralLoggersInput,
  type SeveralLoggersOptions,
} from "./several-loggers.ts";
import { clipped } from "./weight-transforms.ts";

/** A stratum whose variance is below this share of its second moment is constant: what is left is rounding. */
const CONSTANT_SHARE = 1e-12;
/** So is one whose deviation is below this share of the mean of all terms. */
const ROUNDING = 1e-14;

/**
 * Several loggers, weighted: each logger's rows count inversely to the variance σₖ² of their terms,
 * `Σₖ Σ_{i∈k} min(w, λ) r / σₖ² ÷ Σₖ nₖ / σₖ²`; in the doubly robust form the correction is weighed so and the direct
 * term is not.
 *
 * Consistent; biased by O(1/n), because the variances come from the same rows. They are functions of the columns' means,
 * so a resample estimates them anew. Columns: one, and four a logger. A resample where a logger's terms are all equal has
 * the limit for its value: such loggers alone count.
 *
 * @throws OffPolicyEvaluationError `NOT_COMPUTABLE` when one logger's terms are all equal and another's are not: its
 * variance estimate of 0 would count for everything; `NO_SUPPORT` when every weight is 0; `EMPTY`, `BAD_LENGTH`,
 * `BAD_VALUE`, `BAD_OPTION`
 * @see Agarwal, Basu, Schnabel & Joachims (2017), "Effective Evaluation Using Logged Bandit Feedback from Multiple
 * Loggers"
 */
export function weightedLoggers(
  input: SeveralLoggersInput,
  options: SeveralLoggersOptions = {},
): EstimatorTerms {
  checkLoggers(input);
  const { logger, loggerCount } = input;
  const { direct, correction, weight } = directAndCorrection(
    input,
    options,
    clipped(options.maximumWeight ?? Infinity),
  );
  checkSupport("weighted loggers", weight);
  const rowCount = correction.length;
  // Terms less their mean: variances do not change, and their sums keep their digits.
  let centre = 0;
  for (let i = 0; i < rowCount; i++) centre += (direct[i]! + correction[i]!) / rowCount;
  const zeros = (): Float64Array[] => Array.from({ length: loggerCount }, () => new Float64Array(rowCount));
  const corrections = zeros();
  const sums = zeros();
  const squares = zeros();
  const members = zeros();
  for (let i = 0; i < rowCount; i++) {
    const k = logger[i]!;
    const term = direct[i]! + correction[i]! - centre;
    corrections[k]![i] = correction[i]!;
    sums[k]![i] = term;
    squares[k]![i] = term * term;
    members[k]![i] = 1;
  }
  const moments = momentsOfLoggers(loggerCount, centre);
  const terms: EstimatorTerms = {
    columns: [direct, ...corrections, ...sums, ...squares, ...members],
    value(means) {
      const { ratio } = moments(means);
      return means[0]! + ratio;
    },
    gradientInto(out, means) {
      const { ratio, precisionSum, variances, constant } = moments(means);
      out.fill(0);
      out[0] = 1;
      for (let k = 0; k < loggerCount; k++) {
        const variance = variances[k]!;
        const share = means[1 + 3 * loggerCount + k]!;
        if (variance === Infinity || share === 0) continue;
        const correctionMean = means[1 + k]!;
        out[1 + k] = 1 / (variance * precisionSum);
        out[1 + 3 * loggerCount + k] = -ratio / (variance * precisionSum);
        if (constant) continue;
        const mean = means[1 + loggerCount + k]! / share;
        const byVariance = (ratio * share - correctionMean) / (variance * variance * precisionSum);
        out[1 + loggerCount + k] = (byVariance * -2 * mean) / share;
        out[1 + 2 * loggerCount + k] = byVariance / share;
        out[1 + 3 * loggerCount + k]! += (byVariance * (mean * mean - variance)) / share;
      }
    },
  };
  const means = columnMeans(terms);
  const { constant, variances } = moments(means);
  if (
    constant &&
    variances.some((variance, k) => variance === Infinity && means[1 + 3 * loggerCount + k]! > 0)
  ) {
    const equal = variances.findIndex((variance) => variance < Infinity);
    throw new OffPolicyEvaluationError(
      "NOT_COMPUTABLE",
      `weighted loggers: the terms of logger ${equal} are all ${direct[logger.indexOf(equal)]! + correction[logger.indexOf(equal)]!}, so its variance weight is infinite; use the balanced or the naive form`,
    );
  }
  return terms;
}

interface LoggerMoments {
  /** Weighed mean of the corrections. */
  readonly ratio: number;
  readonly precisionSum: number;
  /** Variance of each logger's terms; where some are constant these count 1 and the others ∞. */
  readonly variances: Float64Array;
  readonly constant: boolean;
}

function momentsOfLoggers(loggerCount: number, centre: number): (means: ArrayLike<number>) => LoggerMoments {
  return (means) => {
    const variances = new Float64Array(loggerCount).fill(Infinity);
    let constant = false;
    for (let k = 0; k < loggerCount; k++) {
      const share = means[1 + 3 * loggerCount + k]!;
      if (share === 0) continue;
      const mean = means[1 + loggerCount + k]! / share;
      const second = means[1 + 2 * loggerCount + k]! / share;
      const variance = second - mean * mean;
      variances[k] = variance > Math.max(CONSTANT_SHARE * second, (ROUNDING * centre) ** 2) ? variance : 0;
      constant ||= variances[k] === 0;
    }
    if (constant) for (let k = 0; k < loggerCount; k++) variances[k] = variances[k] === 0 ? 1 : Infinity;
    let numerator = 0;
    let precisionSum = 0;
    for (let k = 0; k < loggerCount; k++) {
      numerator += means[1 + k]! / variances[k]!;
      precisionSum += means[1 + 3 * loggerCount + k]! / variances[k]!;
    }
    return { ratio: numerator / precisionSum, precisionSum, variances, constant };
  };
}
