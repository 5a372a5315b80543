const LEAST = 0.01;
const GROWTH = Math.log(1.04);
const BUCKETS = 400;

/** Counts of durations in milliseconds, in buckets 4 % wide from 10 µs to a minute: quantiles are right to 2 %. */
export class LatencyHistogram {
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;

  add(milliseconds: number): void {
    const bucket = milliseconds <= LEAST ? 0 : Math.floor(Math.log(milliseconds / LEAST) / GROWTH);
    this.#counts[Math.min(BUCKETS - 1, bucket)]!++;
    this.#total++;
  }

  get count(): number {
    return this.#total;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  /** Adds another histogram's counts to this one's. */
  merge(other: LatencyHistogram): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) this.#counts[bucket]! += other.#counts[bucket]!;
    this.#total += other.#total;
  }

  /** The middle of the bucket that holds the quantile, in milliseconds; null without durations. */
  quantile(share: number): number | null {
    if (this.#total === 0) return null;
    let left = share * this.#total;
    let bucket = 0;
    for (; bucket < BUCKETS - 1; bucket++) {
      left -= this.#counts[bucket]!;
      if (left <= 0) break;
    }
    return LEAST * Math.exp((bucket + 0.5) * GROWTH);
  }
}
