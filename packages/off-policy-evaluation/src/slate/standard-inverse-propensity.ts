import { product, meanTerms, ratioTerms } from "../bandit/term-forms.ts";
import { checkSupport } from "../log/checks.ts";
import type { EstimatorTerms } from "../terms.ts";
import { checkedWeights, slateCountOf, slateSums, type SlateRewards } from "./slate-checks.ts";

/** What {@link standardInversePropensity} reads. */
export interface StandardSlateInput extends SlateRewards {
  /** Logging policy's probability of the whole slate, [slates], in (0, 1]. */
  readonly slatePropensity: Float64Array;
  /** Target policy's probability of the whole slate, [slates], in [0, 1]. */
  readonly slateProbability: Float64Array;
}

/**
 * Standard inverse propensity scoring of slates (SIPS): `mean(w Σ_l r_l)` with the weight of the whole slate.
 *
 * Unbiased whatever the user does. Weights multiply over slots, so the variance is soon hopeless.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0; `EMPTY`, `BAD_LENGTH`, `BAD_VALUE`, `BAD_OPTION`
 * @see Precup, Sutton & Singh (2000), "Eligibility Traces for Off-Policy Policy Evaluation"
 */
export function standardInversePropensity(input: StandardSlateInput): EstimatorTerms {
  const { weight, total } = weighedTotals(input);
  return meanTerms(product(weight, total));
}

/**
 * Self-normalised SIPS: `Σ w Σ_l r_l ÷ Σ w`; consistent where SIPS is unbiased.
 *
 * @throws OffPolicyEvaluationError as {@link standardInversePropensity}
 */
export function selfNormalizedStandardInversePropensity(input: StandardSlateInput): EstimatorTerms {
  const { weight, total } = weighedTotals(input);
  return ratioTerms(product(weight, total), weight);
}

/**
 * Importance weights of whole slates, [slates].
 *
 * @throws OffPolicyEvaluationError as {@link standardInversePropensity}
 */
export function slateWeights(input: StandardSlateInput): Float64Array {
  const weight = checkedWeights(
    { length: slateCountOf(input), meaning: "one a slate" },
    ["slatePropensity", input.slatePropensity],
    ["slateProbability", input.slateProbability],
  );
  checkSupport("standard inverse propensity", weight);
  return weight;
}

function weighedTotals(input: StandardSlateInput): { weight: Float64Array; total: Float64Array } {
  const weight = slateWeights(input);
  return { weight, total: slateSums(weight.length, input.slotCount, (entry) => input.reward[entry]!) };
}
