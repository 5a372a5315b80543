import { meanTerms, product, ratioTerms } from "../bandit/term-forms.ts";
import type { TrajectoryLog } from "../sequential/trajectory-log.ts";
import type { EstimatorTerms } from "../terms.ts";
import { weightedReturnSample } from "./weighted-return-sample.ts";

/** Options of {@link returnMean} and {@link returnVariance}. */
export interface ReturnMomentOptions {
  /** Whether weights are divided by their mean. @defaultValue true */
  readonly selfNormalized?: boolean;
}

/**
 * Mean of the return's estimated distribution, `∫ z dF(z)` at F's own jumps: no grid, so no error of one.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every trajectory's weight is 0
 */
export function returnMean(log: TrajectoryLog, options: ReturnMomentOptions = {}): EstimatorTerms {
  const { returns, weight } = weightedReturnSample("return's mean", log);
  const weighted = product(weight, returns);
  return (options.selfNormalized ?? true) ? ratioTerms(weighted, weight) : meanTerms(weighted);
}
