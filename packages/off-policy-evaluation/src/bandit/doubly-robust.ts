import type { ModelledBanditLog } from "../log/bandit-log.ts";
import type { EstimatorTerms } from "../terms.ts";
import { correctedByResidual } from "./corrected-by-residual.ts";
import { clipped } from "./weight-transforms.ts";

/** Options of {@link doublyRobust}. */
export interface DoublyRobustOptions {
  /** Largest weight λ of a residual, in [0, ∞]. @defaultValue Infinity: no clipping, unbiased */
  readonly maximumWeight?: number;
}

/**
 * Doubly robust (DR): `mean(Σₐ π q + min(w, λ) (r − q))`.
 *
 * Unbiased at λ = ∞ with exact propensities and support, whatever the model, if the model was fitted on other rows; and
 * where the model is right, whatever the propensities. Unclipped it is also the last step of MRDR, with a model fitted
 * under {@link moreRobustWeights}.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0; `BAD_OPTION`
 * @see Dudík, Langford & Li (2011), "Doubly Robust Policy Evaluation and Learning"
 */
export function doublyRobust(log: ModelledBanditLog, options: DoublyRobustOptions = {}): EstimatorTerms {
  return correctedByResidual("doubly robust", log, clipped(options.maximumWeight ?? Infinity));
}
