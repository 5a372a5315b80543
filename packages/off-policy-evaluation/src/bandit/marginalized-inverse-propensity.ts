import type { EstimatorTerms } from "../terms.ts";
import { embeddingWeights, type EmbeddingInput, type EmbeddingOptions } from "./embedding-weights.ts";
import { meanTerms, product, ratioTerms } from "./term-forms.ts";

/**
 * Marginalized inverse propensity scoring (MIPS): `mean(w(x, e) r)` with `w(x, e) = p(e|x, π) / p(e|x, μ)`.
 *
 * Weighs what the action looks like, not which it is: with many actions and few kinds of embedding the weights are small.
 * Unbiased where the action acts on the reward only through its embedding (no direct effect), under exact p(e|a) and
 * support of the embeddings.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0; `EMPTY`, `BAD_LENGTH`, `BAD_VALUE`, `BAD_OPTION`
 * @see Saito & Joachims (2022), "Off-Policy Evaluation for Large Action Spaces via Embeddings"
 */
export function marginalizedInversePropensity(
  input: EmbeddingInput,
  options: EmbeddingOptions = {},
): EstimatorTerms {
  return meanTerms(product(embeddingWeights(input, options), input.reward));
}

/**
 * Self-normalised MIPS: `Σ w(x, e) r / Σ w(x, e)`; consistent where MIPS is.
 *
 * @throws OffPolicyEvaluationError as {@link marginalizedInversePropensity}
 */
export function selfNormalizedMarginalizedInversePropensity(
  input: EmbeddingInput,
  options: EmbeddingOptions = {},
): EstimatorTerms {
  const weight = embeddingWeights(input, options);
  return ratioTerms(product(weight, input.reward), weight);
}
