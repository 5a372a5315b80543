/**
 * Multinomial-logit choice of an interest-exploration user: weight of each slate position is
 * `exp(affinity[topic] + quality − shift)`, with the largest logit as the shift. Returns the total with the weight
 * of no click: `P(i) = weights[i] / total`.
 *
 * @param affinities - [rows, topics]
 * @param noClickLogit - RecSim calls it `no_click_mass`, but it enters as a logit
 * @see RecSim `interest_exploration.py`, `choice_model.py` MultinomialLogitChoiceModel
 */
export function logitWeightsInto(
  weights: Float64Array,
  affinities: Float64Array,
  affinityStart: number,
  candidateTopics: Uint8Array,
  qualities: Float64Array,
  candidateStart: number,
  slates: ArrayLike<number>,
  slateStart: number,
  slots: number,
  noClickLogit: number,
): number {
  let largest = noClickLogit;
  for (let i = 0; i < slots; i++) {
    const candidate = candidateStart + slates[slateStart + i]!;
    const logit = affinities[affinityStart + candidateTopics[candidate]!]! + qualities[candidate]!;
    weights[i] = logit;
    if (logit > largest) largest = logit;
  }
  let total = Math.exp(noClickLogit - largest);
  for (let i = 0; i < slots; i++) {
    const weight = Math.exp(weights[i]! - largest);
    weights[i] = weight;
    total += weight;
  }
  return total;
}
