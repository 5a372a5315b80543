import { checkedConfidence, checkValues } from "./checks.ts";

/** Options of the finite-sample bounds of a mean. */
export interface BoundedMeanOptions {
  /** The interval that every value is known beforehand to lie in; never the sample's own smallest and largest. */
  readonly range: readonly [number, number];
  /** Probability that the interval covers the true mean. @defaultValue 0.95 */
  readonly confidence?: number;
}

function checkedRange(where: string, values: ArrayLike<number>, range: readonly [number, number]): number {
  const [lower, upper] = range;
  if (!(Number.isFinite(lower) && Number.isFinite(upper) && lower < upper))
    throw new RangeError(`${where}: range must be two finite numbers in order, got [${lower}, ${upper}]`);
  checkValues(where, values, 1, lower, upper);
  return upper - lower;
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/**
 * Hoeffding's interval of the mean of independent bounded values: `mean ± R √(ln(2/α) / 2n)`, clipped to the range.
 *
 * @throws RangeError for a range that is not finite, or a value outside it
 * @see Hoeffding (1963), "Probability inequalities for sums of bounded random variables"
 */
export function hoeffdingMeanInterval(
  values: ArrayLike<number>,
  options: BoundedMeanOptions,
): { mean: number; interval: [number, number] } {
  const alpha = 1 - checkedConfidence("hoeffdingMeanInterval", options.confidence);
  const width = checkedRange("hoeffdingMeanInterval", values, options.range);
  const half = width * Math.sqrt(Math.log(2 / alpha) / (2 * values.length));
  return clipped(meanOf(values), half, options.range);
}

/**
 * Maurer and Pontil's empirical-Bernstein interval: `mean ± √(2 s² ln(4/α) / n) + 7 R ln(4/α) / 3(n − 1)`, clipped to the
 * range; `s²` with denominator n − 1.
 *
 * @param values - at least 2
 * @throws RangeError for a range that is not finite, or a value outside it
 * @see Maurer & Pontil (2009), "Empirical Bernstein bounds and sample-variance penalization", theorem 4 on each side
 */
export function empiricalBernsteinMeanInterval(
  values: ArrayLike<number>,
  options: BoundedMeanOptions,
): { mean: number; interval: [number, number] } {
  const alpha = 1 - checkedConfidence("empiricalBernsteinMeanInterval", options.confidence);
  const width = checkedRange("empiricalBernsteinMeanInterval", values, options.range);
  const n = values.length;
  if (n < 2) throw new RangeError(`empiricalBernsteinMeanInterval: needs at least 2 values, got ${n}`);
  const mean = meanOf(values);
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i]! - mean) ** 2;
  const logarithm = Math.log(4 / alpha);
  const half = Math.sqrt((2 * (squares / (n - 1)) * logarithm) / n) + (7 * width * logarithm) / (3 * (n - 1));
  return clipped(mean, half, options.range);
}

function clipped(
  mean: number,
  half: number,
  range: readonly [number, number],
): { mean: number; interval: [number, number] } {
  return { mean, interval: [Math.max(range[0], mean - half), Math.min(range[1], mean + half)] };
}
