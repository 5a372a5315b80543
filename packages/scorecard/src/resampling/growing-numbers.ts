/** Numbers that grow as they are written, `width` to an entry; what was never written is `fill`. */
export class GrowingNumbers {
  readonly width: number;
  readonly #fill: number;
  #values: Float64Array;
  #count = 0;

  constructor(width = 1, fill = 0) {
    this.width = width;
    this.#fill = fill;
    this.#values = new Float64Array(16 * width).fill(fill);
  }

  /** Entries, one beyond the last that was reached. */
  get count(): number {
    return this.#count;
  }

  /** All numbers, entry by entry; valid until the next {@link reach}. */
  get values(): Float64Array {
    return this.#values;
  }

  /** Makes room for an entry and returns where it begins in {@link values}. */
  reach(entry: number): number {
    if (entry >= this.#count) {
      this.#count = entry + 1;
      const needed = this.#count * this.width;
      if (needed > this.#values.length) {
        const grown = new Float64Array(Math.max(needed, 2 * this.#values.length)).fill(this.#fill);
        grown.set(this.#values);
        this.#values = grown;
      }
    }
    return entry * this.width;
  }
}
