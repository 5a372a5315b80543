import { checkSupport } from "../log/checks.ts";
import type { EstimatorTerms } from "../terms.ts";
import {
  checkLoggers,
  directAndCorrection,
  type SeveralLoggersInput,
  type SeveralLoggersOptions,
} from "./several-loggers.ts";
import { meanTerms } from "./term-forms.ts";
import { clipped } from "./weight-transforms.ts";

/**
 * Several loggers, naive: each row weighed by its own logger's propensity, `mean(min(π / μₖ, λ) r)`, or doubly robust.
 *
 * Unbiased at λ = ∞ where every logger has support; one poor logger spoils the variance.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0; `EMPTY`, `BAD_LENGTH`, `BAD_VALUE`, `BAD_OPTION`
 * @see Agarwal, Basu, Schnabel & Joachims (2017), "Effective Evaluation Using Logged Bandit Feedback from Multiple
 * Loggers"
 */
export function naiveLoggers(
  input: SeveralLoggersInput,
  options: SeveralLoggersOptions = {},
): EstimatorTerms {
  checkLoggers(input);
  const { direct, correction, weight } = directAndCorrection(
    input,
    options,
    clipped(options.maximumWeight ?? Infinity),
  );
  checkSupport("naive loggers", weight);
  return meanTerms(correction.map((value, i) => direct[i]! + value));
}
