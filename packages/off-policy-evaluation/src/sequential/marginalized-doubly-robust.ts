import { meanTerms } from "../bandit/term-forms.ts";
import type { EstimatorTerms } from "../terms.ts";
import { marginalWeights, type MarginalizedOptions, type MarginalRatios } from "./marginal-ratios.ts";
import { correctedValues } from "./sequential-doubly-robust.ts";
import type { ModelledTrajectoryLog } from "./trajectory-log.ts";

/**
 * Doubly robust by marginal ratios: the mean over trajectories of `V(s₀) + Σₜ γᵗ ηₜ (rₜ + γ V(sₜ₊₁) − Q(sₜ, aₜ))`, the same
 * number as `Σₜ γᵗ (ηₜ (rₜ − Q) + ηₜ₋₁ V(sₜ))`.
 *
 * Consistent where the ratios or the values are right, and the least variable of all where both are: the error of the one
 * multiplies the error of the other. Ratios and values should come from other trajectories than those they score.
 *
 * @throws OffPolicyEvaluationError as {@link marginalizedImportanceSampling}
 * @see Kallus & Uehara (2020), "Double Reinforcement Learning for Efficient Off-Policy Evaluation in Markov Decision
 * Processes"
 */
export function marginalizedDoublyRobust(
  log: ModelledTrajectoryLog,
  ratios: MarginalRatios,
  options: MarginalizedOptions = {},
): EstimatorTerms {
  return meanTerms(correctedValues(log, marginalWeights("marginalised doubly robust", log, ratios, options)));
}
