import { meanTerms } from "../bandit/term-forms.ts";
import type { EstimatorTerms } from "../terms.ts";
import { checkTrajectorySupport, discountedReturns } from "./step-columns.ts";
import type { TrajectoryLog } from "./trajectory-log.ts";

/** Product of all ratios of each trajectory. */
export function trajectoryWeights(log: TrajectoryLog): Float64Array {
  return Float64Array.from(
    { length: log.trajectoryCount },
    (_, i) => log.cumulativeWeight[log.offset[i + 1]! - 1]!,
  );
}

/** Weight times return of each trajectory. */
export function weightedReturns(log: TrajectoryLog, weight: Float64Array): Float64Array {
  const returns = discountedReturns(log);
  for (let i = 0; i < returns.length; i++) returns[i] = weight[i]! * returns[i]!;
  return returns;
}

/**
 * Trajectory-wise importance sampling (TIS): `mean(w Σₜ γᵗ rₜ)` with w the product of a trajectory's ratios.
 *
 * Unbiased with exact propensities and support. Its variance grows exponentially with length: prefer the per-decision form.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every trajectory's weight is 0
 * @see Precup, Sutton & Singh (2000), "Eligibility Traces for Off-Policy Policy Evaluation"
 */
export function trajectoryImportanceSampling(log: TrajectoryLog): EstimatorTerms {
  checkTrajectorySupport("trajectory importance sampling", log);
  return meanTerms(weightedReturns(log, trajectoryWeights(log)));
}
