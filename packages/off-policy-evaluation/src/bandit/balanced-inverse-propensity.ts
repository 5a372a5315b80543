import {
  checkFinite,
  checkLength,
  checkProbabilities,
  checkRows,
  checkSupport,
  checkWeights,
} from "../log/checks.ts";
import { OffPolicyEvaluationError } from "../error.ts";
import type { EstimatorTerms } from "../terms.ts";
import { product, ratioTerms } from "./term-forms.ts";
import { clipped, transformed } from "./weight-transforms.ts";

/** What {@link balancedInversePropensity} reads: one entry a decision. */
export interface BalancedInput {
  /** Observed reward; finite. */
  readonly reward: Float64Array;
  /** Estimated density ratio of (x, a) under the target against the log; >= 0, finite. */
  readonly estimatedWeight: Float64Array;
}

/** Options of {@link balancedInversePropensity}. */
export interface BalancedOptions {
  /** Largest weight, in [0, ∞]; 0 is its limit, equal weights where the weight is above 0. @defaultValue Infinity */
  readonly maximumWeight?: number;
}

/**
 * Balanced inverse propensity scoring: `Σ v r / Σ v` with density ratios `v` estimated by a classifier that tells the
 * log's (context, action) pairs from the target's; needs no logged propensities.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0; `EMPTY`, `BAD_LENGTH`, `BAD_VALUE`, `BAD_OPTION`
 * @see Sondhi, Arbour & Dimmery (2020), "Balanced Off-Policy Evaluation in General Action Spaces"
 */
export function balancedInversePropensity(
  input: BalancedInput,
  options: BalancedOptions = {},
): EstimatorTerms {
  const { reward, estimatedWeight } = input;
  checkRows("log", reward.length);
  checkLength("estimatedWeight", estimatedWeight, reward.length, "one a reward");
  checkFinite("reward", reward);
  checkWeights("estimatedWeight", estimatedWeight);
  const maximum = options.maximumWeight ?? Infinity;
  const transform = clipped(maximum);
  checkSupport("balanced inverse propensity", estimatedWeight);
  const weight = transformed(estimatedWeight, maximum === 0 ? (value) => (value > 0 ? 1 : 0) : transform);
  return ratioTerms(product(weight, reward), weight);
}

/**
 * Density ratios from a calibrated classifier's probabilities that a pair came from the target: `p / (1 − p)` for as
 * many pairs of each kind.
 *
 * @throws OffPolicyEvaluationError `BAD_VALUE` naming the first probability outside [0, 1)
 */
export function weightsFromClassifier(targetProbability: Float64Array): Float64Array {
  checkProbabilities("targetProbability", targetProbability);
  return targetProbability.map((probability, i) => {
    if (!(probability < 1))
      throw new OffPolicyEvaluationError(
        "BAD_VALUE",
        `targetProbability[${i}] is ${probability}: it must be below 1, or the density ratio is infinite`,
      );
    return probability / (1 - probability);
  });
}
