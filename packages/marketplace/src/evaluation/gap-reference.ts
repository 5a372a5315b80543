import { sortedQuantile } from "@longview/statistics";
import type { EngineOptions } from "../content/options.ts";
import { CLOCK, type ContentState } from "../content/state.ts";
import { freshnessOf, itemAppeal } from "../laws/items.ts";
import type { ItemWorth } from "./gap-worth.ts";

/**
 * An item that creators of this world could make of a topic: wholly about it, without clickbait, harmless, as long as suits the viewer,
 * of the quality that a declared share of today's items falls short of, and as old as the middle one of them.
 */
export class ReferenceItem {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #worth: ItemWorth;
  readonly #quantile: number;
  #quality = 0;
  #freshness = 1;

  /** @param quantile - of the quality of the items there are, in (0, 1) */
  constructor(state: ContentState, options: EngineOptions, worth: ItemWorth, quantile: number) {
    this.#state = state;
    this.#options = options;
    this.#worth = worth;
    this.#quantile = quantile;
  }

  /** Looks at the items there are; once a day. With none at all the last day's figures stay. */
  lookAround(): void {
    const { items, clock } = this.#state;
    const living: number[] = [];
    for (let item = 0; item < items.alive.length; item++) if (items.alive[item] === 1) living.push(item);
    if (living.length === 0) return;
    const quality = Float64Array.from(living, (item) => items.quality[item]!).sort();
    const age = Float64Array.from(living, (item) => clock[CLOCK.tick]! - items.bornAt[item]!).sort();
    this.#quality = sortedQuantile(quality, this.#quantile);
    this.#freshness = freshnessOf(sortedQuantile(age, 0.5) / this.#options.stepsPerDay, this.#options.items);
  }

  /** What such an item of a topic is worth to a viewer. */
  worth(viewer: Float64Array, topic: number): number {
    return this.#worth.ofSuiting(viewer, {
      topic,
      quality: this.#quality,
      appeal: itemAppeal(this.#quality, 0, 0, this.#options.items),
      freshness: this.#freshness,
    });
  }
}
