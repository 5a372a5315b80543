import { DEMAND_FACTOR, FOLLOW_PLACES } from "./demand-columns.ts";
import { Draws } from "./draws.ts";
import type { EngineOptions } from "./options.ts";
import { ShockSchedule } from "./shock-schedule.ts";
import type { ContentState } from "./state.ts";
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
  /** Factor of the time of day, by step of the day. */
  readonly #timeOfDay: Float64Array;

  constructor(state: ContentState, options: EngineOptions, users: number) {
    this.#state = state;
    this.#options = options;
    this.#users = users;
    this.#shocks = new ShockSchedule(state, options);
    const { seasonality, stepsPerDay } = options;
    this.#timeOfDay = new Float64Array(stepsPerDay).map((_, step) =>
      timeOfDayFactor(step, stepsPerDay, seasonality),
    );
  }

  /** A world begins: no shock, nobody followed. */
  start(): void {
    const { factors, followed, followNext } = this.#state.demand;
    factors.fill(1);
    factors[DEMAND_FACTOR.outage] = 0;
    followed.fill(-1);
    followNext.fill(0);
    // what was made before the world has no season
    if (this.#options.seasonality.enabled) factors[DEMAND_FACTOR.day] = this.#seasonOf(0);
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
      const season = this.#timeOfDay[tick % stepsPerDay]! * factors[DEMAND_FACTOR.day]!;
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

  /** A user follows an item's creator, who takes the place of the one followed longest. */
  follow(user: number, item: number): void {
    const { creators, demand } = this.#state;
    const creator = this.#state.items.creator[item]!;
    const ordinal = creators.ordinal[creator]!;
    const first = user * FOLLOW_PLACES;
    for (let at = first; at < first + FOLLOW_PLACES; at++)
      if (demand.followed[at] === creator && demand.followedOrdinal[at] === ordinal) return;
    const at = first + demand.followNext[user]!;
    demand.followed[at] = creator;
    demand.followedOrdinal[at] = ordinal;
    demand.followNext[user] = (demand.followNext[user]! + 1) % FOLLOW_PLACES;
  }

  /** The day that begins: its season, and the shocks that begin, go on or end. */
  endDay(day: number): void {
    const { factors } = this.#state.demand;
    const { seasonality: law } = this.#options;
    if (law.enabled) {
      const season = this.#seasonOf(day);
      factors[DEMAND_FACTOR.day] = season;
      factors[DEMAND_FACTOR.production] = seasonalFactor(season, law.production);
    }
    this.#shocks.endDay(day);
  }

  #seasonOf(day: number): number {
    const { seasonality: law } = this.#options;
    return dayOfWeekFactor(day, law) * yearFactor(day, law);
  }
}
