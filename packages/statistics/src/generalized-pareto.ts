import { checkValues } from "./checks.ts";

/** A generalised Pareto distribution of what exceeds a threshold. */
export interface GeneralizedParetoFit {
  /** Shape k̂: moments of order ≥ 1/k do not exist. Negative for a bounded tail. */
  readonly shape: number;
  /** Scale σ̂. */
  readonly scale: number;
}

/**
 * Generalised Pareto fit by Zhang and Stephens' empirical Bayes estimate.
 *
 * @param exceedances - values − threshold, each > 0, ascending, at least 5
 * @param regularised - draw the shape towards ½ as if 10 more values said so (Vehtari et al., for few values).
 * @throws RangeError for too few or non-positive values
 * @see Zhang & Stephens (2009), "A new and efficient estimation method for the generalized Pareto distribution"
 * @see Vehtari, Simpson, Gelman, Yao & Gabry (2024), "Pareto smoothed importance sampling", appendix C
 */
export function fitGeneralizedPareto(
  exceedances: ArrayLike<number>,
  regularised = false,
): GeneralizedParetoFit {
  checkValues("fitGeneralizedPareto", exceedances, 5, Number.MIN_VALUE);
  const count = exceedances.length;
  const largest = exceedances[count - 1]!;
  const quartile = exceedances[Math.max(0, Math.floor(count / 4 + 0.5) - 1)]!;
  const candidates = 30 + Math.floor(Math.sqrt(count));
  const theta = new Float64Array(candidates);
  const profile = new Float64Array(candidates);
  for (let j = 0; j < candidates; j++) {
    theta[j] = 1 / largest + (1 - Math.sqrt(candidates / (j + 0.5))) / (3 * quartile);
    const shape = meanLog(exceedances, theta[j]!);
    profile[j] = count * (Math.log(-theta[j]! / shape) - shape - 1);
  }
  const best = profile.reduce((a, b) => Math.max(a, b), -Infinity);
  let total = 0;
  let posterior = 0;
  for (let j = 0; j < candidates; j++) {
    const weight = Math.exp(profile[j]! - best);
    if (!(weight > 0)) continue;
    total += weight;
    posterior += weight * theta[j]!;
  }
  posterior /= total;
  const shape = meanLog(exceedances, posterior);
  const scale = -shape / posterior;
  return { shape: regularised ? (count * shape + 5) / (count + 10) : shape, scale };
}

function meanLog(exceedances: ArrayLike<number>, theta: number): number {
  let sum = 0;
  for (let i = 0; i < exceedances.length; i++) sum += Math.log1p(-theta * exceedances[i]!);
  return sum / exceedances.length;
}
