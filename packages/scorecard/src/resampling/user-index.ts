import type { RandomKey } from "@longview/statistics";
import { GROUPS, groupOf } from "./user-groups.ts";

/** The users seen so far: a place each, from 0, and a group each. */
export class UserIndex {
  readonly #key: RandomKey;
  readonly #places = new Map<number, number>();
  #groups = new Uint8Array(64);
  /** Users of each group. */
  readonly populated = new Float64Array(GROUPS);

  constructor(key: RandomKey) {
    this.#key = key;
  }

  get count(): number {
    return this.#places.size;
  }

  /** Group of each place; valid until the next {@link place}. */
  get groups(): Uint8Array {
    return this.#groups;
  }

  /** The place of a user, a new one at first sight. */
  place(unit: number): number {
    const known = this.#places.get(unit);
    if (known !== undefined) return known;
    const place = this.#places.size;
    this.#places.set(unit, place);
    if (place === this.#groups.length) {
      const grown = new Uint8Array(2 * place);
      grown.set(this.#groups);
      this.#groups = grown;
    }
    const group = groupOf(this.#key, unit);
    this.#groups[place] = group;
    this.populated[group]!++;
    return place;
  }
}
