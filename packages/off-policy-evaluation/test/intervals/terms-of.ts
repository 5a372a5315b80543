import type { EstimatorTerms } from "../../src/index.ts";

/** Terms of a plain mean. */
export function meanTerms(values: ArrayLike<number>): EstimatorTerms {
  return {
    columns: [Float64Array.from(values)],
    value: (means) => means[0]!,
    gradientInto: (out) => void (out[0] = 1),
  };
}

/** Terms of a self-normalised mean `Σ w r / Σ w`. */
export function ratioTerms(weights: ArrayLike<number>, rewards: ArrayLike<number>): EstimatorTerms {
  return {
    columns: [Float64Array.from(weights, (w, i) => w * rewards[i]!), Float64Array.from(weights)],
    value: (means) => means[0]! / means[1]!,
    gradientInto: (out, means) => {
      out[0] = 1 / means[1]!;
      out[1] = -means[0]! / means[1]! ** 2;
    },
  };
}
