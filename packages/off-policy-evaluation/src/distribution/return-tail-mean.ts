import { OffPolicyEvaluationError } from "../error.ts";
import type { TrajectoryLog } from "../sequential/trajectory-log.ts";
import type { EstimatorTerms } from "../terms.ts";
import { ascendingOrder, weightedQuantile, weightedReturnSample } from "./weighted-return-sample.ts";

/**
 * Conditional value at risk (CVaR): the mean of the worst `level` of the discounted return's distribution under the target
 * policy, `max over c of c − E[(c − G)⁺] ÷ level`; the mean itself at level 1.
 *
 * Exact also where the level falls inside a jump: a part of the jump counts. The terms hold c at the quantile, where the
 * maximum is flat, so that they are right to first order.
 *
 * @param level - in (0, 1]
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every trajectory's weight is 0; `BAD_OPTION`
 * @see Rockafellar & Uryasev (2000), "Optimization of Conditional Value-at-Risk"
 */
export function returnTailMean(log: TrajectoryLog, level: number): EstimatorTerms {
  if (!(level > 0 && level <= 1))
    throw new OffPolicyEvaluationError("BAD_OPTION", `level is ${level}: it must be above 0 and at most 1`);
  const sample = weightedReturnSample("return's tail mean", log);
  const { returns, weight } = sample;
  const quantile = weightedQuantile(sample, ascendingOrder(returns), level);
  const shortfall = weight.map((w, i) => w * Math.max(0, quantile - returns[i]!));
  return {
    columns: [shortfall, weight],
    value: (means) => quantile - means[0]! / means[1]! / level,
    gradientInto: (out, means) => {
      out[0] = -1 / (means[1]! * level);
      out[1] = means[0]! / (means[1]! * means[1]! * level);
    },
  };
}
