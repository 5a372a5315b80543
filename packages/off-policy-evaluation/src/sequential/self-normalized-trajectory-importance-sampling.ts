import { ratioTerms } from "../bandit/term-forms.ts";
import type { EstimatorTerms } from "../terms.ts";
import { checkTrajectorySupport } from "./step-columns.ts";
import { trajectoryWeights, weightedReturns } from "./trajectory-importance-sampling.ts";
import type { TrajectoryLog } from "./trajectory-log.ts";

/**
 * Self-normalised trajectory-wise importance sampling (SNTIS, WIS): `Σ w G ÷ Σ w` over trajectories with return G.
 *
 * Biased, consistent; inside the range of the logged returns.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every trajectory's weight is 0
 * @see Precup, Sutton & Singh (2000), "Eligibility Traces for Off-Policy Policy Evaluation"
 */
export function selfNormalizedTrajectoryImportanceSampling(log: TrajectoryLog): EstimatorTerms {
  checkTrajectorySupport("self-normalised trajectory importance sampling", log);
  const weight = trajectoryWeights(log);
  return ratioTerms(weightedReturns(log, weight), weight);
}
