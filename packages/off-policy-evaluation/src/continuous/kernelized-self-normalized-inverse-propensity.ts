import { product, ratioTerms } from "../bandit/term-forms.ts";
import type { EstimatorTerms } from "../terms.ts";
import { kernelWeights, type ContinuousInput, type KernelOptions } from "./continuous-log.ts";

/**
 * Kernelised self-normalised inverse propensity scoring: `Σ K r / μ ÷ Σ K / μ`; also mends most of the bias at the ends of
 * the action's range.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT`, `EMPTY`, `BAD_LENGTH`, `BAD_VALUE`, `BAD_OPTION`
 * @see Kallus & Zhou (2018), as {@link kernelizedInversePropensity}
 */
export function kernelizedSelfNormalizedInversePropensity(
  input: ContinuousInput,
  options: KernelOptions,
): EstimatorTerms {
  const weight = kernelWeights(input, options);
  return ratioTerms(product(weight, input.reward), weight);
}
