/** The numbers that govern an interest-evolution user. */
export interface InterestEvolutionLaw {
  readonly topics: number;
  /** Added to each affinity to make it a nonnegative weight (RecSim: minus `min_normalizer`, so 1). */
  readonly weightOffset: number;
  /** Weight of choosing nothing, before the offset is added. */
  readonly noClickMass: number;
  /** Minutes of one document. */
  readonly documentLength: number;
  /** Budget lost when nothing is clicked, minutes. */
  readonly stepPenalty: number;
  /** Share of the watched minutes that a document of quality 1 gives back to the budget. */
  readonly qualityCredit: number;
  /** y of the interest step, in [0, 1]. */
  readonly interestStep: number;
  /** `recsim`: Δ = y(1 − |x|)(1 − x), as the code has it. `slateq-paper`: Δ = −y(1 − |x|)x. */
  readonly interestRule: "recsim" | "slateq-paper";
}

/**
 * Multinomial proportional choice: weight of each slate position is the user's interest in its topic plus the
 * offset. Returns the total with the weight of no click: `P(i) = weights[i] / total`.
 *
 * @param interests - [rows, topics]
 * @param candidateTopics - [rows, candidates]
 * @param slates - [rows, slots], positions into the row's candidates
 * @see RecSim `choice_model.py`, MultinomialProportionalChoiceModel
 */
export function slateWeightsInto(
  weights: Float64Array,
  law: InterestEvolutionLaw,
  interests: Float64Array,
  interestStart: number,
  candidateTopics: Uint8Array,
  candidateStart: number,
  slates: ArrayLike<number>,
  slateStart: number,
  slots: number,
): number {
  let total = law.noClickMass + law.weightOffset;
  for (let i = 0; i < slots; i++) {
    const topic = candidateTopics[candidateStart + slates[slateStart + i]!]!;
    const weight = interests[interestStart + topic]! + law.weightOffset;
    weights[i] = weight;
    total += weight;
  }
  return total;
}

/**
 * The user watches a document: interest in its topic steps up or down, the budget pays for the minutes and is
 * credited for quality. Returns the minutes watched, `min(budget, length)`.
 *
 * With `x` the interest before: `x ← clip(x ± Δ, −1, 1)`, up with probability `(x + 1) / 2`.
 *
 * @param flip - the uniform draw that decides up or down
 * @see RecSim `interest_evolution.py`, `IEvUserModel.update_state`; SlateQ (Ie et al. 2019)
 */
export function watch(
  law: InterestEvolutionLaw,
  interests: Float64Array,
  interestStart: number,
  budgets: Float64Array,
  row: number,
  topic: number,
  quality: number,
  flip: number,
): number {
  const at = interestStart + topic;
  const before = interests[at]!;
  const pull = law.interestRule === "recsim" ? 1 - before : -before;
  const delta = (-law.interestStep * Math.abs(before) + law.interestStep) * pull;
  const after = flip < (before + 1) / 2 ? before + delta : before - delta;
  interests[at] = after > 1 ? 1 : after < -1 ? -1 : after;
  const budget = budgets[row]!;
  const minutes = budget < law.documentLength ? budget : law.documentLength;
  budgets[row] = budget - minutes + law.qualityCredit * minutes * quality;
  return minutes;
}

/** Nothing was clicked: the budget pays the step penalty. */
export function skip(law: InterestEvolutionLaw, budgets: Float64Array, row: number): void {
  budgets[row] = budgets[row]! - law.stepPenalty;
}

/**
 * Mean quality of each topic: `linspace(lowest, 0)` over the first `⌊share · topics⌋` (trashy) topics, then
 * `linspace(0, highest)` over the others (nutritious).
 */
export function topicMeanQualities(
  topics: number,
  lowest: number,
  highest: number,
  trashyShare: number,
): Float64Array {
  const trashy = Math.floor(trashyShare * topics + 1e-9);
  const means = new Float64Array(topics);
  for (let i = 0; i < trashy; i++) means[i] = trashy === 1 ? lowest : lowest - (lowest * i) / (trashy - 1);
  const nutritious = topics - trashy;
  for (let i = 0; i < nutritious; i++)
    means[trashy + i] = nutritious === 1 ? 0 : (highest * i) / (nutritious - 1);
  return means;
}
