/** How p-values of several hypotheses are corrected. */
export const CORRECTIONS = ["none", "bonferroni", "holm", "benjamini-hochberg"] as const;
/** One of {@link CORRECTIONS}. The first three hold the family-wise error rate, the last the false-discovery rate. */
export type Correction = (typeof CORRECTIONS)[number];

/**
 * Corrected p-values, in the order given: reject hypothesis i at level α when the i-th is ≤ α.
 *
 * Bonferroni and Holm hold the chance of any false rejection under every dependence; Benjamini–Hochberg holds the expected
 * share of false ones among the rejected, under independence or positive dependence.
 *
 * @param pValues - each in [0, 1]
 * @throws RangeError for a p-value outside [0, 1]
 * @see Holm (1979); Benjamini & Hochberg (1995)
 * @example
 * adjustedPValues([0.01, 0.04], "holm"); // => [0.02, 0.04]
 */
export function adjustedPValues(pValues: ArrayLike<number>, correction: Correction): Float64Array {
  const count = pValues.length;
  for (let i = 0; i < count; i++)
    if (!(pValues[i]! >= 0 && pValues[i]! <= 1))
      throw new RangeError(`adjustedPValues: p-value ${i} must be from 0 to 1, got ${pValues[i]}`);
  const adjusted = Float64Array.from({ length: count }, (_, i) => pValues[i]!);
  if (correction === "none") return adjusted;
  if (correction === "bonferroni") return adjusted.map((p) => Math.min(1, p * count));
  const order = Array.from(adjusted.keys()).sort((a, b) => adjusted[a]! - adjusted[b]!);
  const out = new Float64Array(count);
  if (correction === "holm") {
    let largest = 0;
    order.forEach((index, rank) => {
      largest = Math.max(largest, Math.min(1, (count - rank) * adjusted[index]!));
      out[index] = largest;
    });
    return out;
  }
  let smallest = 1;
  for (let rank = count - 1; rank >= 0; rank--) {
    const index = order[rank]!;
    smallest = Math.min(smallest, (count * adjusted[index]!) / (rank + 1));
    out[index] = smallest;
  }
  return out;
}

/**
 * The confidence each of `count` intervals needs, so that all of them cover at once with probability ≥ `confidence`
 * (Bonferroni: no assumption on their dependence).
 */
export function simultaneousConfidence(confidence: number, count: number): number {
  if (!(confidence > 0 && confidence < 1))
    throw new RangeError(`simultaneousConfidence: confidence must be between 0 and 1, got ${confidence}`);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`simultaneousConfidence: count must be a whole number >= 1, got ${count}`);
  return 1 - (1 - confidence) / count;
}
