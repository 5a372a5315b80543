import type { EstimatorTerms } from "../terms.ts";
import {
  marginalWeightColumn,
  marginalWeights,
  type MarginalizedOptions,
  type MarginalRatios,
} from "./marginal-ratios.ts";
import { stepColumn } from "./step-columns.ts";
import { sumOfRatiosTerms, type RatioPart } from "./sum-of-ratios-terms.ts";
import type { ModelledTrajectoryLog } from "./trajectory-log.ts";

/**
 * Self-normalised {@link marginalizedDoublyRobust}: the corrections of each step are divided by the mean of its weights.
 * Two columns a step and one.
 *
 * @throws OffPolicyEvaluationError as {@link selfNormalizedMarginalizedImportanceSampling}
 */
export function selfNormalizedMarginalizedDoublyRobust(
  log: ModelledTrajectoryLog,
  ratios: MarginalRatios,
  options: MarginalizedOptions = {},
): EstimatorTerms {
  const name = "self-normalised marginalised doubly robust";
  const weight = marginalWeights(name, log, ratios, options);
  const columns = [stepColumn(log, 0, (_, step) => log.stateValue[step]!)];
  const parts: RatioPart[] = [{ coefficient: 1, numerator: 0 }];
  for (let t = 0; t < log.horizon; t++) {
    const numerator = columns.length;
    columns.push(
      stepColumn(log, t, (i, step) => {
        const target = log.reward[step]! + log.discountFactor * log.nextStateValue(i, step);
        return weight[step]! * (target - log.actionValue[step]!);
      }),
      marginalWeightColumn(name, log, ratios, weight, t),
    );
    parts.push({ coefficient: log.discount[t]!, numerator, denominator: numerator + 1 });
  }
  return sumOfRatiosTerms(columns, parts);
}
