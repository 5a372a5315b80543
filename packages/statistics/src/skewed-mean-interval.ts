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
  /** Smallest d, ≤ 0. */
  readonly smallest: number;
  /** Largest d, ≥ 0. */
  readonly largest: number;
}

/** Sums of powers of `values − centre`. */
export function deviationSums(values: ArrayLike<number>, centre: number): DeviationSums {
  let second = 0;
  let third = 0;
  let fourth = 0;
  let smallest = 0;
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const d = values[i]! - centre;
    const square = d * d;
    second += square;
    third += square * d;
    fourth += square * square;
    if (d < smallest) smallest = d;
    if (d > largest) largest = d;
  }
  return { count: values.length, second, third, fourth, smallest, largest };
}

/**
 * Offsets of a skewness-aware interval of a mean: the hull of
 * - a t interval whose degrees of freedom follow the sample's kurtosis, `2 (Σd²)² / (Σd⁴ − (Σd²)²/n)`, and
 * - a gamma interval: a shifted gamma distribution with the sum's variance and skewness, and, on the side to which values are
 *   skewed, one more value as large as the largest seen (Fay and Feuer's weighted form of Garwood's interval of a Poisson count,
 *   which it is for counts of rare events). It outweighs the error of order 1/√n that skewness makes, and the one more value
 *   stands for those that a sample of few large values has missed.
 *
 * @returns offsets from the mean, lower ≤ 0 ≤ upper
 * @see Garwood (1936), "Fiducial limits for the Poisson distribution"; Fay & Feuer (1997), "Confidence intervals for directly
 * standardized rates"; Hall (1992), "On the removal of skewness by transformation"
 */
export function skewedMeanBounds(sums: DeviationSums, confidence: number): [number, number] {
  const { count, second, third, fourth, smallest, largest } = sums;
  if (!(second > 0)) return [0, 0];
  const excess = fourth - (second * second) / count;
  const degrees = excess > 0 ? Math.min(count - 1, Math.max(1, (2 * second * second) / excess)) : count - 1;
  const probability = 0.5 + confidence / 2;
  const wide = studentQuantile(probability, degrees) * Math.sqrt(second);
  const small = studentQuantile(probability, count - 1) / normalQuantile(probability);
  const scale = 1 / Math.sqrt(count * (count - 1));
  return [
    -scale * Math.max(wide, small * gammaReach(probability, second, -third, -smallest)),
    scale * Math.max(wide, small * gammaReach(probability, second, third, largest)),
  ];
}

/** How far above its estimate a sum with these central moments may lie; `largest` is the largest deviation on that side. */
function gammaReach(probability: number, second: number, third: number, largest: number): number {
  if (third <= 0) return Math.sqrt(second) * gammaPivot(1 - probability, third / second ** 1.5);
  const variance = second + largest * largest;
  return largest + Math.sqrt(variance) * gammaPivot(probability, (third + largest ** 3) / variance ** 1.5);
}

/** |quantile| of a standardised gamma distribution with this skewness / 2. */
function gammaPivot(probability: number, halfSkewness: number): number {
  const shape = 1 / (halfSkewness * halfSkewness);
  // Nearly symmetric: Cornish and Fisher's expansion, before the difference below loses its digits.
  if (!(shape < 500)) {
    const z = normalQuantile(probability);
    const h = Math.abs(halfSkewness);
    const third = (3 * z ** 4 + 7 * z * z - 16) / 810;
    const fourth = (9 * z ** 5 + 256 * z ** 3 - 433 * z) / 38_880;
    return Math.abs(z + h * ((z * z - 1) / 3 + h * ((z ** 3 - 7 * z) / 36 - h * (third - h * fourth))));
  }
  return Math.abs(gammaincinv(probability, shape) - shape) / Math.sqrt(shape);
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
