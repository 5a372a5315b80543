import type { ModelledBanditLog } from "../log/bandit-log.ts";
import type { EstimatorTerms } from "../terms.ts";
import { correctedByResidual } from "./corrected-by-residual.ts";
import { shrunk } from "./weight-transforms.ts";

/** Options of {@link shrunkDoublyRobust}. */
export interface ShrunkDoublyRobustOptions {
  /** λ in [0, ∞]. 0: the direct method; ∞: doubly robust. */
  readonly shrinkage: number;
}

/**
 * Doubly robust with optimistic shrinkage (DRos): `mean(Σₐ π q + λw/(w² + λ) (r − q))`.
 *
 * The weight that minimises a bound of the mean squared error for a given size of the weights.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0; `BAD_OPTION`
 * @see Su, Dimakopoulou, Krishnamurthy & Dudík (2020), "Doubly Robust Off-policy Evaluation with Shrinkage"
 */
export function shrunkDoublyRobust(
  log: ModelledBanditLog,
  options: ShrunkDoublyRobustOptions,
): EstimatorTerms {
  return correctedByResidual("doubly robust with optimistic shrinkage", log, shrunk(options.shrinkage));
}
