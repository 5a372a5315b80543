/**
 * Mean and variance of a stream of vectors, in float64, by Welford's and Chan's updates: one pass, mergeable.
 *
 * Merging the halves of a stream gives the moments of the whole to rounding; merge in a fixed order for equal bits.
 *
 * @see Chan, Golub & LeVeque (1983), "Algorithms for computing the sample variance"
 * @example
 * const moments = new RunningMoments(1);
 * moments.update([1, 2, 3], 3);
 * moments.mean[0]; // => 2
 */
export class RunningMoments {
  /** Numbers in one vector. */
  readonly width: number;
  /** Mean of each element; 0 before the first vector. */
  readonly mean: Float64Array;
  /** Sum of squared deviations from the mean of each element. */
  readonly squares: Float64Array;
  readonly #count = new Float64Array(1);
  readonly #batchMean: Float64Array;
  readonly #batchSquares: Float64Array;

  /** @param width - numbers in one vector, >= 1 */
  constructor(width: number) {
    if (!Number.isSafeInteger(width) || width < 1)
      throw new RangeError(`RunningMoments: width must be a whole number >= 1, got ${width}`);
    this.width = width;
    this.mean = new Float64Array(width);
    this.squares = new Float64Array(width);
    this.#batchMean = new Float64Array(width);
    this.#batchSquares = new Float64Array(width);
  }

  /** Vectors seen. */
  get count(): number {
    return this.#count[0]!;
  }

  /**
   * Adds `rowCount` vectors, row-major, as one batch. Allocates nothing.
   *
   * @param active - rows whose flag is 0 are left out
   * @throws RangeError when `values` is shorter than `rowCount` vectors
   */
  update(values: ArrayLike<number>, rowCount: number, active?: ArrayLike<number>): void {
    const { width } = this;
    if (values.length < rowCount * width)
      throw new RangeError(
        `RunningMoments.update: needs ${rowCount} × ${width} values, got ${values.length}`,
      );
    const mean = this.#batchMean.fill(0);
    const squares = this.#batchSquares.fill(0);
    let count = 0;
    for (let row = 0; row < rowCount; row++) {
      if (active !== undefined && active[row] === 0) continue;
      count++;
      for (let i = 0; i < width; i++) {
        const value = values[row * width + i]!;
        const delta = value - mean[i]!;
        const next = mean[i]! + delta / count;
        mean[i] = next;
        squares[i] = squares[i]! + delta * (value - next);
      }
    }
    this.#add(count, mean, squares);
  }

  /**
   * Adds all that another one has seen.
   *
   * @throws RangeError when the widths differ
   */
  merge(other: RunningMoments): void {
    if (other.width !== this.width)
      throw new RangeError(`RunningMoments.merge: width must be ${this.width}, got ${other.width}`);
    this.#add(other.count, other.mean, other.squares);
  }

  #add(count: number, mean: Float64Array, squares: Float64Array): void {
    if (count === 0) return;
    const before = this.count;
    const total = before + count;
    for (let i = 0; i < this.width; i++) {
      const delta = mean[i]! - this.mean[i]!;
      this.mean[i] = this.mean[i]! + (delta * count) / total;
      this.squares[i] = this.squares[i]! + squares[i]! + (delta * delta * before * count) / total;
    }
    this.#count[0] = total;
  }

  /** Population variance (denominator n) of an element; 1 before the first vector, so that it can divide. */
  variance(index = 0): number {
    return this.count === 0 ? 1 : this.squares[index]! / this.count;
  }

  /** Standard deviation (denominator n) of an element; 1 before the first vector. */
  standardDeviation(index = 0): number {
    return Math.sqrt(this.variance(index));
  }

  /** Forgets everything. */
  clear(): void {
    this.#count[0] = 0;
    this.mean.fill(0);
    this.squares.fill(0);
  }

  /** The complete state: count, means, sums of squares; `1 + 2 · width` numbers. JSON-safe as a plain array. */
  snapshot(): Float64Array {
    const state = new Float64Array(1 + 2 * this.width);
    state[0] = this.count;
    state.set(this.mean, 1);
    state.set(this.squares, 1 + this.width);
    return state;
  }

  /**
   * Takes the state of a snapshot.
   *
   * @throws RangeError when it is of another width
   */
  restore(snapshot: ArrayLike<number>): void {
    if (snapshot.length !== 1 + 2 * this.width)
      throw new RangeError(
        `RunningMoments.restore: needs ${1 + 2 * this.width} numbers, got ${snapshot.length}`,
      );
    this.#count[0] = snapshot[0]!;
    for (let i = 0; i < this.width; i++) {
      this.mean[i] = snapshot[1 + i]!;
      this.squares[i] = snapshot[1 + this.width + i]!;
    }
  }
}
