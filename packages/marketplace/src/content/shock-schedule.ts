import { DEMAND_FACTOR } from "./demand-columns.ts";
import { Draws } from "./draws.ts";
import type { EngineOptions } from "./options.ts";
import { POOL } from "./pools.ts";
import type { ContentState } from "./state.ts";
import { isShockOn, joinsFlood, promotedClicks } from "../laws/shocks.ts";

/** Purpose of the draws of what a shock hits; the range of demand is 50–59. */
const TARGET = 52;

/** The shocks of a world: each begins, goes on and ends at a day's end. */
export class ShockSchedule {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #draws = new Draws(2);

  constructor(state: ContentState, options: EngineOptions) {
    this.#state = state;
    this.#options = options;
  }

  /** A world begins: nothing is hit yet. */
  start(): void {
    const { target, productionBoost } = this.#state.demand;
    target.fill(-1);
    productionBoost.fill(1);
  }

  /** The day that begins. */
  endDay(day: number): void {
    const { shocks } = this.#options;
    const { factors, productionBoost, target } = this.#state.demand;
    if (shocks.length === 0) return;
    factors[DEMAND_FACTOR.outage] = 0;
    productionBoost.fill(1);
    for (let n = 0; n < shocks.length; n++) {
      const { kind, day: first, size } = shocks[n]!;
      if (!isShockOn(shocks[n]!, day)) {
        if (kind === "viral-item") this.#endViral(n);
        target[n] = -1;
        continue;
      }
      if (kind === "outage") factors[DEMAND_FACTOR.outage] = 1;
      else if (kind === "machine-made-flood") this.#flood(size);
      else {
        if (day === first) this.#hit(n, day);
        if (target[n] === -1) continue;
        if (kind === "viral-item") this.#promote(n, day === first ? size : 0);
        else this.#raid(n, Math.round(size));
      }
    }
  }

  /** Draws what shock n hits: a fresh item where there is one, that is not viral already; or the creator of an item. */
  #hit(n: number, day: number): void {
    const { pools, items, creators, demand, keys } = this.#state;
    const viral = this.#options.shocks[n]!.kind === "viral-item";
    const fresh = pools.sizes[POOL.fresh]!;
    const list = viral && fresh > 0 ? pools.fresh : pools.all;
    const size = viral && fresh > 0 ? fresh : pools.sizes[POOL.all]!;
    if (size === 0) return;
    this.#draws.choose(keys, 2, TARGET, day);
    this.#draws.fill(0, 2, n);
    let place = Math.floor(this.#draws.values[0]! * size);
    for (let tries = 1; tries < size && viral && this.#isViral(list[place]!); tries++)
      place = (place + 1) % size;
    const item = list[place]!;
    if (viral && this.#isViral(item)) return;
    demand.target[n] = viral ? item : items.creator[item]!;
    demand.targetMark[n] = viral ? items.bornAt[item]! : creators.ordinal[items.creator[item]!]!;
    demand.targetAppeal[n] = items.appeal[item]!;
  }

  #isViral(item: number): boolean {
    const { target } = this.#state.demand;
    for (let n = 0; n < target.length; n++)
      if (this.#options.shocks[n]!.kind === "viral-item" && target[n] === item) return true;
    return false;
  }

  /** Whether the viral item of shock n is still the one that was hit. */
  #isThere(n: number): boolean {
    const { items, demand } = this.#state;
    const item = demand.target[n]!;
    return item >= 0 && items.alive[item] === 1 && items.bornAt[item] === demand.targetMark[n];
  }

  /** Raises appeal once, and every day the place among the most clicked. */
  #promote(n: number, appeal: number): void {
    if (!this.#isThere(n)) return;
    const { items, demand } = this.#state;
    const item = demand.target[n]!;
    items.appeal[item] = items.appeal[item]! + appeal;
    let most = 0;
    for (let other = 0; other < items.alive.length; other++)
      if (items.alive[other] === 1)
        most = Math.max(most, promotedClicks(items.recentClicks[other]!, items.dayClicks[other]!));
    items.recentClicks[item] = most;
  }

  #endViral(n: number): void {
    if (!this.#isThere(n)) return;
    const { items, demand } = this.#state;
    items.appeal[demand.target[n]!] = demand.targetAppeal[n]!;
  }

  /** False reports on every item of the raided creator, beside what users report. */
  #raid(n: number, reports: number): void {
    const { items, creators, demand, integrity } = this.#state;
    const creator = demand.target[n]!;
    if (creators.alive[creator] === 0 || creators.ordinal[creator] !== demand.targetMark[n]) return;
    const guarded = this.#options.integrity.enabled;
    for (let item = 0; item < items.alive.length; item++) {
      if (items.alive[item] === 0 || items.creator[item] !== creator) continue;
      if (guarded) integrity.tallies.reports[item] = integrity.tallies.reports[item]! + reports;
      else {
        items.reports[item] = items.reports[item]! + reports;
        creators.reports[creator] = creators.reports[creator]! + reports;
      }
    }
  }

  #flood(size: number): void {
    const { creators, demand } = this.#state;
    const { skillSpread } = this.#options.creators;
    for (let creator = 0; creator < creators.alive.length; creator++)
      if (joinsFlood(creators.skill[creator]!, skillSpread))
        demand.productionBoost[creator] = demand.productionBoost[creator]! * size;
  }
}
