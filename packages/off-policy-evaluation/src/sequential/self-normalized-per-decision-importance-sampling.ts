import { OffPolicyEvaluationError } from "../error.ts";
import type { EstimatorTerms } from "../terms.ts";
import { carriedWeights, checkTrajectorySupport, stepColumn } from "./step-columns.ts";
import { sumOfRatiosTerms, type RatioPart } from "./sum-of-ratios-terms.ts";
import type { TrajectoryLog } from "./trajectory-log.ts";

/** Options of {@link selfNormalizedPerDecisionImportanceSampling}. */
export interface SelfNormalizedPerDecisionOptions {
  /**
   * Over whom the weights of a step are normalised. `"consistent"`: all trajectories, those that have ended with the
   * weight they ended with. `"running"`: those that still run (and their share of the log counts as the target's):
   * consistent only where the policy does not change how long trajectories run. The same where all lengths are equal.
   * @defaultValue "consistent"
   */
  readonly normalizedOver?: "consistent" | "running";
}

/**
 * Self-normalised per-decision importance sampling (SNPDIS, CWPDIS): `Σₜ γᵗ (Σ w₀..ₜ rₜ ÷ Σ w₀..ₜ)`, each step normalised
 * by its own weights.
 *
 * Biased, consistent. The terms hold two columns a step, `trajectories · horizon` numbers each.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every trajectory's weight is 0, or with `"running"` when all weights
 * of those that run are 0 at a step
 * @see Thomas (2015), "Safe Reinforcement Learning", section 3.8 (consistent weighted per-decision)
 */
export function selfNormalizedPerDecisionImportanceSampling(
  log: TrajectoryLog,
  options: SelfNormalizedPerDecisionOptions = {},
): EstimatorTerms {
  const name = "self-normalised per-decision importance sampling";
  checkTrajectorySupport(name, log);
  const running = options.normalizedOver === "running";
  const columns: Float64Array[] = [];
  const parts: RatioPart[] = [];
  for (let t = 0; t < log.horizon; t++) {
    const coefficient = log.discount[t]!;
    const numerator =
      columns.push(stepColumn(log, t, (_, s) => log.cumulativeWeight[s]! * log.reward[s]!)) - 1;
    if (!running) {
      parts.push({ coefficient, numerator, denominator: columns.push(carriedWeights(log, t)) - 1 });
      continue;
    }
    const weight = stepColumn(log, t, (_, s) => log.cumulativeWeight[s]!);
    if (weight.every((w) => w === 0))
      throw new OffPolicyEvaluationError(
        "NO_SUPPORT",
        `${name}, step ${t}: the target policy gives probability 0 to every logged trajectory that runs so long`,
      );
    const denominator = columns.push(weight) - 1;
    const factor = columns.push(stepColumn(log, t, () => 1)) - 1;
    parts.push({ coefficient, numerator, denominator, factor });
  }
  return sumOfRatiosTerms(columns, parts);
}
