import { meanTerms } from "../bandit/term-forms.ts";
import type { EstimatorTerms } from "../terms.ts";
import { marginalWeights, type MarginalizedOptions, type MarginalRatios } from "./marginal-ratios.ts";
import { trajectorySums } from "./step-columns.ts";
import type { TrajectoryLog } from "./trajectory-log.ts";

/**
 * Marginalised importance sampling (MIS): `mean(Σₜ γᵗ ηₜ rₜ)`, where ηₜ says how much more often the target policy is in
 * this state and takes this action at step t. Its variance does not grow exponentially with length.
 *
 * Unbiased with exact ratios. The terms do not know the error of estimated ratios: see
 * {@link doubleReinforcementLearning} for one that forgives it.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when the weights of a step are all 0; `BAD_LENGTH`, `BAD_VALUE`,
 * `BAD_OPTION`
 * @see Xie, Ma & Wang (2019), "Towards Optimal Off-Policy Evaluation for Reinforcement Learning with Marginalized
 * Importance Sampling"
 */
export function marginalizedImportanceSampling(
  log: TrajectoryLog,
  ratios: MarginalRatios,
  options: MarginalizedOptions = {},
): EstimatorTerms {
  const weight = marginalWeights("marginalised importance sampling", log, ratios, options);
  return meanTerms(trajectorySums(log, (_, step, t) => log.discount[t]! * weight[step]! * log.reward[step]!));
}
