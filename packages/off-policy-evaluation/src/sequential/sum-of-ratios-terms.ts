import type { EstimatorTerms } from "../terms.ts";

/** `coefficient · mean(numerator) · mean(factor) ÷ mean(denominator)`; columns by index, absent ones are 1. */
export interface RatioPart {
  readonly coefficient: number;
  readonly numerator: number;
  readonly factor?: number;
  readonly denominator?: number;
}

/**
 * The estimate is a sum of ratios of the columns' means.
 *
 * A resample that drew no unit with a denominator has no value: NaN, so that it is seen and not counted as 0.
 */
export function sumOfRatiosTerms(
  columns: readonly Float64Array[],
  parts: readonly RatioPart[],
): EstimatorTerms {
  return {
    columns,
    value: (means) => {
      let sum = 0;
      for (const { coefficient, numerator, factor, denominator } of parts)
        sum += (coefficient * means[numerator]! * mean(means, factor)) / mean(means, denominator);
      return sum;
    },
    gradientInto: (out, means) => {
      out.fill(0);
      for (const { coefficient, numerator, factor, denominator } of parts) {
        const scale = (coefficient * mean(means, factor)) / mean(means, denominator);
        out[numerator] = out[numerator]! + scale;
        if (factor !== undefined)
          out[factor] = out[factor]! + (coefficient * means[numerator]!) / mean(means, denominator);
        if (denominator !== undefined)
          out[denominator] = out[denominator]! - (scale * means[numerator]!) / means[denominator]!;
      }
    },
  };
}

function mean(means: ArrayLike<number>, column: number | undefined): number {
  return column === undefined ? 1 : means[column]!;
}
