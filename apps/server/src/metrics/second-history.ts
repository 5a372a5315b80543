import { LatencyHistogram } from "./latency-histogram.ts";

/** Seconds that are kept. */
const SECONDS = 300;
/** Whole seconds over which a rate is taken. */
const RATE_SECONDS = 10;

/** Events of the last five minutes, second by second. */
export class SecondHistory {
  readonly #counts = new Float64Array(SECONDS);
  readonly #p99 = new Float64Array(SECONDS).fill(Number.NaN);
  readonly #latencies = new LatencyHistogram();
  #second: number;
  readonly #first: number;

  /** @param now - seconds since 1970 */
  constructor(now: number) {
    this.#second = Math.floor(now);
    this.#first = this.#second;
  }

  add(now: number): void {
    this.#advance(now);
    this.#counts[this.#second % SECONDS]!++;
  }

  addLatency(milliseconds: number, now: number): void {
    this.#advance(now);
    this.#latencies.add(milliseconds);
  }

  /** Events a second over the last ten whole ones, or those there were. */
  perSecond(now: number): number {
    this.#advance(now);
    const seconds = Math.min(RATE_SECONDS, this.#second - this.#first);
    let sum = 0;
    for (let back = 1; back <= seconds; back++) sum += this.#counts[(this.#second - back) % SECONDS]!;
    return seconds === 0 ? 0 : sum / seconds;
  }

  /** One point a whole second, oldest first. */
  points(now: number): {
    readonly time: number[];
    readonly requests_per_second: number[];
    readonly p99_milliseconds: (number | null)[];
  } {
    this.#advance(now);
    const length = Math.min(SECONDS - 1, this.#second - this.#first);
    const time = Array.from({ length }, (_, i) => this.#second - length + i);
    return {
      time,
      requests_per_second: time.map((second) => this.#counts[second % SECONDS]!),
      p99_milliseconds: time.map((second) => {
        const p99 = this.#p99[second % SECONDS]!;
        return Number.isNaN(p99) ? null : p99;
      }),
    };
  }

  #advance(now: number): void {
    // A clock that is set back must not walk through years.
    const second = Math.max(this.#second, Math.floor(now));
    if (second === this.#second) return;
    this.#p99[this.#second % SECONDS] = this.#latencies.quantile(0.99) ?? Number.NaN;
    this.#latencies.clear();
    for (let next = Math.max(this.#second + 1, second - SECONDS + 1); next <= second; next++) {
      this.#counts[next % SECONDS] = 0;
      this.#p99[next % SECONDS] = Number.NaN;
    }
    this.#second = second;
  }
}
