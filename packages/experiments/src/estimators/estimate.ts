import { studentQuantile, studentTwoSidedTail } from "@longview/statistics";
import { checkedConfidence } from "../checks.ts";

/** Options of every estimator. */
export interface EstimateOptions {
  /** Probability that the interval covers the effect, in (0, 1). @defaultValue 0.95 */
  readonly confidence?: number;
}

/** What one arm showed. */
export interface ArmSummary {
  /** Independent units: users, clusters, intervals. */
  readonly units: number;
  /** Mean of the outcome, or its ratio. */
  readonly mean: number;
}

/** An estimated effect, treatment minus control, with a two-sided Student interval. */
export interface EffectEstimate {
  readonly effect: number;
  readonly standardError: number;
  readonly interval: readonly [number, number];
  /** P-value of no effect. */
  readonly pValue: number;
  readonly degreesOfFreedom: number;
}

/** `effect ± t · standardError`; without any variation the interval is the point. */
export function studentEstimate(
  where: string,
  { effect, variance, degreesOfFreedom }: { effect: number; variance: number; degreesOfFreedom: number },
  options: EstimateOptions,
): EffectEstimate {
  const confidence = checkedConfidence(where, options.confidence);
  const standardError = Math.sqrt(variance);
  if (standardError === 0)
    return {
      effect,
      standardError,
      interval: [effect, effect],
      pValue: effect === 0 ? 1 : 0,
      degreesOfFreedom,
    };
  const half = studentQuantile(0.5 + confidence / 2, degreesOfFreedom) * standardError;
  return {
    effect,
    standardError,
    interval: [effect - half, effect + half],
    pValue: studentTwoSidedTail(effect / standardError, degreesOfFreedom),
    degreesOfFreedom,
  };
}
