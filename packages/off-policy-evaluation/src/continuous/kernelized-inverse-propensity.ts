import { meanTerms, product } from "../bandit/term-forms.ts";
import type { EstimatorTerms } from "../terms.ts";
import { kernelWeights, type ContinuousInput, type KernelOptions } from "./continuous-log.ts";

/**
 * Kernelised inverse propensity scoring: `mean(K((π(x) − a) / h) r / (h μ(a|x)))`.
 *
 * Biased by O(h²), and by more at the ends of the action's range, where part of the kernel lies outside.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT`, `EMPTY`, `BAD_LENGTH`, `BAD_VALUE`, `BAD_OPTION`
 * @see Kallus & Zhou (2018), "Policy Evaluation and Optimization with Continuous Treatments"
 */
export function kernelizedInversePropensity(input: ContinuousInput, options: KernelOptions): EstimatorTerms {
  return meanTerms(product(kernelWeights(input, options), input.reward));
}
