import { normalCumulative } from "@longview/statistics";
import { ScorecardError } from "../error.ts";

/** Estimates after shrinkage. */
export interface ShrunkMeans {
  readonly mean: Float64Array;
  /** Bounds of the central posterior interval. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** What cells without evidence are taken for. */
  readonly center: number;
}

/** Ratio of neighbouring spreads of the prior's grid. */
const GRID = 2;
const STEPS = 200;
const SETTLED = 1e-5;

/**
 * Adaptive empirical-Bayes shrinkage of noisy means towards a common centre.
 *
 * `x_c ~ N(θ_c, s_c²)`, and the prior is a mixture of normals around one centre, `θ_c ~ Σ_k π_k N(μ, τ_k²)`, over a grid of spreads
 * from 0 to twice the largest deviation. The weights π and the centre μ maximise the likelihood of all estimates (EM). Where most
 * cells are alike and a few stand out, one normal prior either leaves the many unshrunk or crushes the few; the mixture does neither.
 *
 * @param estimates - x_c, finite, at least one
 * @param standardErrors - s_c, finite and ≥ 0; those below a millionth of the largest estimate are taken for it
 * @param confidence - of the posterior intervals, in (0, 1)
 * @throws {ScorecardError} for lengths that differ or numbers out of range
 * @see Stephens (2017), "False discovery rates: a new deal"
 */
export function shrinkMeans(
  estimates: ArrayLike<number>,
  standardErrors: ArrayLike<number>,
  confidence: number,
): ShrunkMeans {
  const count = estimates.length;
  if (count === 0 || standardErrors.length !== count)
    throw new ScorecardError(
      "BAD_LENGTH",
      `shrinkage: needs as many standard errors as estimates, and at least one, got ${standardErrors.length} and ${count}`,
    );
  let largest = 0;
  for (let k = 0; k < count; k++) {
    if (!Number.isFinite(estimates[k]) || !(standardErrors[k]! >= 0 && standardErrors[k]! < Infinity))
      throw new ScorecardError(
        "BAD_VALUE",
        `shrinkage: estimate ${k} and its error must be finite, the error >= 0, got ${estimates[k]} and ${standardErrors[k]}`,
      );
    largest = Math.max(largest, Math.abs(estimates[k]!));
  }
  const floor = 1e-6 * largest || Number.MIN_VALUE ** 0.25;
  const errors = Float64Array.from({ length: count }, (_, k) => Math.max(standardErrors[k]!, floor));
  const { center, spreads, responsibilities } = fitPrior(estimates, errors);

  const mean = new Float64Array(count);
  const low = new Float64Array(count);
  const high = new Float64Array(count);
  const parts: Posterior = {
    weights: new Float64Array(spreads.length),
    means: new Float64Array(spreads.length),
    deviations: new Float64Array(spreads.length),
  };
  for (let c = 0; c < count; c++) {
    let first = 0;
    for (let k = 0; k < spreads.length; k++) {
      const kept = spreads[k]! ** 2 / (spreads[k]! ** 2 + errors[c]! ** 2);
      const weight = responsibilities[c * spreads.length + k]!;
      parts.weights[k] = weight;
      parts.means[k] = center + kept * (estimates[c]! - center);
      parts.deviations[k] = Math.sqrt(kept) * errors[c]!;
      first += weight * parts.means[k]!;
    }
    mean[c] = first;
    low[c] = quantile(parts, (1 - confidence) / 2);
    high[c] = quantile(parts, (1 + confidence) / 2);
  }
  return { mean, low, high, center };
}

interface FittedPrior {
  readonly center: number;
  readonly spreads: Float64Array;
  /** Posterior weight of each spread, cell-major. */
  readonly responsibilities: Float64Array;
}

function fitPrior(estimates: ArrayLike<number>, errors: Readonly<Float64Array>): FittedPrior {
  const count = errors.length;
  let precision = 0;
  let center = 0;
  for (let c = 0; c < count; c++) {
    precision += errors[c]! ** -2;
    center += estimates[c]! * errors[c]! ** -2;
  }
  center /= precision;
  let deviation = 0;
  let smallest = Infinity;
  for (let c = 0; c < count; c++) {
    deviation = Math.max(deviation, Math.abs(estimates[c]! - center));
    smallest = Math.min(smallest, errors[c]!);
  }
  const widest = Math.max(2 * deviation, smallest);
  const grid = [0];
  for (let spread = widest; spread > smallest / 10 && grid.length < 60; spread /= GRID) grid.push(spread);
  const spreads = Float64Array.from(grid);
  const size = spreads.length;
  const weights = new Float64Array(size).fill(1 / size);
  const responsibilities = new Float64Array(count * size);
  for (let step = 0; step < STEPS; step++) {
    const sums = new Float64Array(size);
    let pull = 0;
    let total = 0;
    for (let c = 0; c < count; c++) {
      const at = c * size;
      const residual = estimates[c]! - center;
      let greatest = -Infinity;
      for (let k = 0; k < size; k++) {
        const spread = errors[c]! ** 2 + spreads[k]! ** 2;
        const logDensity =
          Math.log(weights[k]!) - 0.5 * Math.log(spread) - (residual * residual) / (2 * spread);
        responsibilities[at + k] = logDensity;
        greatest = Math.max(greatest, logDensity);
      }
      let sum = 0;
      for (let k = 0; k < size; k++)
        sum += responsibilities[at + k] = Math.exp(responsibilities[at + k]! - greatest);
      for (let k = 0; k < size; k++) {
        const share = responsibilities[at + k]! / sum;
        responsibilities[at + k] = share;
        sums[k] = sums[k]! + share;
        const weight = share / (errors[c]! ** 2 + spreads[k]! ** 2);
        pull += weight * estimates[c]!;
        total += weight;
      }
    }
    let change = 0;
    for (let k = 0; k < size; k++) {
      change = Math.max(change, Math.abs(sums[k]! / count - weights[k]!));
      weights[k] = sums[k]! / count;
    }
    center = pull / total;
    if (change < SETTLED) break;
  }
  return { center, spreads, responsibilities };
}

interface Posterior {
  readonly weights: Float64Array;
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

/** Quantile of a mixture of normals, by bisection. */
function quantile({ weights, means, deviations }: Posterior, p: number): number {
  let low = Infinity;
  let high = -Infinity;
  for (let k = 0; k < weights.length; k++) {
    low = Math.min(low, means[k]! - 40 * deviations[k]!);
    high = Math.max(high, means[k]! + 40 * deviations[k]!);
  }
  for (let step = 0; step < 100 && high - low > 1e-12 * Math.max(Math.abs(low), Math.abs(high)); step++) {
    const middle = (low + high) / 2;
    let below = 0;
    for (let k = 0; k < weights.length; k++)
      below +=
        weights[k]! *
        (deviations[k]! > 0
          ? normalCumulative((middle - means[k]!) / deviations[k]!)
          : Number(means[k]! <= middle));
    if (below < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
