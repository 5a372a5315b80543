import { checkValues } from "./checks.ts";

/**
 * Kolmogorov's limiting distribution: P(sup |B| > x) for a Brownian bridge B, `2 Σ (−1)^{k−1} e^{−2k²x²}`.
 *
 * @param x - ≥ 0
 * @throws RangeError when `x` is negative or NaN
 * @see Kolmogorov (1933); Marsaglia, Tsang & Wang (2003), "Evaluating Kolmogorov's distribution"
 */
export function kolmogorovUpperTail(x: number): number {
  if (!(x >= 0)) throw new RangeError(`kolmogorovUpperTail: x must be >= 0, got ${x}`);
  if (x < 0.04) return 1;
  // Jacobi's transform of the same sum: it converges fast where the alternating one cancels.
  if (x < 1) {
    let sum = 0;
    for (let k = 1; k <= 7; k += 2) sum += Math.exp((-k * k * Math.PI * Math.PI) / (8 * x * x));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  let tail = 0;
  for (let k = 4; k >= 1; k--) tail = Math.exp(-2 * k * k * x * x) - tail;
  return 2 * tail;
}

/**
 * Two-sided p-value of a Kolmogorov–Smirnov distance, with Stephens' correction of the limit for finite samples:
 * `K((√n + 0.12 + 0.11 / √n) · distance)`, n = count · otherCount / (count + otherCount).
 *
 * Observations are supposed independent and continuous; for laws with ties it errs on the large side.
 *
 * @param distance - in [0, 1]
 * @param count - observations, > 0
 * @param otherCount - observations of the second sample; Infinity for a known distribution. @defaultValue Infinity
 * @throws RangeError outside those ranges
 * @see Stephens (1970), "Use of the Kolmogorov–Smirnov, Cramér–von Mises and related statistics without extensive tables"
 */
export function kolmogorovSmirnovPValue(distance: number, count: number, otherCount = Infinity): number {
  if (!(distance >= 0 && distance <= 1))
    throw new RangeError(`kolmogorovSmirnovPValue: distance must be from 0 to 1, got ${distance}`);
  if (!(count > 0)) throw new RangeError(`kolmogorovSmirnovPValue: count must be > 0, got ${count}`);
  if (!(otherCount > 0))
    throw new RangeError(`kolmogorovSmirnovPValue: otherCount must be > 0, got ${otherCount}`);
  const root = Math.sqrt(1 / (1 / count + 1 / otherCount));
  return kolmogorovUpperTail((root + 0.12 + 0.11 / root) * distance);
}

/**
 * Two-sample Kolmogorov–Smirnov distance: the largest difference of the two empirical distribution functions.
 *
 * @param sorted - ascending, at least one
 * @param otherSorted - ascending, at least one
 * @throws RangeError for an empty sample or a value that is not finite
 */
export function kolmogorovSmirnovDistance(sorted: ArrayLike<number>, otherSorted: ArrayLike<number>): number {
  checkValues("kolmogorovSmirnovDistance", sorted, 1);
  checkValues("kolmogorovSmirnovDistance", otherSorted, 1);
  let i = 0;
  let j = 0;
  let distance = 0;
  while (i < sorted.length && j < otherSorted.length) {
    const value = Math.min(sorted[i]!, otherSorted[j]!);
    while (i < sorted.length && sorted[i]! <= value) i++;
    while (j < otherSorted.length && otherSorted[j]! <= value) j++;
    distance = Math.max(distance, Math.abs(i / sorted.length - j / otherSorted.length));
  }
  return distance;
}
