import { checkSupport } from "../log/checks.ts";
import type { BanditLog } from "../log/bandit-log.ts";
import type { EstimatorTerms } from "../terms.ts";
import { meanTerms, product } from "./term-forms.ts";
import { clipped, transformed } from "./weight-transforms.ts";

/** Options of {@link clippedInversePropensity}. */
export interface ClippedInversePropensityOptions {
  /** Largest weight λ, in [0, ∞]; ∞ is inverse propensity scoring. */
  readonly maximumWeight: number;
}

/**
 * Clipped inverse propensity scoring: `mean(min(w, λ) r)`.
 *
 * Biased toward 0 by what it cuts (down, for rewards >= 0), less variable.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0; `BAD_OPTION`
 * @see Ionides (2008), "Truncated Importance Sampling"; Bottou et al. (2013), "Counterfactual Reasoning and Learning
 * Systems"
 */
export function clippedInversePropensity(
  log: BanditLog,
  options: ClippedInversePropensityOptions,
): EstimatorTerms {
  const transform = clipped(options.maximumWeight);
  checkSupport("clipped inverse propensity", log.weight);
  return meanTerms(product(transformed(log.weight, transform), log.reward));
}
