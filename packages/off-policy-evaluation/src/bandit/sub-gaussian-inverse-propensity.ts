import { checkSupport } from "../log/checks.ts";
import type { BanditLog } from "../log/bandit-log.ts";
import type { EstimatorTerms } from "../terms.ts";
import { meanTerms, product } from "./term-forms.ts";
import { subGaussian, transformed } from "./weight-transforms.ts";

/** Options of the sub-Gaussian estimators. */
export interface SubGaussianOptions {
  /** λ in [0, 1]. 0 keeps the weights; 1 makes each weight 1, or 0 where the target never acts so. */
  readonly smoothing: number;
}

/**
 * Sub-Gaussian inverse propensity scoring: `mean(w / (1 − λ + λw) · r)`.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0; `BAD_OPTION`
 * @see Metelli, Russo & Restelli (2021), "Subgaussian and Differentiable Importance Sampling for Off-Policy Evaluation
 * and Learning"
 */
export function subGaussianInversePropensity(log: BanditLog, options: SubGaussianOptions): EstimatorTerms {
  const transform = subGaussian(options.smoothing);
  checkSupport("sub-Gaussian inverse propensity", log.weight);
  return meanTerms(product(transformed(log.weight, transform), log.reward));
}
