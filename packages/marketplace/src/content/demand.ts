import { DEMAND_FACTOR } from "./demand-columns.ts";
import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";

/** Seasons, shocks and following: what moves demand from outside. */
export class Demand {
  readonly #state: ContentState;
  constructor(state: ContentState, _options: EngineOptions, _users: number) {
    this.#state = state;
  }
  start(): void {
    const { factors, productionBoost, followed } = this.#state.demand;
    factors.fill(1);
    factors[DEMAND_FACTOR.outage] = 0;
    productionBoost.fill(1);
    followed.fill(-1);
  }
  /** A newcomer takes a user slot. */
  userJoined(_user: number): void {}
  startTick(_tick: number): void {}
  /** A user likes an item and may follow its creator. */
  liked(_user: number, _item: number, _uniform: number): void {}
  endDay(_tick: number, _day: number): void {}
}
