import { MARKET } from "./creator-agency-columns.ts";
import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";
import { engagementOf } from "../laws/objectives.ts";
import { marginalWelfare, welfareSignal } from "../laws/payouts.ts";

/** What each item earned in a day: credit for payouts, and likes. */
export class CreatorCredit {
  /** Credit of each item that is alive, `[markets, items]`; see MARKET. */
  readonly items: Float64Array;

  readonly #state: ContentState;
  readonly #options: EngineOptions;
  /** The item's impressions of the day. */
  readonly #impressions: Float64Array;

  constructor(state: ContentState, options: EngineOptions) {
    this.#state = state;
    this.#options = options;
    this.items = new Float64Array(MARKET.length * options.items.capacity);
    this.#impressions = new Float64Array(options.items.capacity);
  }

  /** Looks at the day that ends at `tick`, before its counts are cleared. */
  count(tick: number): void {
    const { items } = this.#state;
    const lastBarrier = tick - this.#options.stepsPerDay;
    for (let item = 0; item < items.alive.length; item++)
      // an item made at the last barrier took another's place, whose counts are not its own
      if (items.alive[item] === 1) this.#countItem(item, items.bornAt[item]! >= lastBarrier ? 0 : 1);
    if (this.#options.agency.payout.by === "welfare") this.#subtractReplacement();
  }

  /** @param old - 1: the item was there the day before, else 0 */
  #countItem(item: number, old: number): void {
    const { items, agency } = this.#state;
    const { before } = agency;
    const { objectives } = this.#options;
    const { payout } = this.#options.agency;
    const impressions = items.impressions[item]! - old * before.impressions[item]!;
    const likes = items.likes[item]! - old * before.likes[item]!;
    const hides = items.hides[item]! - old * before.hides[item]!;
    const reports = items.reports[item]! - old * before.reports[item]!;
    const completion = items.completion[item]! - old * before.completion[item]!;
    before.impressions[item] = items.impressions[item]!;
    before.likes[item] = items.likes[item]!;
    before.hides[item] = items.hides[item]!;
    before.reports[item] = items.reports[item]!;
    before.completion[item] = items.completion[item]!;
    this.#impressions[item] = impressions;
    this.items[MARKET.likes * items.alive.length + item] = likes;
    if (payout.by === "exposure") this.items[item] = impressions;
    else if (payout.by === "welfare") this.items[item] = welfareSignal(likes, hides, reports, payout);
    else {
      const minutes = completion > 0 ? completion * Math.pow(2, items.logMinutes[item]!) : 0;
      this.items[item] = engagementOf(items.dayClicks[item]!, minutes, objectives);
    }
  }

  #subtractReplacement(): void {
    const { alive } = this.#state.items;
    let signals = 0;
    let shown = 0;
    for (let item = 0; item < alive.length; item++) {
      if (alive[item] === 0) continue;
      signals += this.items[item]!;
      shown += this.#impressions[item]!;
    }
    if (shown === 0) return;
    const average = signals / shown;
    const { payout } = this.#options.agency;
    for (let item = 0; item < alive.length; item++)
      if (alive[item] === 1)
        this.items[item] = marginalWelfare(this.items[item]!, this.#impressions[item]!, average, payout);
  }
}
