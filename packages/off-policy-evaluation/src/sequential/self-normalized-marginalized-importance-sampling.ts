import type { EstimatorTerms } from "../terms.ts";
import {
  marginalWeightColumn,
  marginalWeights,
  type MarginalizedOptions,
  type MarginalRatios,
} from "./marginal-ratios.ts";
import { stepColumn } from "./step-columns.ts";
import { sumOfRatiosTerms, type RatioPart } from "./sum-of-ratios-terms.ts";
import type { TrajectoryLog } from "./trajectory-log.ts";

/**
 * Self-normalised marginalised importance sampling: `Σₜ γᵗ (Σ ηₜ rₜ ÷ Σ ηₜ)`, each step normalised by its own weights,
 * which count those who have ended with the ratio of having ended. Two columns a step.
 *
 * @throws OffPolicyEvaluationError as {@link marginalizedImportanceSampling}; `NOT_COMPUTABLE` where lengths differ and
 * the ratios have no `ended`
 */
export function selfNormalizedMarginalizedImportanceSampling(
  log: TrajectoryLog,
  ratios: MarginalRatios,
  options: MarginalizedOptions = {},
): EstimatorTerms {
  const name = "self-normalised marginalised importance sampling";
  const weight = marginalWeights(name, log, ratios, options);
  const columns: Float64Array[] = [];
  const parts: RatioPart[] = [];
  for (let t = 0; t < log.horizon; t++) {
    columns.push(
      stepColumn(log, t, (_, step) => weight[step]! * log.reward[step]!),
      marginalWeightColumn(name, log, ratios, weight, t),
    );
    parts.push({ coefficient: log.discount[t]!, numerator: 2 * t, denominator: 2 * t + 1 });
  }
  return sumOfRatiosTerms(columns, parts);
}
