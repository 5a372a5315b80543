/** Numbers for names, from 0 in the order of first sight. */
export class Numbering {
  readonly #numbers = new Map<string, number>();

  get count(): number {
    return this.#numbers.size;
  }

  /** Names by number. */
  get names(): string[] {
    return [...this.#numbers.keys()];
  }

  /** The number of a name, and a new one at first sight. */
  of(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}
