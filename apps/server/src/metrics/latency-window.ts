import { LatencyHistogram } from "./latency-histogram.ts";

const HALF_SECONDS = 30;

/** Durations of the last half minute to minute. */
export class LatencyWindow {
  #current = new LatencyHistogram();
  #previous = new LatencyHistogram();
  #half = Number.NaN;

  /** @param now - seconds since 1970 */
  add(milliseconds: number, now: number): void {
    this.#turn(now);
    this.#current.add(milliseconds);
  }

  /** Null where nothing was measured in the window. */
  quantiles(now: number): { readonly p50: number; readonly p95: number; readonly p99: number } | null {
    this.#turn(now);
    const both = new LatencyHistogram();
    both.merge(this.#current);
    both.merge(this.#previous);
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => both.quantile(share));
    return p50 == null || p95 == null || p99 == null ? null : { p50, p95, p99 };
  }

  #turn(now: number): void {
    const half = Math.floor(now / HALF_SECONDS);
    if (half === this.#half) return;
    const next = half === this.#half + 1;
    [this.#current, this.#previous] = [this.#previous, this.#current];
    this.#current.clear();
    if (!next) this.#previous.clear();
    this.#half = half;
  }
}
