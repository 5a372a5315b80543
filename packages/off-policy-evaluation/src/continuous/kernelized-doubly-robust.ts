import { meanTerms } from "../bandit/term-forms.ts";
import { checkFinite, checkLength } from "../log/checks.ts";
import type { EstimatorTerms } from "../terms.ts";
import { kernelWeights, type KernelOptions, type ModelledContinuousInput } from "./continuous-log.ts";

/**
 * Kernelised doubly robust: `mean(q(x, π(x)) + K (r − q(x, π(x))) / (h μ(a|x)))`.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT`, `EMPTY`, `BAD_LENGTH`, `BAD_VALUE`, `BAD_OPTION`
 * @see Kallus & Zhou (2018), as {@link kernelizedInversePropensity}
 */
export function kernelizedDoublyRobust(
  input: ModelledContinuousInput,
  options: KernelOptions,
): EstimatorTerms {
  const weight = kernelWeights(input, options);
  const { reward, predictedReward } = input;
  checkLength("predictedReward", predictedReward, reward.length, "one a reward");
  checkFinite("predictedReward", predictedReward);
  return meanTerms(
    weight.map((value, i) => predictedReward[i]! + value * (reward[i]! - predictedReward[i]!)),
  );
}
