import type { PageBlock } from "../family.ts";
import { GrowingNumbers } from "../resampling/growing-numbers.ts";
import { GROUPS } from "../resampling/user-groups.ts";

/** Impressions of each creator by group of users: whole numbers. */
export class CreatorImpressions {
  readonly #counts = new GrowingNumbers(GROUPS);

  /** Creators with a number below this may have impressions. */
  get count(): number {
    return this.#counts.count;
  }

  add({ pages, chosen, count, group }: PageBlock): void {
    const { creator, offsets } = pages;
    if (creator === undefined) return;
    for (let k = 0; k < count; k++) {
      const page = chosen[k]!;
      for (let i = offsets[page]!; i < offsets[page + 1]!; i++) {
        const at = this.#counts.reach(creator[i]!) + group[k]!;
        this.#counts.values[at]!++;
      }
    }
  }

  /** Impressions of a creator by users of one group. */
  ofGroup(creator: number, group: number): number {
    return creator < this.count ? this.#counts.values[creator * GROUPS + group]! : 0;
  }

  total(creator: number): number {
    let sum = 0;
    for (let g = 0; g < GROUPS; g++) sum += this.ofGroup(creator, g);
    return sum;
  }
}
