import { studentQuantile } from "@longview/statistics";
import { OffPolicyEvaluationError } from "../error.ts";
import { checkLengths, checkRange, checkWithin, confidenceOf, type Interval } from "./interval.ts";

/** Options of the empirical-likelihood estimates. */
export interface WeightRangeOptions {
  /**
   * The smallest and largest weight that are possible, not those of the sample; smaller than 1 and larger than 1.
   * Weights of the data beyond it widen it. @defaultValue [0, Infinity]
   */
  readonly weightRange?: readonly [number, number];
}

/** The unseen row whose weight and reward are extreme, on one side. */
interface Phantom {
  readonly weight: number;
  readonly reward: number;
  /** 1 for the lower bound, −1 for the upper. */
  readonly sign: 1 | -1;
  /** Width of the rewards' range. */
  readonly unit: number;
}

/** Options of {@link CressieReadSums.interval}. */
export interface CressieReadOptions {
  /** Probability of coverage. @defaultValue 0.95 */
  readonly confidence?: number;
  /** Bounds of every reward, known beforehand. */
  readonly rewardRange: readonly [number, number];
}

/**
 * Cressie–Read (power −2) empirical likelihood of an off-policy value, under the constraint that weights have mean 1: running
 * sums in one pass, mergeable over shards.
 *
 * @see Karampatziakis, Langford & Mineiro (2020), "Empirical likelihood for contextual bandits"
 */
export class CressieReadSums {
  #count = 0;
  #weight = 0;
  #weightSquare = 0;
  #weighted = 0;
  #weightedByWeight = 0;
  #weightedSquare = 0;
  #reward = 0;
  #leastWeight: number;
  #mostWeight: number;
  #leastReward = Infinity;
  #mostReward = -Infinity;

  /** @throws OffPolicyEvaluationError `BAD_OPTION` for a weight range that does not have 1 inside */
  constructor(options: WeightRangeOptions = {}) {
    const [least, most] = options.weightRange ?? [0, Infinity];
    if (!(least >= 0 && least < 1 && most > 1))
      throw new OffPolicyEvaluationError(
        "BAD_OPTION",
        `CressieReadSums: weightRange must reach from below 1 to above 1, got [${least}, ${most}]`,
      );
    this.#leastWeight = least;
    this.#mostWeight = most;
  }

  /** @throws OffPolicyEvaluationError `BAD_LENGTH`, `EMPTY`, or `BAD_VALUE` for a negative weight or a number that is not finite */
  add(weights: ArrayLike<number>, rewards: ArrayLike<number>): this {
    const rows = checkLengths("CressieReadSums.add", { weights, rewards });
    checkWithin("CressieReadSums.add", "weight", weights, 0);
    checkWithin("CressieReadSums.add", "reward", rewards);
    for (let i = 0; i < rows; i++) {
      const w = weights[i]!;
      const r = rewards[i]!;
      this.#weight += w;
      this.#weightSquare += w * w;
      this.#weighted += w * r;
      this.#weightedByWeight += w * w * r;
      this.#weightedSquare += w * w * r * r;
      this.#reward += r;
      if (w < this.#leastWeight) this.#leastWeight = w;
      if (w > this.#mostWeight) this.#mostWeight = w;
      if (r < this.#leastReward) this.#leastReward = r;
      if (r > this.#mostReward) this.#mostReward = r;
    }
    this.#count += rows;
    return this;
  }

  /** Adds what another one has seen. */
  merge(other: CressieReadSums): this {
    this.#count += other.#count;
    this.#weight += other.#weight;
    this.#weightSquare += other.#weightSquare;
    this.#weighted += other.#weighted;
    this.#weightedByWeight += other.#weightedByWeight;
    this.#weightedSquare += other.#weightedSquare;
    this.#reward += other.#reward;
    this.#leastWeight = Math.min(this.#leastWeight, other.#leastWeight);
    this.#mostWeight = Math.max(this.#mostWeight, other.#mostWeight);
    this.#leastReward = Math.min(this.#leastReward, other.#leastReward);
    this.#mostReward = Math.max(this.#mostReward, other.#mostReward);
    return this;
  }

  /** The estimate; mass that the likelihood leaves unexplained earns the mean logged reward. */
  value(): number {
    const n = this.#filled();
    const phantom = this.#phantomWeight();
    let constant: number;
    let slope: number;
    if (phantom === Infinity) {
      constant = (1 + n) / n;
      slope = 0;
    } else {
      const mean = (phantom + this.#weight) / (1 + n);
      const square = (phantom * phantom + this.#weightSquare) / (1 + n);
      const spread = square - mean * mean;
      constant = (square - mean) / spread;
      slope = (1 - mean) / spread;
    }
    const value = (constant * this.#weighted + slope * this.#weightedByWeight) / (1 + n);
    const explained = (constant * this.#weight + slope * this.#weightSquare) / (1 + n);
    return value + (Math.max(0, 1 - explained) * this.#reward) / n;
  }

  /**
   * Likelihood-ratio interval of the value: the values of the worst and best distribution whose divergence from the sample is
   * within the F(1, n) quantile, with one phantom row at an extreme weight and reward.
   *
   * @throws OffPolicyEvaluationError `BAD_VALUE` for a reward outside the range
   */
  interval(options: CressieReadOptions): Interval {
    const where = "CressieReadSums.interval";
    const confidence = confidenceOf(where, options);
    const n = this.#filled();
    checkRange(where, options.rewardRange);
    const [least, most] = options.rewardRange;
    checkWithin(where, "extreme reward", [this.#leastReward, this.#mostReward], least, most);
    const phantom = this.#phantomWeight();
    let optimum: number;
    if (phantom === Infinity) optimum = 1 + 1 / n;
    else {
      const mean = (phantom + this.#weight) / (1 + n);
      const square = (phantom * phantom + this.#weightSquare) / (1 + n);
      optimum = ((1 + n) * (mean - 1) ** 2) / (square - mean * mean);
    }
    // F(1, n) is the square of a t(n).
    const divergence = studentQuantile(0.5 + confidence / 2, n) ** 2;
    const level = (-optimum - divergence) / (2 * (1 + n));
    const bound = (reward: number, sign: 1 | -1): number => {
      let best = Infinity;
      for (const weight of [this.#leastWeight, this.#mostWeight])
        best = Math.min(best, this.#candidate({ weight, reward, sign, unit: most - least }, level));
      return Math.min(most, Math.max(least, best === Infinity ? reward : sign * best));
    };
    return {
      value: this.value(),
      lower: bound(least, 1),
      upper: bound(most, -1),
      confidence,
      method: "cressie-read",
    };
  }

  #candidate(phantom: Phantom, level: number): number {
    const { weight, reward, sign, unit } = phantom;
    const n = this.#count;
    let size: number;
    let centre: number;
    let curvature: number;
    let slack: number;
    if (weight === Infinity) {
      const residual = this.#weighted - this.#weight * reward;
      centre = sign * (reward + residual / n);
      size =
        (reward * reward * this.#weightSquare - 2 * reward * this.#weightedByWeight + this.#weightedSquare) /
        (1 + n);
      curvature = (residual * residual) / (n * (1 + n)) - size;
      slack = level + 1 / (2 * n);
    } else {
      const mean = (weight + this.#weight) / (1 + n);
      const square = (weight * weight + this.#weightSquare) / (1 + n);
      const spread = square - mean * mean;
      if (!(spread > 0)) return Infinity;
      const product = (sign * (weight * reward + this.#weighted)) / (1 + n);
      const byWeight = (sign * (weight * weight * reward + this.#weightedByWeight)) / (1 + n);
      const productSquare = ((weight * reward) ** 2 + this.#weightedSquare) / (1 + n);
      const covariance = byWeight - mean * product;
      centre = product + ((1 - mean) * covariance) / spread;
      size = productSquare;
      curvature = (covariance * covariance) / spread - (productSquare - product * product);
      slack = level + (1 - mean) ** 2 / (2 * spread);
    }
    // Rows that are all alike bound nothing: no divergence can be spent on them, and the formula would call them certain.
    if (weight > 1 && slack < 0 && Math.abs(curvature) <= 1e-12 * size) return sign * reward;
    const square = 2 * curvature * slack;
    // Rounding noise counts as an exact zero.
    if (Math.abs(square) <= 2e-18 * unit * unit) return centre - Math.SQRT2 * 1e-9 * unit;
    return slack <= 0 && square >= 0 ? centre - Math.sqrt(square) : Infinity;
  }

  #phantomWeight(): number {
    return this.#weight < this.#count ? this.#mostWeight : this.#leastWeight;
  }

  #filled(): number {
    if (this.#count === 0) throw new OffPolicyEvaluationError("EMPTY", "CressieReadSums: no rows were added");
    if (this.#weight === 0)
      throw new OffPolicyEvaluationError("NO_SUPPORT", "CressieReadSums: every weight is 0");
    return this.#count;
  }
}

/**
 * Cressie–Read interval of an off-policy value, see {@link CressieReadSums}.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0, `BAD_VALUE` for a reward outside its range
 */
export function cressieReadInterval(
  weights: ArrayLike<number>,
  rewards: ArrayLike<number>,
  options: CressieReadOptions & WeightRangeOptions,
): Interval {
  return new CressieReadSums(options).add(weights, rewards).interval(options);
}

/**
 * Maximum empirical-likelihood estimate of an off-policy value under the constraint that weights have mean 1.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0
 * @see Karampatziakis, Langford & Mineiro (2020), section 3
 */
export function empiricalLikelihoodValue(
  weights: ArrayLike<number>,
  rewards: ArrayLike<number>,
  options: WeightRangeOptions = {},
): number {
  const where = "empiricalLikelihoodValue";
  const n = checkLengths(where, { weights, rewards });
  checkWithin(where, "weight", weights, 0);
  checkWithin(where, "reward", rewards);
  let [least, most] = options.weightRange ?? [0, Infinity];
  let positive = false;
  for (let i = 0; i < n; i++) {
    least = Math.min(least, weights[i]!);
    most = Math.max(most, weights[i]!);
    if (weights[i]! > 0) positive = true;
  }
  if (!positive) throw new OffPolicyEvaluationError("NO_SUPPORT", `${where}: every weight is 0`);
  let high = n / (1 - least);
  let low = most === Infinity ? 0 : n / (1 - most);
  for (let i = 0; i < n; i++) {
    const w = weights[i]!;
    if (w < 1) high = Math.min(high, (n - 1) / (1 - w));
    else if (w > 1) low = Math.max(low, (n - 1) / (1 - w));
  }
  const slope = (beta: number): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (weights[i]! - 1) / ((weights[i]! - 1) * beta + n);
    return sum;
  };
  // The slope falls in beta; its root, or the end that it points to.
  let beta: number;
  if (slope(low) <= 0) beta = low;
  else if (slope(high) >= 0) beta = high;
  else {
    for (let i = 0; i < 200 && high - low > 1e-15 * (Math.abs(low) + Math.abs(high)); i++) {
      const middle = (low + high) / 2;
      if (slope(middle) > 0) low = middle;
      else high = middle;
    }
    beta = (low + high) / 2;
  }
  let explained = 0;
  let value = 0;
  let reward = 0;
  for (let i = 0; i < n; i++) {
    const share = weights[i]! / ((weights[i]! - 1) * beta + n);
    explained += share;
    value += share * rewards[i]!;
    reward += rewards[i]!;
  }
  return value + (Math.max(0, 1 - explained) * reward) / n;
}
