import { deriveKey, uniform, type RandomKey } from "@longview/statistics";

/** What gets a share of the units. */
export interface SplitPart {
  readonly name: string;
  readonly share: number;
}

/**
 * Assigns units to parts by a keyed hash: each part draws an exponential time with its share as the rate, and the first
 * wins (weighted rendezvous hashing). So shares are met exactly in the mean, a unit always gets the same part, and a part
 * that grows at the others' expense keeps every unit it had.
 */
export class UnitSplit<Part extends SplitPart> {
  readonly #parts: readonly { readonly part: Part; readonly key: RandomKey }[];

  /** @param parts - those with a share of 0 get nothing */
  constructor(parts: readonly Part[], key: RandomKey) {
    this.#parts = parts
      .filter(({ share }) => share > 0)
      .map((part) => ({ part, key: deriveKey(key, part.name) }));
    if (this.#parts.length === 0) throw new RangeError("no part has a share of the units");
  }

  partOf(unitId: string): Part {
    const [first] = this.#parts;
    if (this.#parts.length === 1) return first!.part;
    let best = first!.part;
    let earliest = Infinity;
    for (const { part, key } of this.#parts) {
      const time = -Math.log(uniform(deriveKey(key, unitId), 0, 0)) / part.share;
      if (time < earliest) {
        earliest = time;
        best = part;
      }
    }
    return best;
  }
}
