import { OffPolicyEvaluationError } from "../error.ts";
import type { TrajectoryLog } from "../sequential/trajectory-log.ts";
import type { EstimatorTerms } from "../terms.ts";
import {
  ascendingOrder,
  weightedQuantile,
  weightedReturnSample,
  type WeightedReturns,
} from "./weighted-return-sample.ts";

/**
 * Quantile of the discounted return under the target policy: the least return z with `Σ w [G <= z] ÷ Σ w >= probability`.
 *
 * The value is exact; what surrounds it is linear in F (Bahadur): `z − (F̂(z) at the means − F̂(z)) ÷ density(z)`, with a
 * Gaussian kernel's density. Where the return has few distinct values take the interval of {@link returnCumulative}.
 *
 * @param probability - in (0, 1)
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every trajectory's weight is 0; `BAD_OPTION`
 * @see Chandak, Niekum, da Silva, Learned-Miller, Brunskill & Thomas (2021), "Universal Off-Policy Evaluation"
 */
export function returnQuantile(log: TrajectoryLog, probability: number): EstimatorTerms {
  if (!(probability > 0 && probability < 1))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `probability is ${probability}: it must be above 0 and below 1`,
    );
  const sample = weightedReturnSample("return's quantile", log);
  const { returns, weight } = sample;
  const order = ascendingOrder(returns);
  const quantile = weightedQuantile(sample, order, probability);
  const below = weight.map((w, i) => (returns[i]! <= quantile ? w : 0));
  let total = 0;
  let cumulative = 0;
  for (let i = 0; i < weight.length; i++) {
    total += weight[i]!;
    cumulative += below[i]!;
  }
  const share = cumulative / total;
  const density = kernelDensity(sample, quantile);
  // All the weight at one return: no resample moves the quantile.
  const slope = density === Infinity ? 0 : 1 / density;
  return {
    columns: [below, weight],
    value: (means) => quantile - slope * (means[0]! / means[1]! - share),
    gradientInto: (out, means) => {
      out[0] = -slope / means[1]!;
      out[1] = (slope * means[0]!) / (means[1]! * means[1]!);
    },
  };
}

/** Quartiles of the return: 25, 50 and 75 %. */
export function returnQuartiles(
  log: TrajectoryLog,
): readonly [EstimatorTerms, EstimatorTerms, EstimatorTerms] {
  return [returnQuantile(log, 0.25), returnQuantile(log, 0.5), returnQuantile(log, 0.75)];
}

/** Weighted Gaussian kernel density at `point`, bandwidth by Silverman's rule with the effective sample size. */
function kernelDensity({ returns, weight }: WeightedReturns, point: number): number {
  let total = 0;
  let squares = 0;
  let mean = 0;
  for (let i = 0; i < returns.length; i++) {
    total += weight[i]!;
    squares += weight[i]! * weight[i]!;
    mean += weight[i]! * returns[i]!;
  }
  mean /= total;
  let variance = 0;
  for (let i = 0; i < returns.length; i++) variance += (weight[i]! / total) * (returns[i]! - mean) ** 2;
  if (variance === 0) return Infinity;
  const bandwidth = 1.06 * Math.sqrt(variance) * ((total * total) / squares) ** -0.2;
  let density = 0;
  for (let i = 0; i < returns.length; i++) {
    const u = (returns[i]! - point) / bandwidth;
    density += (weight[i]! / total) * Math.exp((-u * u) / 2);
  }
  return density / (bandwidth * Math.sqrt(2 * Math.PI));
}
