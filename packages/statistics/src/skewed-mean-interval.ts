import gammaincinv from "@stdlib/math-base-special-gammaincinv";
import { checkedConfidence, checkValues } from "./checks.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { studentQuantile } from "./student-quantile.ts";

/** Moments that {@link skewedMeanBounds} needs: sums of powers of deviations from the mean. */
export interface DeviationSums {
  readonly count: number;
  /** Σ d². */
  readonly second: number;
  /** Σ d³. */
  readonly third: number;
  /** Σ d⁴. */
  readonly fourth: number;
}

/** Sums of powers of `values − centre`. */
export function deviationSums(values: ArrayLike<number>, centre: number): DeviationSums {
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let i = 0; i < values.length; i++) {
    const d = values[i]! - centre;
    const square = d * d;
    second += square;
    third += square * d;
    fourth += square * square;
  }
  return { count: values.length, second, third, fourth };
}

/**
 * Offsets of a skewness-aware interval of a mean: the hull of
 * - a t interval whose degrees of freedom follow the sample's kurtosis, `2 (Σd²)² / (Σd⁴ − (Σd²)²/n)`, and
 * - a gamma pivot: Garwood's exact interval of a Poisson count whose skewness is that of the mean, `s = Σd³ / (Σd²)^1.5`, in units of
 *   the standard error. For counts of rare events it is that interval itself; for all values it outweighs the
 *   error of order 1/√n that skewness makes, which Johnson's and Hall's transformations remove, and stays finite where those blow up.
 *
 * @returns offsets from the mean, lower ≤ 0 ≤ upper
 * @see Garwood (1936); Hall (1992), "On the removal of skewness by transformation"; Fay & Feuer (1997), "Confidence intervals for directly
 * standardized rates"
 */
export function skewedMeanBounds(sums: DeviationSums, confidence: number): [number, number] {
  const { count, second, third, fourth } = sums;
  if (!(second > 0)) return [0, 0];
  const standardError = Math.sqrt(second / (count - 1) / count);
  const excess = fourth - (second * second) / count;
  const degrees = excess > 0 ? Math.min(count - 1, Math.max(1, (2 * second * second) / excess)) : count - 1;
  const probability = 0.5 + confidence / 2;
  const wide = studentQuantile(probability, degrees);
  const small = studentQuantile(probability, count - 1) / normalQuantile(probability);
  const skewness = third / second ** 1.5;
  const below = small * gammaPivot(probability, -skewness);
  const above = small * gammaPivot(probability, skewness);
  return [-standardError * Math.max(wide, below), standardError * Math.max(wide, above)];
}

/** Distance from the estimate to its bound on the side that skewness > 0 stretches, in standard errors. */
function gammaPivot(probability: number, skewness: number): number {
  const events = 1 / (skewness * skewness);
  // Nearly symmetric: the first term of the expansion, before the difference below loses its digits.
  if (!(events < 1e8)) {
    const z = normalQuantile(probability);
    return z + (skewness * (skewness > 0 ? z * z + 2 : z * z - 1)) / 3;
  }
  const edge = skewness > 0 ? gammaincinv(probability, events + 1) : gammaincinv(1 - probability, events);
  return Math.abs(edge - events) / Math.sqrt(events);
}

/**
 * Interval of the mean of independent values, right under skewness and heavy kurtosis where a t interval covers too little.
 *
 * @param values - at least 2, finite
 * @throws RangeError for fewer than 2 values or one that is not finite
 */
export function skewedMeanInterval(
  values: ArrayLike<number>,
  options: { readonly confidence?: number } = {},
): { mean: number; interval: [number, number] } {
  const confidence = checkedConfidence("skewedMeanInterval", options.confidence);
  checkValues("skewedMeanInterval", values, 2);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const mean = sum / values.length;
  const [below, above] = skewedMeanBounds(deviationSums(values, mean), confidence);
  return { mean, interval: [mean + below, mean + above] };
}
