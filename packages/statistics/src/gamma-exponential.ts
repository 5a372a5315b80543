import gammaln from "@stdlib/math-base-special-gammaln";
import { checkedConfidence } from "./checks.ts";
import { excessOverLogarithm, gammaTail } from "./incomplete-gamma.ts";

function logLowerIncompleteGamma(shape: number, x: number): number {
  return Math.log(gammaTail(shape, x, "lower")) + gammaln(shape);
}

/** Above it Stirling's series is exact to rounding. */
const LARGE_SHAPE = 1e4;

/**
 * Log wealth of the gamma–exponential mixture: the sub-exponential supermartingale `exp(λ s − ψ(λ) v)` mixed over λ.
 *
 * @param excess - sum of (value − mean) so far; `excess + variation + rho > 0`
 * @param variation - sum of squared deviations from predictable guesses
 * @param rho - tuning, > 0: smaller is tighter later
 * @see Howard, Ramdas, McAuliffe & Sekhon (2021), "Time-uniform, nonparametric, nonasymptotic confidence sequences", proposition 9
 */
export function gammaExponentialLogWealth(excess: number, variation: number, rho = 1): number {
  if (!(rho > 0)) throw new RangeError(`gammaExponentialLogWealth: rho must be > 0, got ${rho}`);
  const total = excess + variation + rho;
  if (!(total > 0))
    throw new RangeError(`gammaExponentialLogWealth: excess + variation + rho must be > 0, got ${total}`);
  const shape = variation + rho;
  const tuning = rho * Math.log(rho) - logLowerIncompleteGamma(rho, rho);
  if (shape < LARGE_SHAPE)
    return tuning + excess + variation - shape * Math.log(total) + logLowerIncompleteGamma(shape, total);
  // Stirling's series, in which the large terms cancel on paper: as floats they leave noise of the size of their last digits.
  return (
    tuning -
    rho +
    shape * excessOverLogarithm(excess / shape) +
    0.5 * Math.log((2 * Math.PI) / shape) +
    1 / (12 * shape) +
    Math.log(gammaTail(shape, total, "lower"))
  );
}

/**
 * Anytime-valid lower bound of the mean of non-negative values, with no upper bound on them, from three running sums:
 * one pass, constant memory.
 *
 * Add values in the order they came: the guess of each is made from those before it. Where the mean of a value, given those
 * before it, changes on the way, the bound is of the running mean of these means. Any mean is allowed; the bound is tightest
 * where they are at most about 1.
 *
 * @see Karampatziakis, Mineiro & Ramdas (2021), "Off-policy confidence sequences"
 * @example
 * const sequence = new NonNegativeMeanSequence();
 * for (const value of values) sequence.add(value);
 * sequence.lowerBound(0.95);
 */
export class NonNegativeMeanSequence {
  readonly #rho: number;
  /** Values seen. */
  count = 0;
  /** Their sum. */
  sum = 0;
  /** Sum of squared deviations from the predictable guesses. */
  variation = 0;

  /** @param rho - tuning of the mixture, > 0. @defaultValue 1 */
  constructor(rho = 1) {
    if (!(rho > 0)) throw new RangeError(`NonNegativeMeanSequence: rho must be > 0, got ${rho}`);
    this.#rho = rho;
  }

  /** @throws RangeError for a negative or infinite value */
  add(value: number): void {
    if (!(value >= 0 && value < Infinity))
      throw new RangeError(
        `NonNegativeMeanSequence.add: value ${this.count} must be finite and >= 0, got ${value}`,
      );
    // A guess above 1 would let a value fall short of it by more than 1, where `exp(λ d − ψ(λ) d²) ≤ 1 + λ d` fails.
    const guess = Math.min(1, (this.sum + 0.5) / (this.count + 1));
    this.variation += (value - guess) ** 2;
    this.sum += value;
    this.count++;
  }

  /**
   * A number below the mean at every time at once with probability ≥ `confidence`; 0 before any value.
   *
   * @param largestMean - the largest mean that is possible. @defaultValue ∞
   */
  lowerBound(confidence: number, largestMean = Infinity): number {
    const threshold = -Math.log(1 - checkedConfidence("NonNegativeMeanSequence.lowerBound", confidence));
    if (this.count === 0) return 0;
    const wealth = (mean: number): number =>
      gammaExponentialLogWealth(this.sum - this.count * mean, this.variation, this.#rho);
    if (!(wealth(0) > threshold)) return 0;
    let high = Math.min(largestMean, this.sum / this.count);
    if (wealth(high) >= threshold) return high;
    let low = 0;
    for (let i = 0; i < 200 && high - low > 1e-15 * high; i++) {
      const middle = (low + high) / 2;
      if (wealth(middle) > threshold) low = middle;
      else high = middle;
    }
    return low;
  }
}
