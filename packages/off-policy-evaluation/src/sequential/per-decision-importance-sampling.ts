import { meanTerms } from "../bandit/term-forms.ts";
import type { EstimatorTerms } from "../terms.ts";
import { checkTrajectorySupport, trajectorySums } from "./step-columns.ts";
import type { TrajectoryLog } from "./trajectory-log.ts";

/**
 * Per-decision importance sampling (PDIS): `mean(Σₜ γᵗ w₀..ₜ rₜ)`: a reward is weighted by what came before it, not after.
 *
 * Unbiased with exact propensities and support.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every trajectory's weight is 0
 * @see Precup, Sutton & Singh (2000), "Eligibility Traces for Off-Policy Policy Evaluation"
 */
export function perDecisionImportanceSampling(log: TrajectoryLog): EstimatorTerms {
  checkTrajectorySupport("per-decision importance sampling", log);
  return meanTerms(
    trajectorySums(log, (_, step, t) => log.discount[t]! * log.cumulativeWeight[step]! * log.reward[step]!),
  );
}
