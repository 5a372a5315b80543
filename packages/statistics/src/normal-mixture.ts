import { checkedConfidence } from "./checks.ts";

function checkTuning(where: string, variance: number, tuning: number): void {
  if (!(variance >= 0)) throw new RangeError(`${where}: variance must be >= 0, got ${variance}`);
  if (!(tuning > 0 && tuning < Infinity))
    throw new RangeError(`${where}: tuning must be finite and > 0, got ${tuning}`);
}

/**
 * Robbins' two-sided normal-mixture boundary: `√((V + ρ) ln((V + ρ) / (ρ α²)))`.
 *
 * A sum of mean-zero terms with total variance V (normal, or sub-Gaussian with that proxy) stays within it at every time at once
 * with probability ≥ `confidence`. With an estimated variance of unbounded terms this holds in the limit of a late first look
 * (asymptotic confidence sequence): give it the count `t` and multiply by the standard deviation.
 *
 * @param variance - total variance V so far, >= 0
 * @param tuning - ρ > 0, fixed beforehand: {@link normalMixtureTuning}
 * @throws RangeError outside those ranges
 * @see Robbins (1970); Howard, Ramdas, McAuliffe & Sekhon (2021), "Time-uniform, nonparametric, nonasymptotic confidence sequences",
 * equation 14; Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024), "Time-uniform central limit theory and asymptotic confidence
 * sequences"
 * @example
 * normalMixtureRadius(100, normalMixtureTuning(100)); // about 3.07 standard deviations of 10; a fixed look has 1.96
 */
export function normalMixtureRadius(variance: number, tuning: number, confidence = 0.95): number {
  const alpha = 1 - checkedConfidence("normalMixtureRadius", confidence);
  checkTuning("normalMixtureRadius", variance, tuning);
  return Math.sqrt((variance + tuning) * (Math.log1p(variance / tuning) - 2 * Math.log(alpha)));
}

/**
 * P-value that may be looked at any number of times, for a sum of terms of mean 0 under the hypothesis:
 * `√((V + ρ) / ρ) exp(−S² / (2 (V + ρ)))`, at most 1. Below α exactly where the sum leaves {@link normalMixtureRadius}.
 *
 * @throws RangeError as {@link normalMixtureRadius}
 */
export function normalMixturePValue(sum: number, variance: number, tuning: number): number {
  checkTuning("normalMixturePValue", variance, tuning);
  const total = variance + tuning;
  return Math.min(1, Math.exp(0.5 * Math.log1p(variance / tuning) - (sum * sum) / (2 * total)));
}

/**
 * The ρ that makes {@link normalMixtureRadius} narrowest at total variance V: with `x = V / ρ`, the root of
 * `x − ln(1 + x) = −2 ln α`, so that the boundary's derivative in ρ is 0.
 *
 * @param variance - total variance (or count) at which the boundary is to be narrowest, > 0
 */
export function normalMixtureTuning(variance: number, confidence = 0.95): number {
  const alpha = 1 - checkedConfidence("normalMixtureTuning", confidence);
  if (!(variance > 0 && variance < Infinity))
    throw new RangeError(`normalMixtureTuning: variance must be finite and > 0, got ${variance}`);
  const target = -2 * Math.log(alpha);
  // Convex and increasing: Newton from above never overshoots.
  let x = 2 * target + 2;
  for (let i = 0; i < 60; i++) x -= ((x - Math.log1p(x) - target) * (1 + x)) / x;
  return variance / x;
}
