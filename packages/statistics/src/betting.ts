import { checkedConfidence, checkValues } from "./checks.ts";
import { empiricalBernsteinBetsInto, type BetPrior, type ConfidenceSequence } from "./predictable-mixture.ts";

/** Options of {@link hedgedCapital}. */
export interface CapitalOptions {
  /** Level at which a gambler wins, which the bets are tuned for. @defaultValue 0.05 */
  readonly alpha?: number;
  /** Sample size fixed beforehand, see `MixtureOptions`. */
  readonly fixedCount?: number;
  /** Share of the largest admissible bet, in (0, 1]. @defaultValue 0.5 */
  readonly truncation?: number;
  /** Bets at most `truncation` itself instead of `truncation / m` and `truncation / (1 − m)`. @defaultValue false */
  readonly absoluteTruncation?: boolean;
  /** Mean and variance believed beforehand. */
  readonly prior?: BetPrior;
}

/** The two capitals, each after every value. */
export interface HedgedCapital {
  /** Of a gambler who bets that the mean is above `m`. */
  readonly above: Float64Array;
  /** Of a gambler who bets that the mean is below `m`. */
  readonly below: Float64Array;
}

/**
 * Capital of two gamblers who bet against "the mean is m": `∏ (1 + λᵢ (xᵢ − m))` and `∏ (1 − λᵢ (xᵢ − m))`.
 *
 * Each is a non-negative martingale when the mean is m, so half of one exceeds 1/α at any time with probability ≤ α/2.
 *
 * @param values - in [0, 1]
 * @param m - in [0, 1]
 * @see Waudby-Smith & Ramdas (2023), section 4.2
 */
export function hedgedCapital(
  values: ArrayLike<number>,
  m: number,
  options: CapitalOptions = {},
): HedgedCapital {
  checkValues("hedgedCapital", values, 1, 0, 1);
  if (!(m >= 0 && m <= 1)) throw new RangeError(`hedgedCapital: m must be from 0 to 1, got ${m}`);
  const bets = betsOf(values, options);
  const above = new Float64Array(values.length);
  const below = new Float64Array(values.length);
  let up = 0;
  let down = 0;
  for (let i = 0; i < values.length; i++) {
    const difference = values[i]! - m;
    up += Math.log1p(cappedBet(bets[i]!, m, options) * difference);
    down += Math.log1p(-cappedBet(bets[i]!, 1 - m, options) * difference);
    above[i] = Math.exp(up);
    below[i] = Math.exp(down);
  }
  return { above, below };
}

function betsOf(values: ArrayLike<number>, options: CapitalOptions): Float64Array {
  const { alpha = 0.05, fixedCount, prior } = options;
  const bets = new Float64Array(values.length);
  empiricalBernsteinBetsInto(bets, values, {
    alpha,
    ...(fixedCount === undefined ? {} : { fixedCount }),
    ...(prior === undefined ? {} : { prior }),
  });
  return bets;
}

function cappedBet(bet: number, distance: number, options: CapitalOptions): number {
  const { truncation = 0.5, absoluteTruncation = false } = options;
  if (absoluteTruncation) return Math.min(bet, truncation);
  return distance === 0 ? bet : Math.min(bet, truncation / distance);
}

/** Options of the betting intervals. */
export interface BettingOptions {
  /** Probability of coverage. @defaultValue 0.95 */
  readonly confidence?: number;
  /** Endpoints are found to this distance, on the safe side. @defaultValue 1e-6 */
  readonly tolerance?: number;
  /** Mean and variance believed beforehand. */
  readonly prior?: BetPrior;
  /** Let each endpoint use those before it too: what was once excluded stays so. @defaultValue true */
  readonly runningIntersection?: boolean;
}

/**
 * Hedged betting confidence sequence of the mean of values in [0, 1]: at each time the `m` against which neither gambler has
 * earned `2/α`. Valid at all times at once; endpoint t uses all values up to t.
 *
 * A capital is monotone in m, so endpoints are found by bisection, not on a grid.
 *
 * @param times - after how many values an endpoint is wanted, ascending. @defaultValue after the last alone
 * @throws RangeError for a value outside [0, 1]
 */
export function hedgedBettingSequence(
  values: ArrayLike<number>,
  times: ArrayLike<number> = [values.length],
  options: BettingOptions = {},
): ConfidenceSequence {
  const alpha = 1 - checkedConfidence("hedgedBettingSequence", options.confidence);
  checkValues("hedgedBettingSequence", values, 1, 0, 1);
  // Each gambler wins at 2/α, so bets are tuned to α/2.
  const capital: CapitalOptions = {
    alpha: alpha / 2,
    ...(options.prior === undefined ? {} : { prior: options.prior }),
  };
  const bets = betsOf(values, capital);
  const lower = new Float64Array(times.length);
  const upper = new Float64Array(times.length);
  for (let j = 0; j < times.length; j++) {
    const count = times[j]!;
    if (!(Number.isSafeInteger(count) && count >= 1 && count <= values.length))
      throw new RangeError(
        `hedgedBettingSequence: time ${j} must be a whole number from 1 to ${values.length}, got ${count}`,
      );
    [lower[j], upper[j]] = endpoints(values, bets, count, capital, options);
  }
  return { lower, upper };
}

/**
 * Hedged betting confidence interval of the mean of values in [0, 1], for a sample size fixed beforehand: narrower than
 * {@link hedgedBettingSequence}, not to be looked at repeatedly.
 *
 * @throws RangeError for a value outside [0, 1]
 */
export function hedgedBettingInterval(
  values: ArrayLike<number>,
  options: BettingOptions = {},
): [number, number] {
  const alpha = 1 - checkedConfidence("hedgedBettingInterval", options.confidence);
  checkValues("hedgedBettingInterval", values, 1, 0, 1);
  const capital: CapitalOptions = {
    alpha: alpha / 2,
    fixedCount: values.length,
    truncation: 1,
    absoluteTruncation: true,
    ...(options.prior === undefined ? {} : { prior: options.prior }),
  };
  return endpoints(values, betsOf(values, capital), values.length, capital, options);
}

/**
 * Betting lower confidence bound of the mean of non-negative values without an upper bound on them, valid at all times at once:
 * the smallest mean against which the gambler who bets on more has never earned `1/α`.
 *
 * @param values - each >= 0, best when about 1 in size
 * @returns the bound after all values, >= 0 and ≤ the largest mean on the way
 * @throws RangeError for a negative or infinite value
 * @see Waudby-Smith, Wu, Ramdas, Karampatziakis & Mineiro (2022), "Anytime-valid off-policy inference for contextual bandits"
 */
export function bettingLowerBound(values: ArrayLike<number>, options: BettingOptions = {}): number {
  const alpha = 1 - checkedConfidence("bettingLowerBound", options.confidence);
  checkValues("bettingLowerBound", values, 1, 0);
  const capital: CapitalOptions = { alpha, ...(options.prior === undefined ? {} : { prior: options.prior }) };
  const bets = betsOf(values, capital);
  const threshold = Math.log(1 / alpha);
  let largest = 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i]!;
    largest = Math.max(largest, sum / (i + 1));
  }
  const { tolerance = 1e-6 } = options;
  return firstPassing(
    (m) =>
      logCapital(values, bets, values.length, m, 1, capital, options.runningIntersection ?? true) <=
      threshold,
    0,
    Math.max(largest, values[0]!),
    tolerance,
  )[0];
}

/** The log capital after `count` values, or the largest on the way; `side` 1 bets on a mean above m, −1 on one below. */
function logCapital(
  values: ArrayLike<number>,
  bets: Float64Array,
  count: number,
  m: number,
  side: 1 | -1,
  options: CapitalOptions,
  largestOnTheWay: boolean,
): number {
  const distance = side === 1 ? m : 1 - m;
  const { truncation = 0.5, absoluteTruncation = false } = options;
  const cap = absoluteTruncation ? truncation : distance === 0 ? Infinity : truncation / distance;
  let capital = 0;
  let largest = 0;
  for (let i = 0; i < count; i++) {
    const bet = Math.min(bets[i]!, cap);
    capital += Math.log1p(side * bet * (values[i]! - m));
    if (capital > largest) largest = capital;
  }
  return largestOnTheWay ? largest : capital;
}

/** [last known failing or `low`, first known passing]; `passes` fails below some point of [low, high] and holds above it. */
function firstPassing(
  passes: (m: number) => boolean,
  low: number,
  high: number,
  tolerance: number,
): [number, number] {
  if (passes(low)) return [low, low];
  let failing = low;
  let passing = high;
  while (passing - failing > tolerance) {
    const middle = (failing + passing) / 2;
    if (middle <= failing || middle >= passing) break;
    if (passes(middle)) passing = middle;
    else failing = middle;
  }
  return [failing, passing];
}

function endpoints(
  values: ArrayLike<number>,
  bets: Float64Array,
  count: number,
  capital: CapitalOptions,
  options: BettingOptions,
): [number, number] {
  const { tolerance = 1e-6, runningIntersection = true } = options;
  const threshold = -Math.log(capital.alpha ?? 0.05);
  // The gambler of one side is out of the game at the far end, so each search has a passing end.
  const [lower] = firstPassing(
    (m) => logCapital(values, bets, count, m, 1, capital, runningIntersection) <= threshold,
    0,
    1,
    tolerance,
  );
  const [mirrored] = firstPassing(
    (d) => logCapital(values, bets, count, 1 - d, -1, capital, runningIntersection) <= threshold,
    0,
    1,
    tolerance,
  );
  // Contradicted everywhere (a change of the mean on the way): the safe answer is the whole range.
  return lower <= 1 - mirrored ? [lower, 1 - mirrored] : [0, 1];
}
