import { checkDensities, checkFinite, checkLength, checkRows } from "../log/checks.ts";
import { OffPolicyEvaluationError } from "../error.ts";
import { KERNELS, type KernelName } from "./kernels.ts";

/** Logged decisions with one continuous action each: one entry a decision. */
export interface ContinuousInput {
  /** Observed reward; finite. */
  readonly reward: Float64Array;
  /** Logged action; finite. */
  readonly action: Float64Array;
  /** Logging policy's density at the logged action; > 0, finite, may pass 1. */
  readonly density: Float64Array;
  /** Action of the target policy in that context (of a stochastic one: a draw); finite. */
  readonly targetAction: Float64Array;
}

/** {@link ContinuousInput} with a reward model. */
export interface ModelledContinuousInput extends ContinuousInput {
  /** Model's expected reward of `targetAction`: q(x, π(x)); finite. */
  readonly predictedReward: Float64Array;
}

/** Options of the kernelised estimators. */
export interface KernelOptions {
  readonly kernel: KernelName;
  /** Width h of the kernel, in the action's units; > 0, finite. Bias grows as h², variance as 1 / h. */
  readonly bandwidth: number;
}

/**
 * `K((targetAction − action) / h) / (h · density)` of each row: what stands for the importance weight.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when no logged action is near the target's; `EMPTY`, `BAD_LENGTH`,
 * `BAD_VALUE`, `BAD_OPTION`
 */
export function kernelWeights(input: ContinuousInput, options: KernelOptions): Float64Array {
  const { reward, action, density, targetAction } = input;
  const { kernel, bandwidth } = options;
  checkRows("log", reward.length);
  checkLength("action", action, reward.length, "one a reward");
  checkLength("density", density, reward.length, "one a reward");
  checkLength("targetAction", targetAction, reward.length, "one a reward");
  checkFinite("reward", reward);
  checkFinite("action", action);
  checkDensities("density", density);
  checkFinite("targetAction", targetAction);
  if (!(bandwidth > 0 && bandwidth < Infinity))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `bandwidth is ${bandwidth}: it must be above 0 and finite`,
    );
  if (!Object.hasOwn(KERNELS, kernel))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `kernel is ${String(kernel)}: it must be one of ${Object.keys(KERNELS).join(", ")}`,
    );
  const kernelAt = KERNELS[kernel];
  const weight = new Float64Array(reward.length);
  let support = false;
  for (let i = 0; i < weight.length; i++) {
    const value = kernelAt((targetAction[i]! - action[i]!) / bandwidth) / (bandwidth * density[i]!);
    if (!Number.isFinite(value))
      throw new OffPolicyEvaluationError(
        "BAD_VALUE",
        `density[${i}] is ${density[i]}: so small that the importance weight overflows`,
      );
    weight[i] = value;
    support ||= value > 0;
  }
  if (!support)
    throw new OffPolicyEvaluationError(
      "NO_SUPPORT",
      `kernelised estimate: no logged action lies within the ${kernel} kernel of width ${bandwidth} around the target's`,
    );
  return weight;
}
