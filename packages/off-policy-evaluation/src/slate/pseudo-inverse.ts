import { OffPolicyEvaluationError } from "../error.ts";
import { meanTerms, product, ratioTerms } from "../bandit/term-forms.ts";
import {
  checkCount,
  checkDistributions,
  checkFinite,
  checkIndices,
  checkLength,
  checkRows,
  type NumberTable,
} from "../log/checks.ts";
import type { EstimatorTerms } from "../terms.ts";
import { checkedWeights, checkSlotSupport } from "./slate-checks.ts";

/** What {@link pseudoInverse} reads: rewards of whole slates and a weight for each. */
export interface PseudoInverseInput {
  /** Reward of each slate, [slates]; finite. */
  readonly slateReward: Float64Array;
  /** From {@link factoredSlateWeights} or {@link uniformRankingWeights}, [slates]; finite, may be negative. */
  readonly weight: Float64Array;
}

/**
 * Pseudo-inverse estimator: `mean(w R)` for rewards of whole slates.
 *
 * Unbiased where the slate's expected reward is a sum of unknown contributions of (slot, item) pairs, with weights that
 * grow with the sum over slots and not with their product. Weights may be negative.
 *
 * @throws OffPolicyEvaluationError `EMPTY`, `BAD_LENGTH`, `BAD_VALUE`
 * @see Swaminathan, Krishnamurthy, Agarwal, Dudík, Langford, Jose & Zitouni (2017), "Off-policy evaluation for slate
 * recommendation"
 */
export function pseudoInverse(input: PseudoInverseInput): EstimatorTerms {
  checkInput(input);
  return meanTerms(product(input.weight, input.slateReward));
}

/**
 * Self-normalised pseudo-inverse estimator: `Σ w R ÷ Σ w`.
 *
 * @throws OffPolicyEvaluationError as {@link pseudoInverse}; `NOT_COMPUTABLE` when the weights' sum is not above 0, which
 * negative weights allow
 */
export function selfNormalizedPseudoInverse(input: PseudoInverseInput): EstimatorTerms {
  checkInput(input);
  const sum = input.weight.reduce((total, weight) => total + weight, 0);
  if (!(sum > 0))
    throw new OffPolicyEvaluationError(
      "NOT_COMPUTABLE",
      `self-normalised pseudo-inverse: the weights sum to ${sum}, which must be above 0 to divide by`,
    );
  return ratioTerms(product(input.weight, input.slateReward), input.weight);
}

/** What {@link factoredSlateWeights} reads. */
export interface FactoredSlateInput {
  readonly slotCount: number;
  /** Logging policy's probability of the item in its slot, [slates · slotCount], in (0, 1]. */
  readonly slotPropensity: Float64Array;
  /** Target policy's, in [0, 1]; the target need not draw its slots independently. */
  readonly slotProbability: Float64Array;
}

/**
 * Weights for a logger that draws each slot independently of the others: `1 − L + Σ_l π(a_l) / μ(a_l)`.
 *
 * Not for a logger that draws without replacement (see {@link uniformRankingWeights}): its slots depend on each other.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when a slot's ratios are all 0; `EMPTY`, `BAD_LENGTH`, `BAD_VALUE`,
 * `BAD_OPTION`
 */
export function factoredSlateWeights(input: FactoredSlateInput): Float64Array {
  const { slotCount, slotPropensity, slotProbability } = input;
  checkCount("slotCount", slotCount);
  checkRows("log", slotPropensity.length);
  const slateCount = Math.floor(slotPropensity.length / slotCount);
  const ratio = checkedWeights(
    { length: slateCount * slotCount, meaning: "one a slot of each slate" },
    ["slotPropensity", slotPropensity],
    ["slotProbability", slotProbability],
  );
  checkSlotSupport("pseudo-inverse", ratio, slotCount);
  const weight = new Float64Array(slateCount).fill(1 - slotCount);
  for (let entry = 0; entry < ratio.length; entry++) {
    const slate = Math.floor(entry / slotCount);
    weight[slate] = weight[slate]! + ratio[entry]!;
  }
  return weight;
}

/** What {@link uniformRankingWeights} reads. */
export interface UniformRankingInput {
  readonly slotCount: number;
  /** Items to draw from, >= slotCount, the same for all slates. */
  readonly itemCount: number;
  /** Logged items, [slates · slotCount], different within a slate. */
  readonly item: Int32Array;
  /** Target policy's probability of each item in each slot, others averaged out, [slates · slotCount · itemCount]. */
  readonly targetProbabilities: NumberTable;
}

/**
 * Weights for a logger that draws ordered slates of different items uniformly at random: the closed form of
 * `q_πᵀ Γ⁺ 1_s`, where Γ is the second moment of the logged slates' indicator vectors.
 *
 * With m items, L slots, A the expected number of the logged items that the target would show, and B the expected number
 * that it would show in the same slots: `w = 1 + (A/L − L/m) m (m − 1)/(m − L) + (m − 1)(B − A/L)`, the middle term left
 * out for m = L.
 *
 * @throws OffPolicyEvaluationError `EMPTY`, `BAD_LENGTH`, `BAD_VALUE`, `BAD_OPTION`
 */
export function uniformRankingWeights(input: UniformRankingInput): Float64Array {
  const { slotCount, itemCount, item, targetProbabilities } = input;
  checkCount("slotCount", slotCount);
  checkCount("itemCount", itemCount);
  if (itemCount < slotCount)
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `itemCount is ${itemCount}: at least slotCount, ${slotCount}, is needed`,
    );
  checkRows("log", item.length);
  const slateCount = Math.floor(item.length / slotCount);
  checkLength("item", item, slateCount * slotCount, "slates · slotCount");
  checkIndices("item", item, itemCount);
  checkLength(
    "targetProbabilities",
    targetProbabilities,
    item.length * itemCount,
    "slates · slotCount · itemCount",
  );
  checkDistributions("targetProbabilities", targetProbabilities, itemCount);
  const weight = new Float64Array(slateCount);
  for (let i = 0; i < slateCount; i++) {
    const items = item.subarray(i * slotCount, (i + 1) * slotCount);
    if (new Set(items).size !== slotCount)
      throw new OffPolicyEvaluationError(
        "BAD_VALUE",
        `item: slate ${i} shows an item twice: items must be different`,
      );
    let shown = 0;
    let inPlace = 0;
    for (let slot = 0; slot < slotCount; slot++) {
      const start = (i * slotCount + slot) * itemCount;
      for (const logged of items) shown += targetProbabilities[start + logged]!;
      inPlace += targetProbabilities[start + items[slot]!]!;
    }
    let value = 1 + (itemCount - 1) * (inPlace - shown / slotCount);
    if (itemCount > slotCount)
      value +=
        ((shown / slotCount - slotCount / itemCount) * itemCount * (itemCount - 1)) / (itemCount - slotCount);
    weight[i] = value;
  }
  return weight;
}

function checkInput({ slateReward, weight }: PseudoInverseInput): void {
  checkRows("log", slateReward.length);
  checkLength("weight", weight, slateReward.length, "one a slate");
  checkFinite("slateReward", slateReward);
  checkFinite("weight", weight);
}
