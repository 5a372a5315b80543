import { checkSupport } from "../log/checks.ts";
import type { EstimatorTerms } from "../terms.ts";
import {
  directAndCorrection,
  type BalancedLoggersInput,
  type SeveralLoggersOptions,
} from "./several-loggers.ts";
import { meanTerms } from "./term-forms.ts";
import { clipped } from "./weight-transforms.ts";

/**
 * Several loggers, balanced: every row weighed by the mixture of the loggers, `mean(min(π / μ̄, λ) r)`, or doubly robust.
 *
 * Unbiased at λ = ∞ where the loggers together have support; without a model never more variable
 * than the naive form.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0; `EMPTY`, `BAD_LENGTH`, `BAD_VALUE`, `BAD_OPTION`
 * @see Agarwal, Basu, Schnabel & Joachims (2017); Kallus, Saito & Uehara (2021), "Optimal Off-Policy Evaluation from
 * Multiple Logging Policies"
 */
export function balancedLoggers(
  input: BalancedLoggersInput,
  options: SeveralLoggersOptions = {},
): EstimatorTerms {
  const { direct, correction, weight } = directAndCorrection(
    { ...input, propensity: input.mixturePropensity },
    options,
    clipped(options.maximumWeight ?? Infinity),
  );
  checkSupport("balanced loggers", weight);
  return meanTerms(correction.map((value, i) => direct[i]! + value));
}
