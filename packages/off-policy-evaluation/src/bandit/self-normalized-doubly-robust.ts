import { checkSupport } from "../log/checks.ts";
import type { ModelledBanditLog } from "../log/bandit-log.ts";
import type { EstimatorTerms } from "../terms.ts";
import { baseAndRatioTerms } from "./term-forms.ts";

/**
 * Self-normalised doubly robust (SNDR): `mean(Σₐ π q) + Σ w (r − q) / Σ w`.
 *
 * Consistent; biased by O(1/n).
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0
 * @see Thomas & Brunskill (2016), "Data-Efficient Off-Policy Policy Evaluation for Reinforcement Learning"
 */
export function selfNormalizedDoublyRobust(log: ModelledBanditLog): EstimatorTerms {
  checkSupport("self-normalised doubly robust", log.weight);
  const residual = new Float64Array(log.rowCount);
  for (let i = 0; i < residual.length; i++)
    residual[i] = log.weight[i]! * (log.reward[i]! - log.predictedReward[i]!);
  return baseAndRatioTerms(log.directValue, residual, log.weight);
}
