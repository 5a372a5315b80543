import { checkedConfidence, checkValues } from "./checks.ts";
import { studentQuantile } from "./student-quantile.ts";

/**
 * Owen's empirical likelihood-ratio statistic of "the mean is m": `2 Σ ln(1 + λ (xᵢ − m))` with
 * `Σ (xᵢ − m) / (1 + λ (xᵢ − m)) = 0`. Asymptotically chi-squared with one degree; ∞ outside the convex hull.
 *
 * @param values - at least 2, finite
 * @see Owen (2001), "Empirical likelihood", section 2.9
 */
export function empiricalLikelihoodStatistic(values: ArrayLike<number>, m: number): number {
  const count = values.length;
  let least = Infinity;
  let most = -Infinity;
  for (let i = 0; i < count; i++) {
    least = Math.min(least, values[i]! - m);
    most = Math.max(most, values[i]! - m);
  }
  if (least === 0 && most === 0) return 0;
  if (!(least < 0 && most > 0)) return Infinity;
  // Every weight is at most 1, so 1 + λ d ≥ 1/n bounds λ.
  let low = (1 / count - 1) / most;
  let high = (1 / count - 1) / least;
  let multiplier = 0;
  for (let step = 0; step < 100; step++) {
    let value = 0;
    let slope = 0;
    for (let i = 0; i < count; i++) {
      const d = values[i]! - m;
      const ratio = d / (1 + multiplier * d);
      value += ratio;
      slope -= ratio * ratio;
    }
    if (value > 0) low = multiplier;
    else high = multiplier;
    let next = multiplier - value / slope;
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (Math.abs(next - multiplier) <= 1e-14 * (high - low + Math.abs(next))) break;
    multiplier = next;
  }
  let statistic = 0;
  for (let i = 0; i < count; i++) statistic += Math.log1p(multiplier * (values[i]! - m));
  return Math.max(0, 2 * statistic);
}

/**
 * Empirical-likelihood interval of the mean: the means whose statistic is below the F(1, n − 1) quantile. Follows the
 * sample's skewness and never leaves its hull.
 *
 * @param values - at least 2, finite
 * @throws RangeError for fewer than 2 values or one that is not finite
 */
export function empiricalLikelihoodInterval(
  values: ArrayLike<number>,
  options: { readonly confidence?: number } = {},
): { mean: number; interval: [number, number] } {
  const where = "empiricalLikelihoodInterval";
  const confidence = checkedConfidence(where, options.confidence);
  checkValues(where, values, 2);
  const count = values.length;
  let sum = 0;
  let least = Infinity;
  let most = -Infinity;
  for (let i = 0; i < count; i++) {
    sum += values[i]!;
    least = Math.min(least, values[i]!);
    most = Math.max(most, values[i]!);
  }
  const mean = sum / count;
  if (least === most) return { mean, interval: [mean, mean] };
  // An F(1, d) variable is the square of a t(d).
  const threshold = studentQuantile(0.5 + confidence / 2, count - 1) ** 2;
  const edge = (outside: number): number => {
    let rejected = outside;
    let accepted = mean;
    for (let i = 0; i < 60; i++) {
      const middle = (rejected + accepted) / 2;
      if (empiricalLikelihoodStatistic(values, middle) <= threshold) accepted = middle;
      else rejected = middle;
    }
    return accepted;
  };
  return { mean, interval: [edge(least), edge(most)] };
}
