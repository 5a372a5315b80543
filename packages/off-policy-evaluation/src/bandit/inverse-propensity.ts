import { checkSupport } from "../log/checks.ts";
import type { BanditLog } from "../log/bandit-log.ts";
import type { EstimatorTerms } from "../terms.ts";
import { meanTerms, product } from "./term-forms.ts";

/**
 * Inverse propensity scoring (IPS): `mean(w r)` with `w = π(a|x) / μ(a|x)`.
 *
 * Unbiased where the logger has support for all that the target does. Its variance grows with the square of the weights.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0
 * @see Horvitz & Thompson (1952); Strehl, Langford, Li & Kakade (2010), "Learning from Logged Implicit Exploration Data"
 */
export function inversePropensity(log: BanditLog): EstimatorTerms {
  checkSupport("inverse propensity", log.weight);
  return meanTerms(product(log.weight, log.reward));
}
