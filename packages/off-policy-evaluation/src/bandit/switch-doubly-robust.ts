import type { ModelledBanditLog } from "../log/bandit-log.ts";
import type { EstimatorTerms } from "../terms.ts";
import { correctedByResidual } from "./corrected-by-residual.ts";
import { switchedOff } from "./weight-transforms.ts";

/** Options of {@link switchDoublyRobust}. */
export interface SwitchDoublyRobustOptions {
  /** Weights above it are left to the model; in [0, ∞]. 0: the direct method; ∞: doubly robust. */
  readonly threshold: number;
}

/**
 * Switch-DR: doubly robust where `w <= threshold`, the model alone elsewhere.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0; `BAD_OPTION`
 * @see Wang, Agarwal & Dudík (2017), "Optimal and Adaptive Off-policy Evaluation in Contextual Bandits"
 */
export function switchDoublyRobust(
  log: ModelledBanditLog,
  options: SwitchDoublyRobustOptions,
): EstimatorTerms {
  return correctedByResidual("switch doubly robust", log, switchedOff(options.threshold));
}
