import type { Demand } from "./demand.ts";
import type { Integrity } from "./integrity.ts";
import type { Mechanisms } from "./mechanisms.ts";
import type { EngineOptions } from "./options.ts";
import { PAGE, PAGE_DRAWS, POSITION_DRAWS, type PageScratch } from "./page-scratch.ts";
import { OUTCOME, type ContentState } from "./state.ts";
import { FIXED_POINT, type Tallies } from "./tallies.ts";
import { completionOf, enjoymentOf, lengthMismatch } from "../laws/enjoyment.ts";
import { follows } from "../laws/following.ts";
import { hideProbability, likeProbability, reportProbability } from "../laws/feedback.ts";
import { driftedInterest } from "../laws/interests.ts";
import { satiated } from "../laws/satiation.ts";
import { deceptionOf } from "../laws/satisfaction.ts";

/** What follows from an opened item: for its user, and for what the platform counts. */
export class View {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #scratch: PageScratch;
  readonly #tallies: Tallies;
  readonly #demand: Demand;
  readonly #integrity: Integrity | undefined;
  readonly #following: boolean;
  readonly #reportChance = new Float64Array(1);

  constructor(
    state: ContentState,
    options: EngineOptions,
    scratch: PageScratch,
    tallies: Tallies,
    { demand, integrity }: Mechanisms,
  ) {
    this.#state = state;
    this.#options = options;
    this.#scratch = scratch;
    this.#tallies = tallies;
    this.#demand = demand;
    this.#integrity = integrity;
    this.#following = options.following.enabled;
  }

  /** The item of position j, which is in row `row`, is opened. */
  answer(user: number, row: number, item: number, j: number): void {
    this.#watch(user, item, j);
    this.#note(row, j, OUTCOME.opened);
    this.#state.enjoyment[row * this.#options.slots + j] = this.#scratch.watched[0]!;
    this.#give(user, row, item, j);
    this.#absorb(user, item);
  }

  #note(row: number, j: number, bit: number): void {
    const at = row * this.#options.slots + j;
    this.#state.outcome[at] = this.#state.outcome[at]! | bit;
  }

  /** An opened item: how much it is enjoyed and watched. */
  #watch(user: number, item: number, j: number): void {
    const { users, items } = this.#state;
    const { enjoyment: law, satisfaction } = this.#options;
    const page = this.#scratch.sums;
    const logMinutes = items.logMinutes[item]!;
    const harmful = items.harmful[item]!;
    const enjoyment = enjoymentOf(
      this.#scratch.match[j]!,
      items.quality[item]!,
      items.bait[item]! * users.aversion[user]!,
      harmful,
      this.#scratch.boredom[j]!,
      lengthMismatch(logMinutes, users.preferredLength[user]!, users.fatigue[user]!, law),
      law,
    );
    const completion = completionOf(
      enjoyment,
      this.#scratch.draws.values[PAGE_DRAWS + POSITION_DRAWS * j + 2]!,
      law,
    );
    this.#scratch.watched[0] = enjoyment;
    this.#scratch.watched[1] = completion;
    page[PAGE.enjoyment] = page[PAGE.enjoyment]! + enjoyment;
    page[PAGE.deception] =
      page[PAGE.deception]! + deceptionOf(items.bait[item]!, items.quality[item]!, harmful, satisfaction);
    page[PAGE.minutes] = page[PAGE.minutes]! + completion * Math.pow(2, logMinutes);
    page[PAGE.completion] = page[PAGE.completion]! + completion;
  }

  /** An opened item: what the platform counts. */
  #give(user: number, row: number, item: number, j: number): void {
    const { users } = this.#state;
    const { items, creators } = this.#tallies;
    const { feedback } = this.#options;
    const draws = this.#scratch.draws.values;
    const at = PAGE_DRAWS + POSITION_DRAWS * j;
    const enjoyment = this.#scratch.watched[0]!;
    const completion = this.#scratch.watched[1]!;
    const logMinutes = this.#state.items.logMinutes[item]!;
    const creator = this.#state.items.creator[item]!;
    const whole = Math.floor(completion * FIXED_POINT) / FIXED_POINT;
    items.clicks[item] = items.clicks[item]! + 1;
    items.dayClicks[item] = items.dayClicks[item]! + 1;
    items.completion[item] = items.completion[item]! + whole;
    creators.clicks[creator] = creators.clicks[creator]! + 1;
    creators.completion[creator] = creators.completion[creator]! + whole;
    users.clicks[user] = users.clicks[user]! + 1;
    users.completion[user] = users.completion[user]! + completion;
    users.lengthSum[user] = users.lengthSum[user]! + logMinutes;
    users.completedLength[user] = users.completedLength[user]! + completion * logMinutes;
    // one draw decides like, hide or neither: a like from below, a hide from above
    const u = draws[at + 1]!;
    if (u < likeProbability(enjoyment, feedback)) {
      items.likes[item] = items.likes[item]! + 1;
      creators.likes[creator] = creators.likes[creator]! + 1;
      creators.dayLikes[creator] = creators.dayLikes[creator]! + 1;
      users.likes[user] = users.likes[user]! + 1;
      this.#note(row, j, OUTCOME.liked);
      if (this.#following && follows(this.#scratch.followDraws.values, j, this.#options.following))
        this.#demand.follow(user, item);
    } else if (1 - u < hideProbability(enjoyment, feedback)) {
      items.hides[item] = items.hides[item]! + 1;
      creators.hides[creator] = creators.hides[creator]! + 1;
      users.hides[user] = users.hides[user]! + 1;
      this.#note(row, j, OUTCOME.hidden);
    }
    const chance = this.#reportChance;
    chance[0] = reportProbability(this.#state.items.harmful[item]!, feedback);
    if (this.#integrity !== undefined) chance[0] = chance[0]! * this.#state.demand.reporting[user]!;
    if (draws[at + 3]! < chance[0]!) {
      if (this.#integrity !== undefined) this.#integrity.report(item);
      else {
        items.reports[item] = items.reports[item]! + 1;
        creators.reports[creator] = creators.reports[creator]! + 1;
      }
      users.reports[user] = users.reports[user]! + 1;
      this.#note(row, j, OUTCOME.reported);
    }
  }

  /** An opened item: interest, satiation and the observed topic history. */
  #absorb(user: number, item: number): void {
    const { users, items } = this.#state;
    const { topics, items: itemOptions, interests, satiation } = this.#options;
    const enjoyment = this.#scratch.watched[0]!;
    const completion = this.#scratch.watched[1]!;
    const second = itemOptions.secondaryWeight;
    const one = user * topics + items.topic[item]!;
    const two = user * topics + items.secondTopic[item]!;
    users.interest[one] = driftedInterest(users.interest[one]!, 1 - second, enjoyment, interests);
    users.interest[two] = driftedInterest(users.interest[two]!, second, enjoyment, interests);
    users.satiation[one] = satiated(users.satiation[one]!, 1 - second, satiation);
    users.satiation[two] = satiated(users.satiation[two]!, second, satiation);
    users.topicLong[one] = users.topicLong[one]! + (1 - second) * completion;
    users.topicLong[two] = users.topicLong[two]! + second * completion;
    users.topicTotal[user] = users.topicTotal[user]! + completion;
    users.topicRecent[one] = users.topicRecent[one]! + 1 - second;
    users.topicRecent[two] = users.topicRecent[two]! + second;
  }
}
