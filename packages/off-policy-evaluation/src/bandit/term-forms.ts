import type { EstimatorTerms } from "../terms.ts";

/** The estimate is the mean of one column. */
export function meanTerms(column: Float64Array): EstimatorTerms {
  return {
    columns: [column],
    value: (means) => means[0]!,
    gradientInto: (out) => {
      out[0] = 1;
    },
  };
}

/**
 * The estimate is `mean(numerator) / mean(denominator)`.
 *
 * A resample that drew no unit with a denominator has no value: NaN, so that it is seen and not counted as 0.
 */
export function ratioTerms(numerator: Float64Array, denominator: Float64Array): EstimatorTerms {
  return {
    columns: [numerator, denominator],
    value: (means) => means[0]! / means[1]!,
    gradientInto: (out, means) => {
      out[0] = 1 / means[1]!;
      out[1] = -means[0]! / (means[1]! * means[1]!);
    },
  };
}

/** The estimate is `mean(base) + mean(numerator) / mean(denominator)`; NaN as {@link ratioTerms}. */
export function baseAndRatioTerms(
  base: Float64Array,
  numerator: Float64Array,
  denominator: Float64Array,
): EstimatorTerms {
  return {
    columns: [base, numerator, denominator],
    value: (means) => means[0]! + means[1]! / means[2]!,
    gradientInto: (out, means) => {
      out[0] = 1;
      out[1] = 1 / means[2]!;
      out[2] = -means[1]! / (means[2]! * means[2]!);
    },
  };
}

/** `left[i] · right[i]`. */
export function product(left: ArrayLike<number>, right: ArrayLike<number>): Float64Array {
  const out = new Float64Array(left.length);
  for (let i = 0; i < out.length; i++) out[i] = left[i]! * right[i]!;
  return out;
}
