import { LEVER } from "./levers.ts";
import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";
import { fairShareOf } from "./fair-share.ts";
import { isOwedExposure } from "../laws/guarantees.ts";

/**
 * Exposure that creators are owed (levers `exposureFloor` and `coldStartBudget`): where nothing that a page shows is of a
 * creator who is owed, its last organic position goes to the first candidate of one. What the creators had up to the step's
 * start counts.
 */
export class Guarantees {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #fairShare: number;
  /** Impressions of each creator at the step's start. */
  readonly #impressions: Int32Array;

  constructor(state: ContentState, options: EngineOptions, users: number) {
    this.#state = state;
    this.#options = options;
    this.#fairShare = fairShareOf(options, users);
    this.#impressions = new Int32Array(options.creators.capacity);
  }

  /** Before the first page of a step. */
  startTick(): void {
    this.#impressions.set(this.#state.creators.impressions);
  }

  /**
   * Changes the last organic position of a page, where someone is owed.
   *
   * @param shown - the item of each position, −1 where it is sponsored
   */
  apply(row: number, shown: Int32Array): void {
    const { levers, candidateItem, observation } = this.#state;
    if (!(levers[LEVER.exposureFloor]! > 0 || levers[LEVER.coldStartBudget]! > 0)) return;
    const { slots, candidates } = this.#options;
    let last = -1;
    for (let j = 0; j < slots; j++) {
      if (shown[j]! < 0) continue;
      if (this.#isOwed(shown[j]!)) return;
      last = j;
    }
    if (last < 0) return;
    for (let m = row * candidates; m < (row + 1) * candidates; m++) {
      if (observation.mask[m] !== 1 || !this.#isOwed(candidateItem[m]!)) continue;
      // an owed candidate cannot be on the page already, or it would have been found above
      shown[last] = candidateItem[m]!;
      return;
    }
  }

  #isOwed(item: number): boolean {
    const { items, creators, levers } = this.#state;
    const creator = items.creator[item]!;
    return isOwedExposure(
      creators.isNew[creator]!,
      this.#impressions[creator]!,
      creators.memoryExposure[creator]! / this.#fairShare,
      levers[LEVER.coldStartBudget]!,
      levers[LEVER.exposureFloor]!,
    );
  }
}
