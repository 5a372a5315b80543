import { fitGeneralizedPareto } from "@longview/statistics";

/** Weights closer than this are one. */
const TIE = 1e-9;
/** Different weights above the threshold that a fit needs. */
const LEAST_DISTINCT = 10;

/** How heavy the upper tail of weights is. */
export interface ParetoTail {
  /** k̂: moments of order ≥ 1/k̂ do not exist. NaN when fewer than 10 different weights stand out. */
  readonly shape: number;
  /** Weights in the tail. */
  readonly count: number;
  /** The tail starts above this weight. */
  readonly threshold: number;
  /** Good < 0.5 ≤ fair < 0.7 ≤ bad (as Pareto-smoothed importance sampling); unknown where k̂ is NaN. */
  readonly verdict: "good" | "fair" | "bad" | "unknown";
}

/**
 * Pareto k̂ of importance weights: a generalised Pareto distribution fitted to the largest `min(n/5, 3√n)` of the n weights.
 *
 * From ½ on the variance of an IPS estimate may not exist, and its standard error means nothing.
 *
 * @param weights - >= 0
 * @see Vehtari, Simpson, Gelman, Yao & Gabry (2024), "Pareto smoothed importance sampling"
 */
export function paretoTail(weights: ArrayLike<number>): ParetoTail {
  return paretoTailOfLargest(Float64Array.from(weights).sort(), weights.length);
}

/**
 * {@link paretoTail} from the largest weights alone; with too few of them the tail starts at the least that is there.
 *
 * @param largest - ascending
 * @param count - weights in all
 */
export function paretoTailOfLargest(largest: Float64Array, count: number): ParetoTail {
  const wanted = Math.min(Math.floor(Math.min(count / 5, 3 * Math.sqrt(count))), largest.length);
  const first = largest.length - wanted;
  const threshold = first > 0 ? largest[first - 1]! : count > largest.length ? (largest[0] ?? 0) : 0;
  let start = first;
  // Ties with the threshold do not exceed it, nor does what rounding keeps apart.
  while (start < largest.length && !(largest[start]! > threshold * (1 + TIE))) start++;
  const tail = largest.subarray(start);
  const unknown = { shape: Number.NaN, count: tail.length, threshold, verdict: "unknown" } as const;
  // Equal weights are one context and action seen again (or one user's), not more of the tail: a fit to ties finds any shape.
  const exceedances = tail
    .filter((weight, i) => i === 0 || weight > tail[i - 1]! * (1 + TIE))
    .map((weight) => weight - threshold);
  if (exceedances.length < LEAST_DISTINCT) return unknown;
  const { shape } = fitGeneralizedPareto(exceedances, true);
  if (Number.isNaN(shape)) return unknown;
  return {
    shape,
    count: tail.length,
    threshold,
    verdict: shape < 0.5 ? "good" : shape < 0.7 ? "fair" : "bad",
  };
}
