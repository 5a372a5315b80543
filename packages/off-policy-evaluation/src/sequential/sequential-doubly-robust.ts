import { meanTerms } from "../bandit/term-forms.ts";
import type { EstimatorTerms } from "../terms.ts";
import { checkTrajectorySupport } from "./step-columns.ts";
import type { ModelledTrajectoryLog } from "./trajectory-log.ts";

/**
 * Doubly robust: the mean over trajectories of `V(s₀) + Σₜ γᵗ w₀..ₜ (rₜ + γ V(sₜ₊₁) − Q(sₜ, aₜ))`.
 *
 * Unbiased with exact propensities and support, whatever the model, if the model was fitted on other trajectories. Every
 * trajectory counts, also one that returned 0.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every trajectory's weight is 0
 * @see Jiang & Li (2016), "Doubly Robust Off-policy Value Evaluation for Reinforcement Learning"
 */
export function sequentialDoublyRobust(log: ModelledTrajectoryLog): EstimatorTerms {
  checkTrajectorySupport("sequential doubly robust", log);
  return meanTerms(correctedValues(log, log.cumulativeWeight));
}

/** `V(s₀) + Σₜ γᵗ wₜ (rₜ + γ V(sₜ₊₁) − Q(sₜ, aₜ))` of each trajectory, for any weights of the steps. */
export function correctedValues(log: ModelledTrajectoryLog, weight: Float64Array): Float64Array {
  const out = new Float64Array(log.trajectoryCount);
  for (let i = 0; i < out.length; i++) {
    const start = log.offset[i]!;
    let sum = log.stateValue[start]!;
    for (let step = start; step < log.offset[i + 1]!; step++) {
      const target = log.reward[step]! + log.discountFactor * log.nextStateValue(i, step);
      sum += log.discount[step - start]! * weight[step]! * (target - log.actionValue[step]!);
    }
    out[i] = sum;
  }
  return out;
}
