import { checkSupport } from "../log/checks.ts";
import type { BanditLog } from "../log/bandit-log.ts";

/**
 * Weights of the squared residuals under which a reward model is fitted for more robust doubly robust (MRDR):
 * `π(a|x) (1 − μ(a|x)) / μ(a|x)²`.
 *
 * For a deterministic target the fit then minimises the variance of {@link doublyRobust} itself. For a stochastic one
 * it leaves out the products of different actions' residuals, and is the customary stand-in. Fit on other rows than
 * those evaluated, then call `doublyRobust` with the model's values.
 *
 * A row with propensity 1 gets weight 0: a logger without randomness leaves no variance to reduce.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every importance weight is 0
 * @see Farajtabar, Chow & Ghavamzadeh (2018), "More Robust Doubly Robust Off-policy Evaluation"
 */
export function moreRobustWeights(log: BanditLog): Float64Array {
  checkSupport("more robust doubly robust", log.weight);
  return log.weight.map((weight, i) => (weight * (1 - log.propensity[i]!)) / log.propensity[i]!);
}
