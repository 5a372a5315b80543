/** Draws distinct numbers from 0 … total − 1, `total` at most the capacity: the start of a Fisher–Yates shuffle. */
export class DistinctNumbers {
  /** The drawn numbers, in drawn order. */
  readonly drawn: Int32Array;
  /** 0, 1, 2 …, restored after each draw, so that a draw costs its count and not the total. */
  readonly #order: Int32Array;
  readonly #swapped: Int32Array;

  constructor(count: number, capacity: number) {
    this.drawn = new Int32Array(count);
    this.#order = Int32Array.from({ length: capacity }, (_, i) => i);
    this.#swapped = new Int32Array(count);
  }

  /** Every ordered choice is as likely; one uniform a number. */
  draw(uniforms: Float64Array, total: number): void {
    const { drawn } = this;
    const order = this.#order;
    const swapped = this.#swapped;
    for (let i = 0; i < drawn.length; i++) {
      const other = i + Math.floor(uniforms[i]! * (total - i));
      const held = order[other]!;
      swapped[i] = other;
      order[other] = order[i]!;
      order[i] = held;
      drawn[i] = held;
    }
    for (let i = drawn.length - 1; i >= 0; i--) {
      const other = swapped[i]!;
      const held = order[other]!;
      order[other] = order[i]!;
      order[i] = held;
    }
  }
}
