import { shuffleInto, type RandomKey } from "@longview/statistics";
import { OffPolicyEvaluationError } from "../error.ts";
import { checkWithin, confidenceOf } from "./interval.ts";

/** Options of {@link highConfidenceLowerBound}. */
export interface HighConfidenceOptions {
  /** Probability that the mean is above the bound. @defaultValue 0.95 */
  readonly confidence?: number;
  /** Decides which twentieth of the values tunes the truncation. */
  readonly key: RandomKey;
  /** A truncation chosen beforehand; then every value is used for the bound. */
  readonly truncation?: number;
}

/**
 * Thomas, Theocharous and Ghavamzadeh's bound of the mean of non-negative returns (HCOPE): values are truncated at a level
 * that one twentieth of them chooses, and the rest is bounded by empirical Bernstein. Needs no bound on the weights, and
 * holds at every sample size.
 *
 * @param values - importance-weighted returns, >= 0, at least 40 (or 2 with a truncation)
 * @throws OffPolicyEvaluationError `BAD_VALUE` for a negative value, `NOT_COMPUTABLE` for too few
 * @see Thomas, Theocharous & Ghavamzadeh (2015), "High-confidence off-policy evaluation", theorem 1 and algorithm 1
 */
export function highConfidenceLowerBound(
  values: ArrayLike<number>,
  options: HighConfidenceOptions,
): { lower: number; truncation: number } {
  const where = "highConfidenceLowerBound";
  const delta = 1 - confidenceOf(where, options);
  checkWithin(where, "value", values, 0);
  const count = values.length;
  const least = options.truncation === undefined ? 40 : 2;
  if (count < least)
    throw new OffPolicyEvaluationError(
      "NOT_COMPUTABLE",
      `${where}: needs at least ${least} values, got ${count}`,
    );
  if (options.truncation !== undefined) {
    if (!(options.truncation > 0))
      throw new OffPolicyEvaluationError(
        "BAD_OPTION",
        `${where}: truncation must be > 0, got ${options.truncation}`,
      );
    return { lower: bound(values, options.truncation, count, delta), truncation: options.truncation };
  }
  const order = Int32Array.from({ length: count }, (_, i) => i);
  shuffleInto(order, options.key);
  const tuningCount = Math.ceil(count / 20);
  const tuning = Float64Array.from(order.subarray(0, tuningCount), (i) => values[i]!);
  const rest = Float64Array.from(order.subarray(tuningCount), (i) => values[i]!);
  // The predicted bound is smooth but not concave in the logarithm of the level: a fine grid, then golden section.
  let most = 0;
  for (const value of tuning) most = Math.max(most, value);
  if (most === 0) return { lower: 0, truncation: 1 };
  const top = Math.log(most * 4);
  const bottom = Math.log(most * 1e-4);
  const predicted = (level: number): number => bound(tuning, Math.exp(level), rest.length, delta);
  const steps = 200;
  const width = (top - bottom) / steps;
  let best = bottom;
  for (let i = 1; i <= steps; i++)
    if (predicted(bottom + i * width) > predicted(best)) best = bottom + i * width;
  let low = best - width;
  let high = best + width;
  const golden = (Math.sqrt(5) - 1) / 2;
  for (let i = 0; i < 40; i++) {
    const left = high - golden * (high - low);
    const right = low + golden * (high - low);
    if (predicted(left) >= predicted(right)) high = right;
    else low = left;
  }
  const truncation = Math.exp((low + high) / 2);
  return { lower: Math.max(0, bound(rest, truncation, rest.length, delta)), truncation };
}

/** The bound of `count` values that look like `values`, all truncated at `level`. */
function bound(values: ArrayLike<number>, level: number, count: number, delta: number): number {
  const seen = values.length;
  let sum = 0;
  for (let i = 0; i < seen; i++) sum += Math.min(values[i]!, level);
  const mean = sum / seen;
  let squares = 0;
  for (let i = 0; i < seen; i++) squares += (Math.min(values[i]!, level) - mean) ** 2;
  const variance = seen > 1 ? squares / (seen - 1) : 0;
  const logarithm = Math.log(2 / delta);
  return mean - (7 * level * logarithm) / (3 * (count - 1)) - Math.sqrt((2 * variance * logarithm) / count);
}
