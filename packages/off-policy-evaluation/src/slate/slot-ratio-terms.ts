import type { EstimatorTerms } from "../terms.ts";

/** `Σ_l mean(w_l r_l) / mean(w_l)`: a numerator and a normaliser for each slot, `slotCount` of the one, then of the other. */
export function slotRatioTerms(
  weight: Float64Array,
  reward: Float64Array,
  slotCount: number,
): EstimatorTerms {
  const slateCount = weight.length / slotCount;
  const numerators = Array.from({ length: slotCount }, () => new Float64Array(slateCount));
  const normalizers = Array.from({ length: slotCount }, () => new Float64Array(slateCount));
  for (let i = 0; i < slateCount; i++)
    for (let slot = 0; slot < slotCount; slot++) {
      const entry = i * slotCount + slot;
      numerators[slot]![i] = weight[entry]! * reward[entry]!;
      normalizers[slot]![i] = weight[entry]!;
    }
  return {
    columns: [...numerators, ...normalizers],
    value(means) {
      let sum = 0;
      for (let slot = 0; slot < slotCount; slot++) sum += means[slot]! / means[slotCount + slot]!;
      return sum;
    },
    gradientInto(out, means) {
      for (let slot = 0; slot < slotCount; slot++) {
        const normalizer = means[slotCount + slot]!;
        out[slot] = 1 / normalizer;
        out[slotCount + slot] = -means[slot]! / (normalizer * normalizer);
      }
    },
  };
}
