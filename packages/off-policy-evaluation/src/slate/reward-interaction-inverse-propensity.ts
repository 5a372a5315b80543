import { meanTerms } from "../bandit/term-forms.ts";
import type { EstimatorTerms } from "../terms.ts";
import { prefixWeights, type CascadeSlateInput } from "./cascade-log.ts";
import { slateSums } from "./slate-checks.ts";
import { slotRatioTerms } from "./slot-ratio-terms.ts";

/**
 * Reward-interaction inverse propensity scoring of slates (RIPS): `mean(Σ_l w_{1..l} r_l)` with the weight of the prefix.
 *
 * Unbiased where a slot's reward depends on its item and those above it (a user who reads from the top).
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when a slot's weights are all 0; `EMPTY`, `BAD_LENGTH`, `BAD_VALUE`,
 * `BAD_OPTION`
 * @see McInerney, Brost, Chandar, Mehrotra & Carterette (2020), "Counterfactual Evaluation of Slate Recommendations with
 * Sequential Reward Interactions"
 */
export function rewardInteractionInversePropensity(input: CascadeSlateInput): EstimatorTerms {
  const weight = prefixWeights(input);
  const { slotCount, reward } = input;
  return meanTerms(
    slateSums(weight.length / slotCount, slotCount, (entry) => weight[entry]! * reward[entry]!),
  );
}

/**
 * Self-normalised RIPS: `Σ_l (Σ w_{1..l} r_l ÷ Σ w_{1..l})`.
 *
 * @throws OffPolicyEvaluationError as {@link rewardInteractionInversePropensity}
 */
export function selfNormalizedRewardInteractionInversePropensity(input: CascadeSlateInput): EstimatorTerms {
  const weight = prefixWeights(input);
  return slotRatioTerms(weight, input.reward, input.slotCount);
}
