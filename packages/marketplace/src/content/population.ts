import { Draws, PURPOSE } from "./draws.ts";
import type { Demand } from "./demand.ts";
import { DEMAND_FACTOR } from "./demand-columns.ts";
import type { EngineOptions } from "./options.ts";
import { CLOCK, type ContentState } from "./state.ts";
import { FIXED_POINT } from "./tallies.ts";
import { arrivalProbability } from "../laws/arrival.ts";
import { startingInterest } from "../laws/interests.ts";
import { satiationDecay } from "../laws/satiation.ts";

/** Share of a user's observed recent topic views that is left a step later. */
export const RECENT_RETENTION = 0.88;

/** The user side between pages: first visits, returns, newcomers. */
export class Population {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #users: number;
  readonly #draws: Draws;
  readonly #demand: Demand;
  readonly #chance = new Float64Array(1);

  constructor(state: ContentState, options: EngineOptions, users: number, demand: Demand) {
    this.#state = state;
    this.#demand = demand;
    this.#options = options;
    this.#users = users;
    this.#draws = new Draws(8 + options.topics + (options.topics % 2));
  }

  /** Fills every slot with a user who has no history; first visits spread over `arrival.startGap` steps. */
  start(): void {
    const { users, active, keys } = this.#state;
    users.ordinal.fill(0);
    active.fill(0);
    for (let row = 0; row < this.#users; row++) {
      this.#join(row, 0);
      this.#draws.choose(keys, 2, PURPOSE.world, 1);
      this.#draws.fill(0, 2, row);
      const wait = Math.floor(this.#draws.values[0]! * this.#options.arrival.startGap);
      users.visitAt[row] = wait;
      if (wait === 0) active[row] = 1;
    }
  }

  /** Chance that an empty slot is taken now; sums in fixed point, so that order does not matter. */
  #findChance(): void {
    const { users } = this.#state;
    let satisfaction = 0;
    let present = 0;
    for (let row = 0; row < this.#users; row++)
      if (users.alive[row] === 1) {
        satisfaction += Math.floor(users.satisfaction[row]! * FIXED_POINT);
        present++;
      }
    const mean = present > 0 ? satisfaction / FIXED_POINT / present : 0.5;
    this.#chance[0] =
      arrivalProbability(mean, this.#options.arrival) * this.#state.demand.factors[DEMAND_FACTOR.arrival]!;
  }

  /**
   * After a step: users whose gap is over are in session, newcomers take empty slots. In an outage nobody comes, and who
   * was in session tries again in the next step.
   */
  comeAndGo(): void {
    const { users, active, clock, keys, demand } = this.#state;
    const tick = clock[CLOCK.tick]!;
    if (demand.factors[DEMAND_FACTOR.outage] === 1) {
      for (let row = 0; row < this.#users; row++)
        if (active[row] === 1) {
          active[row] = 0;
          users.visitAt[row] = tick + 1;
        }
      return;
    }
    this.#findChance();
    for (let row = 0; row < this.#users; row++) {
      if (users.alive[row] === 1) {
        if (active[row] === 0 && users.visitAt[row]! <= tick) {
          active[row] = 1;
          this.seeNow(row);
        }
        continue;
      }
      this.#draws.choose(keys, 2, PURPOSE.arrival, tick);
      this.#draws.fill(0, 2, row);
      if (this.#draws.values[0]! < this.#chance[0]!) {
        users.ordinal[row] = users.ordinal[row]! + 1;
        this.#join(row, tick);
        active[row] = 1;
      }
    }
  }

  /** Brings what fades with time (satiation, fatigue, recent views) up to this tick, for a user who is seen now. */
  seeNow(row: number): void {
    const { users, clock } = this.#state;
    const tick = clock[CLOCK.tick]!;
    const elapsed = tick - users.lastPageAt[row]!;
    if (elapsed <= 0) return;
    users.lastPageAt[row] = tick;
    const { topics, satiation, satisfaction } = this.#options;
    const fading = satiationDecay(elapsed, satiation);
    const recent = Math.pow(RECENT_RETENTION, elapsed);
    for (let i = row * topics; i < (row + 1) * topics; i++) {
      users.satiation[i] = users.satiation[i]! * fading;
      users.topicRecent[i] = users.topicRecent[i]! * recent;
    }
    users.fatigue[row] = users.fatigue[row]! * Math.pow(satisfaction.fatigueRetention, elapsed);
    if (users.depth[row] === 0 && users.sessions[row]! > 0) users.gap[row] = elapsed;
  }

  #join(row: number, tick: number): void {
    const { users, keys } = this.#state;
    const { topics, arrival, satisfaction, interests } = this.#options;
    const draws = this.#draws;
    const values = draws.values;
    draws.choose(keys, 2, PURPOSE.user, users.ordinal[row]!);
    draws.fill(0, 8 + topics, row);
    draws.normals(3, 2);
    draws.normals(8, topics);
    users.alive[row] = 1;
    users.joinedAt[row] = tick;
    users.lastPageAt[row] = tick;
    users.visitAt[row] = tick;
    users.gap[row] = 0;
    users.depth[row] = 0;
    users.sessions[row] = 0;
    const spread = satisfaction.startSpread;
    users.satisfaction[row] = Math.min(1, Math.max(0, satisfaction.start + spread * (2 * values[0]! - 1)));
    users.trust[row] = Math.min(1, Math.max(0, satisfaction.trustStart + spread * (2 * values[1]! - 1)));
    users.fatigue[row] = 0;
    const mobile = values[2]! < arrival.mobileShare ? 1 : 0;
    users.mobile[row] = mobile;
    users.preferredLength[row] =
      arrival.preferredLength + arrival.preferredLengthSpread * values[3]! - arrival.mobileShorter * mobile;
    users.aversion[row] = Math.exp(arrival.aversionSpread * values[4]!);
    for (let topic = 0; topic < topics; topic++) {
      const at = row * topics + topic;
      users.interest[at] = startingInterest(values[8 + topic]!, interests);
      users.satiation[at] = 0;
      users.topicLong[at] = 0;
      users.topicRecent[at] = 0;
    }
    users.topicTotal[row] = 0;
    users.impressions[row] = 0;
    users.clicks[row] = 0;
    users.likes[row] = 0;
    users.hides[row] = 0;
    users.reports[row] = 0;
    users.completion[row] = 0;
    users.lengthSum[row] = 0;
    users.completedLength[row] = 0;
    users.recentCompletion[row] = 0.5;
    users.recentClicks[row] = 0.3 * this.#options.slots;
    users.sessionMinutes[row] = 0;
    this.#demand.userJoined(row);
  }
}
