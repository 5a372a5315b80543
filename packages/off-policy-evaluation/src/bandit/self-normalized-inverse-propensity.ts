import { checkSupport } from "../log/checks.ts";
import type { BanditLog } from "../log/bandit-log.ts";
import type { EstimatorTerms } from "../terms.ts";
import { product, ratioTerms } from "./term-forms.ts";

/**
 * Self-normalised inverse propensity scoring (SNIPS): `Σ w r / Σ w`.
 *
 * Consistent, biased by O(1/n), within the range of the rewards, and indifferent to a constant added to them. The
 * normaliser is a column of its own, so a bootstrap resamples it with the numerator.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0
 * @see Swaminathan & Joachims (2015), "The Self-Normalized Estimator for Counterfactual Learning"
 * @example
 * const terms = selfNormalizedInversePropensity(log); // weights [1, 3], rewards [0, 1]
 * estimateValue(terms); // => 0.75
 */
export function selfNormalizedInversePropensity(log: BanditLog): EstimatorTerms {
  checkSupport("self-normalised inverse propensity", log.weight);
  return ratioTerms(product(log.weight, log.reward), log.weight);
}
