import { meanTerms } from "../bandit/term-forms.ts";
import type { EstimatorTerms } from "../terms.ts";
import {
  checkedWeights,
  checkSlotSupport,
  slateCountOf,
  slateSums,
  type SlateRewards,
} from "./slate-checks.ts";
import { slotRatioTerms } from "./slot-ratio-terms.ts";

/** What {@link independentInversePropensity} reads. */
export interface IndependentSlateInput extends SlateRewards {
  /** Logging policy's probability of the item in its slot, others averaged out, [slates · slotCount], in (0, 1]. */
  readonly slotPropensity: Float64Array;
  /** The same of the target policy, in [0, 1]. */
  readonly slotProbability: Float64Array;
}

/**
 * Independent inverse propensity scoring of slates (IIPS): `mean(Σ_l w_l r_l)` with the weight of the item in its slot.
 *
 * Unbiased where a slot's reward depends on the item in that slot alone.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when a slot's weights are all 0; `EMPTY`, `BAD_LENGTH`, `BAD_VALUE`,
 * `BAD_OPTION`
 * @see Li et al. (2018), "Offline Evaluation of Ranking Policies with Click Models"
 */
export function independentInversePropensity(input: IndependentSlateInput): EstimatorTerms {
  const weight = slotWeights(input);
  const { slotCount, reward } = input;
  return meanTerms(
    slateSums(weight.length / slotCount, slotCount, (entry) => weight[entry]! * reward[entry]!),
  );
}

/**
 * Self-normalised IIPS: `Σ_l (Σ w_l r_l ÷ Σ w_l)`, each slot by its own sum of weights.
 *
 * @throws OffPolicyEvaluationError as {@link independentInversePropensity}
 */
export function selfNormalizedIndependentInversePropensity(input: IndependentSlateInput): EstimatorTerms {
  return slotRatioTerms(slotWeights(input), input.reward, input.slotCount);
}

/**
 * Importance weights of items in their slots, [slates · slotCount].
 *
 * @throws OffPolicyEvaluationError as {@link independentInversePropensity}
 */
export function slotWeights(input: IndependentSlateInput): Float64Array {
  const slateCount = slateCountOf(input);
  const weight = checkedWeights(
    { length: slateCount * input.slotCount, meaning: "one a slot of each slate" },
    ["slotPropensity", input.slotPropensity],
    ["slotProbability", input.slotProbability],
  );
  checkSlotSupport("independent inverse propensity", weight, input.slotCount);
  return weight;
}
