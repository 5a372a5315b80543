import type { EstimatorTerms } from "../terms.ts";
import { carriedWeights, checkTrajectorySupport } from "./step-columns.ts";
import { sumOfRatiosTerms, type RatioPart } from "./sum-of-ratios-terms.ts";
import type { ModelledTrajectoryLog } from "./trajectory-log.ts";

/**
 * Columns of the weighted doubly robust estimator and how it is made of them.
 *
 * Of step t: column 3t `wₜ (rₜ − Q(sₜ, aₜ))`, column 3t + 1 `wₜ` carried on, column 3t + 2 `wₜ V(sₜ₊₁)`. Column 3·horizon
 * is `V(s₀)`.
 */
export function weightedDoublyRobustColumns(log: ModelledTrajectoryLog): Float64Array[] {
  const columns: Float64Array[] = [];
  for (let t = 0; t < log.horizon; t++) {
    const weight = carriedWeights(log, t);
    const residual = new Float64Array(log.trajectoryCount);
    const next = new Float64Array(log.trajectoryCount);
    for (let i = 0; i < residual.length; i++) {
      const step = log.offset[i]! + t;
      if (step >= log.offset[i + 1]!) continue;
      residual[i] = weight[i]! * (log.reward[step]! - log.actionValue[step]!);
      next[i] = weight[i]! * log.nextStateValue(i, step);
    }
    columns.push(residual, weight, next);
  }
  columns.push(Float64Array.from({ length: log.trajectoryCount }, (_, i) => log.stateValue[log.offset[i]!]!));
  return columns;
}

/**
 * Parts of `share(−1) V(s₀) + Σₜ share(t) γᵗ (residualₜ + γ nextₜ)`, where the corrections of step t are divided by the
 * mean weight of step t.
 */
export function weightedDoublyRobustParts(
  discount: Float64Array,
  discountFactor: number,
  share: (t: number) => number,
): RatioPart[] {
  const parts: RatioPart[] = [{ coefficient: 1, numerator: 3 * discount.length }];
  for (let t = 0; t < discount.length; t++) {
    const coefficient = share(t) * discount[t]!;
    parts.push({ coefficient, numerator: 3 * t, denominator: 3 * t + 1 });
    parts.push({ coefficient: coefficient * discountFactor, numerator: 3 * t + 2, denominator: 3 * t + 1 });
  }
  return parts;
}

/**
 * Weighted doubly robust (WDR, SNDR): the sequential doubly robust estimator whose weights of each step are divided by
 * their mean, `Σₜ γᵗ (w̄ₜ (rₜ − Q(sₜ, aₜ)) + w̄ₜ₋₁ V(sₜ))`.
 *
 * Consistent, and unbiased where the model is exact. Trajectories that have ended keep their weight in the mean: without
 * that the estimate is wrong where lengths differ. The terms hold three columns a step.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every trajectory's weight is 0
 * @see Thomas & Brunskill (2016), "Data-Efficient Off-Policy Policy Evaluation for Reinforcement Learning"
 */
export function weightedDoublyRobust(log: ModelledTrajectoryLog): EstimatorTerms {
  checkTrajectorySupport("weighted doubly robust", log);
  return sumOfRatiosTerms(
    weightedDoublyRobustColumns(log),
    weightedDoublyRobustParts(log.discount, log.discountFactor, () => 1),
  );
}
