import { checkedConfidence, checkValues } from "./checks.ts";

/** Options of the predictable-mixture sequences. */
export interface MixtureOptions {
  /** Probability that the sequence covers the mean at every time at once. @defaultValue 0.95 */
  readonly confidence?: number;
  /**
   * Sample size fixed beforehand: the bets are tuned to it, for the narrowest bound at that count.
   * @defaultValue absent: bets that fit every count. Either way bounds hold at all times at once
   */
  readonly fixedCount?: number;
  /** Largest bet. @defaultValue 0.5 (empirical Bernstein), 1 (Hoeffding; none with `fixedCount`) */
  readonly truncation?: number;
}

/** A bound after each value. */
export interface ConfidenceSequence {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Where {@link empiricalBernsteinBetsInto} starts: the mean and variance believed before any value. */
export interface BetPrior {
  readonly mean: number;
  readonly variance: number;
}

/** The prior of a value anywhere in [0, 1]. */
export const UNIFORM_PRIOR: BetPrior = { mean: 0.5, variance: 0.25 };

/**
 * Predictable bets of the empirical-Bernstein kind: `√(2 ln(1/α) / (t ln(1 + t) σ̂²ₜ₋₁))`, or with a fixed count
 * `√(2 ln(1/α) / (n σ̂²ₜ₋₁))`. Bet t depends on values before t alone.
 *
 * @param out - one bet a value
 * @see Waudby-Smith & Ramdas (2023), "Estimating means of bounded random variables by betting", equations 15 and 26
 */
export function empiricalBernsteinBetsInto(
  out: Float64Array,
  values: ArrayLike<number>,
  options: { readonly alpha: number; readonly fixedCount?: number; readonly prior?: BetPrior },
): void {
  const { alpha, fixedCount, prior = UNIFORM_PRIOR } = options;
  const numerator = 2 * Math.log(1 / alpha);
  let variance = prior.variance;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const t = i + 1;
    out[i] = Math.sqrt(numerator / ((fixedCount ?? t * Math.log(1 + t)) * variance));
    sum += values[i]!;
    // The regularised mean never leaves [0, 1], even for unbounded values: the sequence stays valid and bets stay bounded.
    const mean = Math.min(1, (prior.mean + sum) / (t + 1));
    squares += (values[i]! - mean) ** 2;
    variance = (prior.variance + squares) / (t + 1);
  }
}

/**
 * Lower confidence sequence of the mean of non-negative values, without any upper bound on them (empirical Bernstein by
 * predictable mixture). Best when values are about 1 in size: scale them beforehand.
 *
 * @param values - each >= 0, all with one mean given those before, in the order they came
 * @returns the bound after each value; may be negative early on
 * @throws RangeError for a negative or infinite value
 * @see Waudby-Smith & Ramdas (2023), theorem 2; Waudby-Smith et al. (2022), "Anytime-valid off-policy inference", section 3
 */
export function empiricalBernsteinLowerSequence(
  values: ArrayLike<number>,
  options: MixtureOptions = {},
): Float64Array {
  const where = "empiricalBernsteinLowerSequence";
  const alpha = 1 - checkedConfidence(where, options.confidence);
  checkValues(where, values, 1, 0);
  const { truncation = 0.5, fixedCount } = options;
  if (!(truncation > 0 && truncation < 1))
    throw new RangeError(`${where}: truncation must be between 0 and 1, got ${truncation}`);
  const bets = new Float64Array(values.length);
  empiricalBernsteinBetsInto(bets, values, fixedCount === undefined ? { alpha } : { alpha, fixedCount });
  const out = new Float64Array(values.length);
  let penalty = Math.log(1 / alpha);
  let weighted = 0;
  let totalBet = 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const bet = Math.min(truncation, bets[i]!);
    // At most 1: from above it a value may fall by more than 1, where the inequality behind the penalty fails.
    const previousMean = i === 0 ? 0 : Math.min(1, sum / i);
    penalty += (value - previousMean) ** 2 * (-Math.log1p(-bet) - bet);
    weighted += bet * value;
    totalBet += bet;
    sum += value;
    out[i] = (weighted - penalty) / totalBet;
  }
  return out;
}

/**
 * Two-sided empirical-Bernstein confidence sequence of the mean of values in [0, 1], α/2 a side.
 *
 * @throws RangeError for a value outside [0, 1]
 */
export function empiricalBernsteinSequence(
  values: ArrayLike<number>,
  options: MixtureOptions = {},
): ConfidenceSequence {
  return twoSided("empiricalBernsteinSequence", values, options, empiricalBernsteinLowerSequence);
}

/**
 * Two-sided Hoeffding confidence sequence of the mean of values in [0, 1], α/2 a side.
 *
 * @throws RangeError for a value outside [0, 1]
 */
export function hoeffdingSequence(
  values: ArrayLike<number>,
  options: MixtureOptions = {},
): ConfidenceSequence {
  return twoSided("hoeffdingSequence", values, options, hoeffdingLower);
}

function hoeffdingLower(values: ArrayLike<number>, options: MixtureOptions): Float64Array {
  const { confidence = 0.95, fixedCount } = options;
  const alpha = 1 - confidence;
  const truncation = options.truncation ?? (fixedCount === undefined ? 1 : Infinity);
  const out = new Float64Array(values.length);
  let weighted = 0;
  let totalBet = 0;
  let penalty = Math.log(1 / alpha);
  for (let i = 0; i < values.length; i++) {
    const t = i + 1;
    const bet = Math.min(
      truncation,
      Math.sqrt((8 * Math.log(1 / alpha)) / (fixedCount ?? t * Math.log(1 + t))),
    );
    weighted += bet * values[i]!;
    totalBet += bet;
    penalty += (bet * bet) / 8;
    out[i] = (weighted - penalty) / totalBet;
  }
  return out;
}

function twoSided(
  where: string,
  values: ArrayLike<number>,
  options: MixtureOptions,
  lowerSequence: (values: ArrayLike<number>, options: MixtureOptions) => Float64Array,
): ConfidenceSequence {
  const confidence = checkedConfidence(where, options.confidence);
  checkValues(where, values, 1, 0, 1);
  const oneSided = { ...options, confidence: 1 - (1 - confidence) / 2 };
  const lower = lowerSequence(values, oneSided).map((bound) => Math.max(0, bound));
  const mirrored = Float64Array.from({ length: values.length }, (_, i) => 1 - values[i]!);
  const upper = lowerSequence(mirrored, oneSided).map((bound) => Math.min(1, 1 - bound));
  return { lower, upper };
}
