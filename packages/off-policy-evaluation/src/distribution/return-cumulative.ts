import { meanTerms, product, ratioTerms } from "../bandit/term-forms.ts";
import { OffPolicyEvaluationError } from "../error.ts";
import { checkLength, checkProbabilities } from "../log/checks.ts";
import type { TrajectoryLog } from "../sequential/trajectory-log.ts";
import { sumOfRatiosTerms } from "../sequential/sum-of-ratios-terms.ts";
import type { EstimatorTerms } from "../terms.ts";
import { weightedReturnSample } from "./weighted-return-sample.ts";

/** A model of the return's distribution at one threshold. */
export interface ModelledCumulative {
  /** Model's P(G <= z) under the target policy, given what was known before each trajectory's first action. */
  readonly direct: Float64Array;
  /** Model's P(G <= z) given also the actions that were logged; `direct` is its mean over the target's actions. */
  readonly logged: Float64Array;
}

/** Options of {@link returnCumulative}. */
export interface ReturnCumulativeOptions {
  /** Whether weights are divided by their mean. @defaultValue true */
  readonly selfNormalized?: boolean;
  /** Makes the estimate doubly robust; both arrays [trajectories], in [0, 1]. */
  readonly model?: ModelledCumulative;
}

/**
 * P(G <= threshold) of the discounted return under the target policy: `mean(D + w ([G <= z] − Q))` with the model's direct
 * and logged probabilities D and Q, or 0 without a model, and w divided by its mean where self-normalised.
 *
 * Not self-normalised it is unbiased and may leave [0, 1], as it may with a model.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every trajectory's weight is 0; `BAD_OPTION` for a threshold that is
 * NaN; `BAD_LENGTH`, `BAD_VALUE`
 * @see Huang, Leqi, Lipton & Azizzadenesheli (2021), "Off-Policy Risk Assessment in Contextual Bandits"
 */
export function returnCumulative(
  log: TrajectoryLog,
  threshold: number,
  options: ReturnCumulativeOptions = {},
): EstimatorTerms {
  const { selfNormalized = true, model } = options;
  if (Number.isNaN(threshold))
    throw new OffPolicyEvaluationError("BAD_OPTION", "threshold is NaN: it must be a number");
  const { returns, weight } = weightedReturnSample("return's distribution", log);
  const below = returns.map((value) => (value <= threshold ? 1 : 0));
  if (model === undefined)
    return selfNormalized ? ratioTerms(product(weight, below), weight) : meanTerms(product(weight, below));
  checkLength("model.direct", model.direct, returns.length, "one a trajectory");
  checkLength("model.logged", model.logged, returns.length, "one a trajectory");
  checkProbabilities("model.direct", model.direct);
  checkProbabilities("model.logged", model.logged);
  const residual = below.map((value, i) => weight[i]! * (value - model.logged[i]!));
  return sumOfRatiosTerms(
    [model.direct, residual, weight],
    [
      { coefficient: 1, numerator: 0 },
      selfNormalized ? { coefficient: 1, numerator: 1, denominator: 2 } : { coefficient: 1, numerator: 1 },
    ],
  );
}
