import type { TrajectoryLog } from "../sequential/trajectory-log.ts";
import type { EstimatorTerms } from "../terms.ts";
import type { ReturnMomentOptions } from "./return-mean.ts";
import { weightedReturnSample } from "./weighted-return-sample.ts";

/**
 * Variance of the discounted return under the target policy: `mean(w G²) − mean(w G)²`, each divided by `mean(w)` where
 * self-normalised. Returns enter less their logged mean, which changes nothing but rounding (and, where not
 * self-normalised, the finite-sample error).
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every trajectory's weight is 0
 * @see Chandak, Niekum, da Silva, Learned-Miller, Brunskill & Thomas (2021), "Universal Off-Policy Evaluation"
 */
export function returnVariance(log: TrajectoryLog, options: ReturnMomentOptions = {}): EstimatorTerms {
  const selfNormalized = options.selfNormalized ?? true;
  const { returns, weight } = weightedReturnSample("return's variance", log);
  const centre = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const first = returns.map((value, i) => weight[i]! * (value - centre));
  const second = returns.map((value, i) => weight[i]! * (value - centre) ** 2);
  return {
    columns: [second, first, weight],
    value: (means) => {
      const total = selfNormalized ? means[2]! : 1;
      return means[0]! / total - (means[1]! / total) ** 2;
    },
    gradientInto: (out, means) => {
      const total = selfNormalized ? means[2]! : 1;
      out[0] = 1 / total;
      out[1] = (-2 * means[1]!) / (total * total);
      out[2] = selfNormalized ? -means[0]! / total ** 2 + (2 * means[1]! ** 2) / total ** 3 : 0;
    },
  };
}
