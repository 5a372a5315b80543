import type { ModelledBanditLog } from "../log/bandit-log.ts";
import type { EstimatorTerms } from "../terms.ts";
import { correctedByResidual } from "./corrected-by-residual.ts";
import type { SubGaussianOptions } from "./sub-gaussian-inverse-propensity.ts";
import { subGaussian } from "./weight-transforms.ts";

/**
 * Sub-Gaussian doubly robust: `mean(Σₐ π q + w / (1 − λ + λw) · (r − q))`.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0; `BAD_OPTION`
 * @see Metelli, Russo & Restelli (2021), as {@link subGaussianInversePropensity}
 */
export function subGaussianDoublyRobust(log: ModelledBanditLog, options: SubGaussianOptions): EstimatorTerms {
  return correctedByResidual("sub-Gaussian doubly robust", log, subGaussian(options.smoothing));
}
