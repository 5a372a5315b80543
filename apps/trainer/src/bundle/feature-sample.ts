import { REFERENCE_QUANTILES, type FeatureDistribution } from "@longview/formats";
import { RunningMoments, sortedQuantile, uniform, type RandomKey } from "@longview/statistics";

/** Vectors kept for the quantiles, and numbers in all of them, at most. */
const MOST_VECTORS = 20_000;
const MOST_NUMBERS = 8_000_000;

/**
 * Distributions of the features of a stream of vectors, in memory that does not grow with it: extremes and moments of
 * all of them, quantiles of a uniform sample without replacement (Vitter's algorithm R, its draws keyed).
 */
export class FeatureSample {
  readonly #names: readonly string[];
  readonly #key: RandomKey;
  readonly #moments: RunningMoments;
  readonly #minimum: Float64Array;
  readonly #maximum: Float64Array;
  readonly #capacity: number;
  #kept = new Float32Array(0);

  /** @param names - of the vector's numbers, at least one */
  constructor(names: readonly string[], key: RandomKey, capacity = MOST_VECTORS) {
    const width = names.length;
    this.#names = names;
    this.#key = key;
    this.#moments = new RunningMoments(width);
    this.#minimum = new Float64Array(width).fill(Infinity);
    this.#maximum = new Float64Array(width).fill(-Infinity);
    this.#capacity = Math.max(1, Math.min(capacity, Math.floor(MOST_NUMBERS / width)));
  }

  /** Vectors seen. */
  get count(): number {
    return this.#moments.count;
  }

  /** Adds one vector. */
  add(vector: Readonly<Float32Array>): void {
    const seen = this.count;
    this.#moments.update(vector, 1);
    const width = this.#names.length;
    for (let i = 0; i < width; i++) {
      this.#minimum[i] = Math.min(this.#minimum[i]!, vector[i]!);
      this.#maximum[i] = Math.max(this.#maximum[i]!, vector[i]!);
    }
    const place = seen < this.#capacity ? seen : Math.floor(uniform(this.#key, seen, 0) * (seen + 1));
    if (place >= this.#capacity) return;
    if ((place + 1) * width > this.#kept.length) this.#grow();
    this.#kept.set(vector.subarray(0, width), place * width);
  }

  #grow(): void {
    const width = this.#names.length;
    const vectors = Math.min(this.#capacity, Math.max(256, 2 * (this.#kept.length / width)));
    const larger = new Float32Array(vectors * width);
    larger.set(this.#kept);
    this.#kept = larger;
  }

  /** One a feature; none before the first vector. The quantiles at 0 % and 100 % are of the whole stream. */
  distributions(): FeatureDistribution[] {
    const { count } = this;
    if (count === 0) return [];
    const width = this.#names.length;
    const column = new Float64Array(Math.min(count, this.#capacity));
    return this.#names.map((name, i) => {
      for (let row = 0; row < column.length; row++) column[row] = this.#kept[row * width + i]!;
      column.sort();
      const minimum = this.#minimum[i]!;
      const maximum = this.#maximum[i]!;
      const last = REFERENCE_QUANTILES - 1;
      return {
        name,
        count,
        minimum,
        maximum,
        mean: this.#moments.mean[i]!,
        standardDeviation: this.#moments.standardDeviation(i),
        quantiles: Array.from({ length: REFERENCE_QUANTILES }, (_, q) =>
          q === 0 ? minimum : q === last ? maximum : sortedQuantile(column, q / last),
        ),
      };
    });
  }
}
