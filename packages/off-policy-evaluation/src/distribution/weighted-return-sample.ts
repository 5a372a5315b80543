import { checkTrajectorySupport, discountedReturns } from "../sequential/step-columns.ts";
import { trajectoryWeights } from "../sequential/trajectory-importance-sampling.ts";
import type { TrajectoryLog } from "../sequential/trajectory-log.ts";

/** Returns of logged trajectories and how much each counts for the target policy. */
export interface WeightedReturns {
  /** `Σₜ γᵗ rₜ` of each trajectory: the first reward counts in full. */
  readonly returns: Float64Array;
  /** Product of each trajectory's ratios. */
  readonly weight: Float64Array;
}

/**
 * Returns and weights of a log's trajectories.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every trajectory's weight is 0
 */
export function weightedReturnSample(name: string, log: TrajectoryLog): WeightedReturns {
  checkTrajectorySupport(name, log);
  return { returns: discountedReturns(log), weight: trajectoryWeights(log) };
}

/**
 * The least return z with `Σ w [G <= z] ÷ Σ w >= probability`, among those that have weight.
 *
 * @param order - indices of the returns, ascending
 */
export function weightedQuantile(
  { returns, weight }: WeightedReturns,
  order: ArrayLike<number>,
  probability: number,
): number {
  let total = 0;
  for (let k = 0; k < order.length; k++) total += weight[order[k]!]!;
  let cumulative = 0;
  let last = NaN;
  for (let k = 0; k < order.length; k++) {
    const i = order[k]!;
    if (weight[i] === 0) continue;
    cumulative += weight[i]!;
    last = returns[i]!;
    // Rounding of the sums must not carry a quantile past a jump at exactly its probability.
    if (cumulative >= probability * total * (1 - 1e-12)) return last;
  }
  return last;
}

/** Indices that sort the returns, ascending. */
export function ascendingOrder(returns: Float64Array): Uint32Array {
  return Uint32Array.from({ length: returns.length }, (_, i) => i).sort((a, b) => returns[a]! - returns[b]!);
}
