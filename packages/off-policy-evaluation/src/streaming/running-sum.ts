/** A sum that keeps what rounding takes from it, so that pieces of any size give the same bits. @see Neumaier (1974) */
export class RunningSum {
  #sum = 0;
  #lost = 0;

  /** Adds the first `count` of `values`, one after the other. */
  add(values: Float64Array, count: number): void {
    let sum = this.#sum;
    let lost = this.#lost;
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      const next = sum + value;
      lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
      sum = next;
    }
    this.#sum = sum;
    this.#lost = lost;
  }

  /** Adds what another one holds. */
  merge(other: RunningSum): void {
    const next = this.#sum + other.#sum;
    this.#lost +=
      other.#lost +
      (Math.abs(this.#sum) >= Math.abs(other.#sum)
        ? this.#sum - next + other.#sum
        : other.#sum - next + this.#sum);
    this.#sum = next;
  }

  get value(): number {
    return this.#sum + this.#lost;
  }
}
