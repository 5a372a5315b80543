import { add, divide, multiply, subtract } from "../operations/elementwise-binary.ts";
import { sqrt, square } from "../operations/elementwise-unary.ts";
import { constant } from "../operations/sources.ts";
import { minimum } from "../operations/elementwise-binary.ts";
import type { Tensor } from "../tensor.ts";

export interface AdamSettings {
  readonly kind: "adam";
  /** Added to the root of the bias-corrected second moment, as in PyTorch. */
  readonly epsilon: number;
  readonly beta1: number;
  readonly beta2: number;
}

/** Adam's moments of every parameter and the number of steps taken. */
export interface OptimizerState {
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
  step: number;
}

export function createOptimizerState(size: number): OptimizerState {
  return { firstMoment: new Float32Array(size), secondMoment: new Float32Array(size), step: 0 };
}

/**
 * Adam's bias corrections folded into two numbers a step, computed in float64:
 * p − learningRate · (m/c₁) / (√(v/c₂) + ε) = p − stepSize · m / (√v + shiftedEpsilon),
 * stepSize = learningRate · √c₂ / c₁, shiftedEpsilon = ε · √c₂, cᵢ = 1 − βᵢ^t.
 */
export function adamSchedule(
  settings: AdamSettings,
  learningRate: number,
  stepsTaken: number,
  count: number,
): Float32Array {
  const schedule = new Float32Array(2 * count);
  for (let index = 0; index < count; index += 1) {
    const time = stepsTaken + index + 1;
    const root = Math.sqrt(1 - settings.beta2 ** time);
    schedule[2 * index] = (learningRate * root) / (1 - settings.beta1 ** time);
    schedule[2 * index + 1] = settings.epsilon * root;
  }
  return schedule;
}

export interface AdamInput {
  readonly parameters: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
  readonly gradient: Tensor;
  /** Factor on the gradient: 1, or what clipping leaves of it. */
  readonly gradientScale: Tensor | undefined;
  readonly stepSize: Tensor;
  readonly shiftedEpsilon: Tensor;
}

export interface AdamOutput {
  readonly parameters: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
}

/** One Adam step on flat vectors. */
export function adam(settings: AdamSettings, input: AdamInput): AdamOutput {
  const { beta1, beta2 } = settings;
  const kept = 1 - beta1;
  // (1−β₁)·g serves both moments, so the clipping factor costs no pass of its own
  const weighted = multiply(
    input.gradient,
    input.gradientScale === undefined ? kept : multiply(input.gradientScale, kept),
  );
  const firstMoment = add(multiply(input.firstMoment, beta1), weighted);
  const secondMoment = add(
    multiply(input.secondMoment, beta2),
    multiply(square(weighted), (1 - beta2) / (kept * kept)),
  );
  const step = divide(firstMoment, add(sqrt(secondMoment), input.shiftedEpsilon));
  return {
    parameters: subtract(input.parameters, multiply(step, input.stepSize)),
    firstMoment,
    secondMoment,
  };
}

/** The factor that brings a gradient of this norm down to `maximumNorm`, as PyTorch's clip_grad_norm_. */
export function clipByGlobalNorm(norm: Tensor, maximumNorm: number): Tensor {
  return minimum(divide(constant(maximumNorm), add(norm, 1e-6)), 1);
}
