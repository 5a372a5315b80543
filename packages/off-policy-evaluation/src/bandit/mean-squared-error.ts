import { OffPolicyEvaluationError } from "../error.ts";
import { checkOption } from "../log/checks.ts";
import { influenceValues, type EstimatorTerms } from "../terms.ts";

/** What {@link meanSquaredErrorScore} reads. */
export interface MeanSquaredErrorInput {
  readonly terms: EstimatorTerms;
  /** Importance weights of the rows. */
  readonly weight: Float64Array;
  /** Weights that the estimator used in their place. */
  readonly usedWeight: Float64Array;
  /** What the weights multiply: the reward, or the model's residual. */
  readonly residual: Float64Array;
}

/** Options of {@link meanSquaredErrorScore}. */
export interface MeanSquaredErrorOptions {
  /** Adds to the bias what chance may hide of it (Bernstein's inequality), so that clipping must earn its keep. @defaultValue true */
  readonly boundBias?: boolean;
  /** Probability that the bound fails, in (0, 1). @defaultValue 0.1 */
  readonly errorProbability?: number;
  /** Largest |residual|. @defaultValue 1 */
  readonly residualRange?: number;
  /** Largest importance weight that can occur. @defaultValue the largest in the log, good enough to choose by */
  readonly maximumWeight?: number;
}

/**
 * An estimate, or upper bound, of an estimator's mean squared error: the variance of its mean plus its squared bias,
 * `|mean((w − ŵ) ρ)|` for residuals ρ.
 *
 * For choosing a hyper-parameter; no interval follows from it.
 *
 * @see Su, Dimakopoulou, Krishnamurthy & Dudík (2020), section 5
 */
export function meanSquaredErrorScore(
  input: MeanSquaredErrorInput,
  options: MeanSquaredErrorOptions = {},
): number {
  const { terms, weight, usedWeight, residual } = input;
  const { boundBias = true, errorProbability = 0.1, residualRange = 1, maximumWeight } = options;
  checkOption("errorProbability", errorProbability, Number.MIN_VALUE, 1 - Number.EPSILON);
  checkOption("residualRange", residualRange, 0, Number.MAX_VALUE);
  const count = weight.length;
  const influence = influenceValues(terms);
  if (influence.length !== count)
    throw new OffPolicyEvaluationError(
      "BAD_LENGTH",
      `terms have ${influence.length} units: ${count} are needed (one a weight)`,
    );
  let squares = 0;
  let difference = 0;
  let weightSquares = 0;
  let largest = 0;
  for (let i = 0; i < count; i++) {
    squares += influence[i]! * influence[i]!;
    difference += (weight[i]! - usedWeight[i]!) * residual[i]!;
    weightSquares += weight[i]! * weight[i]!;
    largest = Math.max(largest, weight[i]!);
  }
  let bias = Math.abs(difference / count);
  if (boundBias) {
    const log = Math.log(2 / errorProbability);
    bias +=
      residualRange *
      (Math.sqrt((2 * (weightSquares / count) * log) / count) +
        (2 * (maximumWeight ?? largest) * log) / (3 * count));
  }
  return squares / count / count + bias * bias;
}
