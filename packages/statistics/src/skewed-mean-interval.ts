import { checkedConfidence, checkValues } from "./checks.ts";
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
 * Offsets of a skewness-aware interval of a mean: the hull of a t interval whose degrees of freedom follow the sample's
 * kurtosis, `2 (Σd²)² / (Σd⁴ − (Σd²)²/n)`, and of Hall's cubic transformation of the t statistic, which removes the error
 * that skewness makes.
 *
 * @returns offsets from the mean, lower ≤ 0 ≤ upper
 * @see Hall (1992), "On the removal of skewness by transformation"; Johnson (1978), "Modified t tests and confidence intervals"
 */
export function skewedMeanBounds(sums: DeviationSums, confidence: number): [number, number] {
  const { count, second, third, fourth } = sums;
  if (!(second > 0)) return [0, 0];
  const standardError = Math.sqrt(second / (count - 1) / count);
  const excess = fourth - (second * second) / count;
  const degrees = excess > 0 ? Math.min(count - 1, Math.max(1, (2 * second * second) / excess)) : count - 1;
  const probability = 0.5 + confidence / 2;
  const wide = studentQuantile(probability, degrees);
  const plain = studentQuantile(probability, count - 1);
  // Skewness of the mean: γ/√n.
  const skewness = third / count / (second / count) ** 1.5 / Math.sqrt(count);
  return [
    -standardError * Math.max(wide, inverseHall(plain, skewness)),
    -standardError * Math.min(-wide, inverseHall(-plain, skewness)),
  ];
}

/** t with `t + s t²/3 + s² t³/27 + s/6 = y`. */
function inverseHall(y: number, skewness: number): number {
  const a = skewness / 3;
  const moved = y - skewness / 6;
  if (Math.abs(a) < 1e-9) return moved;
  return (Math.cbrt(1 + 3 * a * moved) - 1) / a;
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
