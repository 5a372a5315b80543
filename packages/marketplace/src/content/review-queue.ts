import { ITEM_STATUS } from "./integrity-columns.ts";
import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";
import { reviewPriority } from "../laws/review.ts";

/** Priorities are compared in this many steps; among items of one step the lower slot is first. */
const STEPS = 4096;

/** The items that the day's reviewers look at: those with the highest priority among all that are due. */
export class ReviewQueue {
  /** Items chosen last; as many as {@link choose} returned. */
  readonly chosen: Int32Array;
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #counts = new Int32Array(STEPS);

  constructor(state: ContentState, options: EngineOptions) {
    this.#state = state;
    this.#options = options;
    const reviews = Math.floor(options.integrity.review.capacity * options.creators.capacity);
    this.chosen = new Int32Array(Math.min(reviews, options.items.capacity));
  }

  /** Chooses today's items; returns how many. */
  choose(): number {
    const counts = this.#counts;
    const most = this.chosen.length;
    const capacity = this.#options.items.capacity;
    counts.fill(0);
    for (let item = 0; item < capacity; item++)
      if (this.#isDue(item)) counts[this.#stepOf(item)] = counts[this.#stepOf(item)]! + 1;
    let last = STEPS;
    let above = 0;
    // steps above `last` fit in whole
    while (last > 0 && above + counts[last - 1]! <= most) above += counts[--last]!;
    let left = most - above;
    let count = 0;
    for (let item = 0; item < capacity && count < most; item++) {
      if (!this.#isDue(item)) continue;
      const step = this.#stepOf(item);
      if (step < last - 1 || (step === last - 1 && left-- <= 0)) continue;
      this.chosen[count++] = item;
    }
    return count;
  }

  /** Whether an item is due: held back, or reported often enough since it was looked at last. */
  #isDue(item: number): boolean {
    const { items, integrity } = this.#state;
    if (items.alive[item] === 0) return false;
    const status = integrity.status[item]!;
    if (status === ITEM_STATUS.removed) return false;
    return (
      status === ITEM_STATUS.held || integrity.newReports[item]! >= this.#options.integrity.reports.reviewAt
    );
  }

  #stepOf(item: number): number {
    const { items, integrity } = this.#state;
    const priority = reviewPriority(
      items.classifier[item]!,
      integrity.newReports[item]!,
      this.#options.integrity.review,
    );
    return Math.min(STEPS - 1, Math.floor(priority * STEPS));
  }
}
