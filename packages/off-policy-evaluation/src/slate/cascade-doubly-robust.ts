import { meanTerms } from "../bandit/term-forms.ts";
import { checkFinite, checkLength } from "../log/checks.ts";
import type { EstimatorTerms } from "../terms.ts";
import { prefixWeights, type CascadeSlateInput } from "./cascade-log.ts";
import { slateSums } from "./slate-checks.ts";

/** What {@link cascadeDoublyRobust} reads. */
export interface ModelledCascadeInput extends CascadeSlateInput {
  /**
   * Model's expected sum of the rewards from this slot on, given the items up to and including this one,
   * [slates · slotCount]: Q_l(a_1 … a_l); finite.
   */
  readonly predictedReward: Float64Array;
  /** The same before the item of this slot is drawn: Σₐ π(a | a_1 … a_{l−1}) Q_l(…, a), [slates · slotCount]; finite. */
  readonly directValue: Float64Array;
}

/**
 * Cascade doubly robust: `mean(Σ_l w_{1..l} (r_l − Q_l) + w_{1..l−1} Σₐ π Q_l)`, with `w_{1..0} = 1`.
 *
 * Unbiased where RIPS is, whatever the model, and less variable with a fair one.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when a slot's weights are all 0; `EMPTY`, `BAD_LENGTH`, `BAD_VALUE`,
 * `BAD_OPTION`
 * @see Kiyohara, Saito, Matsuhiro, Narita, Shimizu & Yamamoto (2022), "Doubly Robust Off-Policy Evaluation for Ranking
 * Policies under the Cascade Behavior Model"
 */
export function cascadeDoublyRobust(input: ModelledCascadeInput): EstimatorTerms {
  const weight = prefixWeights(input);
  const { slotCount, reward, predictedReward, directValue } = input;
  checkLength("predictedReward", predictedReward, weight.length, "one a slot of each slate");
  checkLength("directValue", directValue, weight.length, "one a slot of each slate");
  checkFinite("predictedReward", predictedReward);
  checkFinite("directValue", directValue);
  return meanTerms(
    slateSums(weight.length / slotCount, slotCount, (entry) => {
      const before = entry % slotCount === 0 ? 1 : weight[entry - 1]!;
      return weight[entry]! * (reward[entry]! - predictedReward[entry]!) + before * directValue[entry]!;
    }),
  );
}
