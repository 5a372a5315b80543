import { ITEM_STATUS } from "./integrity-columns.ts";
import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";
import { POPULARITY_RETENTION } from "../laws/shocks.ts";

/** Places in `pools.sizes`. */
export const POOL = { all: 0, fresh: 1, popular: 2, newCreator: 3, length: 4 } as const;

/** The lists from which candidates are drawn; remade at the end of every day. */
export class Pools {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #longestSteps: number;
  readonly #freshSteps: number;

  constructor(state: ContentState, options: EngineOptions) {
    this.#state = state;
    this.#options = options;
    this.#longestSteps = options.items.longestAge * options.stepsPerDay;
    this.#freshSteps = options.retrieval.freshDays * options.stepsPerDay;
  }

  /** Withdraws what is too old and remakes the lists for retrieval. */
  list(tick: number): void {
    const { items, creators, pools, integrity } = this.#state;
    const topics = this.#options.topics;
    if (integrity.blocked.length > 0) this.#admitEnough(tick);
    const blocked = integrity.blocked.length > 0 ? integrity.blocked : undefined;
    let all = 0;
    let fresh = 0;
    let fromNew = 0;
    const start = pools.topicStart;
    start.fill(0);
    for (let item = 0; item < items.alive.length; item++) {
      if (items.alive[item] === 0) continue;
      const age = tick - items.bornAt[item]!;
      if (age > this.#longestSteps) {
        items.alive[item] = 0;
        continue;
      }
      items.recentClicks[item] = POPULARITY_RETENTION * items.recentClicks[item]! + items.dayClicks[item]!;
      items.dayClicks[item] = 0;
      if (blocked !== undefined && blocked[item] === 1) continue;
      pools.all[all++] = item;
      if (age < this.#freshSteps) pools.fresh[fresh++] = item;
      if (creators.isNew[items.creator[item]!] === 1) pools.newCreator[fromNew++] = item;
      start[items.topic[item]! + 1] = start[items.topic[item]! + 1]! + 1;
    }
    for (let topic = 0; topic < topics; topic++) start[topic + 1] = start[topic + 1]! + start[topic]!;
    for (let n = all - 1; n >= 0; n--) {
      // filled from the back of each topic's part; `start` is shifted and put right below
      const item = pools.all[n]!;
      const topic = items.topic[item]!;
      start[topic + 1] = start[topic + 1]! - 1;
      pools.byTopic[start[topic + 1]!] = item;
    }
    // start[t + 1] now holds the beginning of topic t: shift left and close with the total
    for (let topic = 0; topic < topics; topic++) start[topic] = start[topic + 1]!;
    start[topics] = all;
    pools.sizes[POOL.all] = all;
    pools.sizes[POOL.fresh] = fresh;
    pools.sizes[POOL.popular] = this.#listPopular(all);
    pools.sizes[POOL.newCreator] = fromNew;
    if (pools.byCreator.length > 0) this.#listByCreator(all);
  }

  /**
   * Where integrity leaves fewer items than a page has candidates, the oldest of those held back are admitted for the day, up
   * to that number: a page must have something to show. What was removed, and what suspended creators made, stays out. By
   * their scores adversaries would be admitted first: theirs are low on purpose.
   */
  #admitEnough(tick: number): void {
    const { items, integrity } = this.#state;
    let missing = this.#options.candidates;
    for (let item = 0; item < items.alive.length && missing > 0; item++)
      if (this.#isLiving(item, tick) && integrity.blocked[item] === 0) missing--;
    for (; missing > 0; missing--) {
      let best = -1;
      for (let item = 0; item < items.alive.length; item++) {
        if (!this.#isLiving(item, tick) || integrity.blocked[item] === 0) continue;
        if (integrity.status[item] === ITEM_STATUS.removed) continue;
        if (integrity.suspended[items.creator[item]!] === 1) continue;
        if (best < 0 || items.bornAt[item]! < items.bornAt[best]!) best = item;
      }
      if (best < 0) return;
      integrity.blocked[best] = 0;
    }
  }

  #isLiving(item: number, tick: number): boolean {
    const { items } = this.#state;
    return items.alive[item] === 1 && tick - items.bornAt[item]! <= this.#longestSteps;
  }

  /** Every creator's items, in the order of `pools.all`. */
  #listByCreator(all: number): void {
    const { items, pools } = this.#state;
    const start = pools.creatorStart;
    start.fill(0);
    for (let n = 0; n < all; n++) {
      const creator = items.creator[pools.all[n]!]!;
      start[creator + 1] = start[creator + 1]! + 1;
    }
    for (let creator = 1; creator < start.length; creator++)
      start[creator] = start[creator]! + start[creator - 1]!;
    for (let n = all - 1; n >= 0; n--) {
      const item = pools.all[n]!;
      const at = start[items.creator[item]! + 1]! - 1;
      start[items.creator[item]! + 1] = at;
      pools.byCreator[at] = item;
    }
    // every entry but the first has moved back to the beginning of its part
    for (let creator = 0; creator + 1 < start.length; creator++) start[creator] = start[creator + 1]!;
    start[start.length - 1] = all;
  }

  /** The most clicked items of late, most clicked first, ties by place. Returns how many. */
  #listPopular(all: number): number {
    const { items, pools } = this.#state;
    const capacity = pools.popular.length;
    let size = 0;
    for (let n = 0; n < all; n++) {
      const item = pools.all[n]!;
      const score = items.recentClicks[item]!;
      if (size === capacity && score <= pools.popularScore[size - 1]!) continue;
      let place = size < capacity ? size++ : size - 1;
      while (place > 0 && pools.popularScore[place - 1]! < score) {
        pools.popular[place] = pools.popular[place - 1]!;
        pools.popularScore[place] = pools.popularScore[place - 1]!;
        place--;
      }
      pools.popular[place] = item;
      pools.popularScore[place] = score;
    }
    return size;
  }
}
