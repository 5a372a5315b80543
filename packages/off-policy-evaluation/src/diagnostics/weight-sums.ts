import { studentQuantile } from "@longview/statistics";
import { OffPolicyEvaluationError } from "../error.ts";
import { checkLengths, checkWithin, confidenceOf } from "../intervals/interval.ts";
import { paretoTailOfLargest } from "./pareto-tail.ts";
import { meanIsOne, type WeightDiagnostics } from "./weights.ts";

/** Largest weights that are kept for the tail: `3 √n` of up to 44 million rows. */
const KEPT = 20_000;

/**
 * Weight diagnostics of a log that does not fit into memory: one pass, bounded memory, mergeable over shards. Rows are taken as
 * independent.
 *
 * Merging in a fixed order gives equal bits.
 */
export class WeightSums {
  #count = 0;
  #zeroCount = 0;
  #sum = 0;
  #squares = 0;
  #minimum = Infinity;
  #maximum = 0;
  /** The largest weights, ascending in the first `#held`, then what came since the last sorting. */
  #largest = new Float64Array(2 * KEPT);
  #held = 0;
  /** Weights up to this cannot be among the largest. */
  #floor = -1;

  /** @throws OffPolicyEvaluationError `BAD_VALUE` for a negative weight, `EMPTY` */
  add(weights: ArrayLike<number>): this {
    checkLengths("WeightSums.add", { weights });
    checkWithin("WeightSums.add", "weight", weights, 0);
    for (let i = 0; i < weights.length; i++) {
      const w = weights[i]!;
      this.#sum += w;
      this.#squares += w * w;
      if (w === 0) this.#zeroCount++;
      if (w < this.#minimum) this.#minimum = w;
      if (w > this.#maximum) this.#maximum = w;
      if (w > this.#floor) this.#keep(w);
    }
    this.#count += weights.length;
    return this;
  }

  /** Adds what another one has seen. */
  merge(other: WeightSums): this {
    this.#count += other.#count;
    this.#zeroCount += other.#zeroCount;
    this.#sum += other.#sum;
    this.#squares += other.#squares;
    this.#minimum = Math.min(this.#minimum, other.#minimum);
    this.#maximum = Math.max(this.#maximum, other.#maximum);
    for (let i = 0; i < other.#held; i++) this.#keep(other.#largest[i]!);
    return this;
  }

  /**
   * The diagnostics so far.
   *
   * @throws OffPolicyEvaluationError `NO_SUPPORT` when every weight is 0, `NOT_COMPUTABLE` for fewer than 2 rows
   */
  diagnostics(options: { readonly confidence?: number } = {}): WeightDiagnostics {
    const where = "WeightSums.diagnostics";
    const confidence = confidenceOf(where, options);
    const count = this.#count;
    if (count < 2)
      throw new OffPolicyEvaluationError("NOT_COMPUTABLE", `${where}: needs at least 2 rows, got ${count}`);
    if (this.#sum === 0)
      throw new OffPolicyEvaluationError(
        "NO_SUPPORT",
        `${where}: every weight is 0: the target policy never does what was logged`,
      );
    const mean = this.#sum / count;
    const variance = Math.max(0, this.#squares / count - mean * mean);
    const standardError = Math.sqrt(variance / (count - 1));
    const half = studentQuantile(0.5 + confidence / 2, count - 1) * standardError;
    const fromOne = this.#squares - 2 * this.#sum + count;
    const furthest = Math.max((this.#maximum - 1) ** 2, (this.#minimum - 1) ** 2);
    return {
      count,
      mean,
      minimum: this.#minimum,
      maximum: this.#maximum,
      zeroCount: this.#zeroCount,
      variance,
      effectiveSampleSize: (this.#sum * this.#sum) / this.#squares,
      largestShare: this.#maximum / this.#sum,
      largestVarianceShare: fromOne > 0 ? Math.min(1, furthest / fromOne) : 0,
      meanInterval: [mean - half, mean + half],
      meanIsOnePValue: meanIsOne(mean, standardError, count),
      paretoTail: paretoTailOfLargest(this.#largest.slice(0, this.#held).sort(), count),
    };
  }

  #keep(weight: number): void {
    if (this.#held === this.#largest.length) {
      this.#largest.sort();
      this.#largest.copyWithin(0, KEPT);
      this.#held = KEPT;
      this.#floor = this.#largest[0]!;
    }
    if (weight > this.#floor) this.#largest[this.#held++] = weight;
  }
}
