import { DEMAND_FACTOR, FOLLOW_PLACES } from "./demand-columns.ts";
import { Draws } from "./draws.ts";
import type { EngineOptions } from "./options.ts";
import { ShockSchedule } from "./shock-schedule.ts";
import type { ContentState } from "./state.ts";
import { follows } from "../laws/following.ts";
import { reportingFactor } from "../laws/reports.ts";
import { dayOfWeekFactor, seasonalFactor, timeOfDayFactor, yearFactor } from "../laws/seasonality.ts";
import { failedVisitCost, trustAfterFailedVisit } from "../laws/shocks.ts";

/** Purpose of the draws of what a user is in this module; the range is 50–59. */
const REPORTING = 51;

/** Seasons, shocks and following: what moves demand from outside, and what users carry from page to page. */
export class Demand {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #users: number;
  readonly #shocks: ShockSchedule;
  readonly #draws = new Draws(2);

  constructor(state: ContentState, options: EngineOptions, users: number) {
    this.#state = state;
    this.#options = options;
    this.#users = users;
    this.#shocks = new ShockSchedule(state, options);
  }

  /** A world begins: no season yet, no shock, nobody followed. */
  start(): void {
    const { factors, followed, followNext } = this.#state.demand;
    factors.fill(1);
    factors[DEMAND_FACTOR.outage] = 0;
    followed.fill(-1);
    followNext.fill(0);
    this.#shocks.start();
  }

  /** A newcomer takes a user slot. */
  userJoined(user: number): void {
    const { keys, users } = this.#state;
    const { followed, followNext, reporting } = this.#state.demand;
    if (this.#options.following.enabled) {
      for (let at = user * FOLLOW_PLACES; at < (user + 1) * FOLLOW_PLACES; at++) followed[at] = -1;
      followNext[user] = 0;
    }
    if (reporting.length === 0) return;
    this.#draws.choose(keys, 2, REPORTING, users.ordinal[user]!);
    this.#draws.fill(0, 2, user);
    this.#draws.normals(0, 1);
    reporting[user] = reportingFactor(this.#draws.values[0]!, this.#options.integrity.reports);
  }

  /** Factors of the step that begins; in an outage, everyone who comes now loses trust. */
  startTick(tick: number): void {
    const { factors } = this.#state.demand;
    const { seasonality: law, stepsPerDay } = this.#options;
    if (law.enabled) {
      const day = Math.floor(tick / stepsPerDay);
      const season =
        timeOfDayFactor(tick % stepsPerDay, stepsPerDay, law) *
        dayOfWeekFactor(day, law) *
        yearFactor(day, law);
      factors[DEMAND_FACTOR.returnHazard] = seasonalFactor(season, law.returns);
      factors[DEMAND_FACTOR.arrival] = seasonalFactor(season, law.arrivals);
    }
    if (factors[DEMAND_FACTOR.outage] === 1) this.#failVisits(tick);
  }

  #failVisits(tick: number): void {
    const { users, active } = this.#state;
    const cost = failedVisitCost(this.#options.shocks, Math.floor(tick / this.#options.stepsPerDay));
    for (let user = 0; user < this.#users; user++)
      if (users.alive[user] === 1 && (active[user] === 1 || users.visitAt[user]! <= tick))
        users.trust[user] = trustAfterFailedVisit(users.trust[user]!, cost);
  }

  /** A user likes an item and may follow its creator, who takes the place of the one followed longest. */
  liked(user: number, item: number, uniform: number): void {
    if (!follows(uniform, this.#options.following)) return;
    const { items, creators, demand } = this.#state;
    const creator = items.creator[item]!;
    const ordinal = creators.ordinal[creator]!;
    const first = user * FOLLOW_PLACES;
    for (let at = first; at < first + FOLLOW_PLACES; at++)
      if (demand.followed[at] === creator && demand.followedOrdinal[at] === ordinal) return;
    const at = first + demand.followNext[user]!;
    demand.followed[at] = creator;
    demand.followedOrdinal[at] = ordinal;
    demand.followNext[user] = (demand.followNext[user]! + 1) % FOLLOW_PLACES;
  }

  /** The day that begins: its season for creators, and the shocks that begin, go on or end. */
  endDay(_tick: number, day: number): void {
    const { seasonality: law } = this.#options;
    if (law.enabled)
      this.#state.demand.factors[DEMAND_FACTOR.production] = seasonalFactor(
        dayOfWeekFactor(day, law) * yearFactor(day, law),
        law.production,
      );
    this.#shocks.endDay(day);
  }
}
