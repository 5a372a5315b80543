import { Draws, PURPOSE } from "./draws.ts";
import type { ContentMarketplaceOptions } from "./options.ts";
import { RECENT_RETENTION } from "./population.ts";
import { CLOCK, type ContentState } from "./state.ts";
import { fairShareOf } from "./supply.ts";
import {
  chosenPosition,
  examinationProbability,
  openLogit,
  openProbability,
  positionsExamined,
} from "../laws/choice.ts";
import { newCreatorShortfall } from "../laws/costs.ts";
import { completionOf, enjoymentOf, lengthMismatch } from "../laws/enjoyment.ts";
import { hideProbability, likeProbability, reportProbability } from "../laws/feedback.ts";
import { driftedInterest } from "../laws/interests.ts";
import { freshnessByAge } from "../laws/items.ts";
import { creatorBenefit, engagementOf, rewardOf, userValueOf } from "../laws/objectives.ts";
import { churnProbability, returnGap, returnHazard } from "../laws/retention.ts";
import { satiated } from "../laws/satiation.ts";
import { deceptionOf, nextFatigue, nextSatisfaction, nextTrust } from "../laws/satisfaction.ts";
import { continueProbability } from "../laws/session.ts";

const FIXED_POINT = 1 << 20;
/** Share of a user's observed counts that is left a page later: about the last 30 pages count. */
export const HISTORY_RETENTION = 0.97;
/** Draws of a page: 0 looked-at positions or choice, 1 session, 2 churn, 3 gap, then four a position. */
const PAGE_DRAWS = 4;
const POSITION_DRAWS = 4;

/** Places in the sums of a page. */
const PAGE = { enjoyment: 0, deception: 1, minutes: 2, completion: 3, creatorValue: 4, newShare: 5 } as const;

/** How users answer their pages, and what follows from it for them. */
export class Response {
  readonly #state: ContentState;
  readonly #options: ContentMarketplaceOptions;
  readonly #draws: Draws;
  readonly #logits: Float64Array;
  readonly #match: Float64Array;
  readonly #boredom: Float64Array;
  readonly #examination: Float64Array;
  readonly #fairShare: number;
  /** Sums of the page being answered; see PAGE. Numbers pass through arrays, since a call that is not inlined boxes them. */
  readonly #page = new Float64Array(6);
  /** Enjoyment and completion of the view being answered. */
  readonly #watched = new Float64Array(2);
  readonly #shown: Int32Array;
  /** Freshness by age in steps. */
  readonly #fresh: Float64Array;

  constructor(state: ContentState, options: ContentMarketplaceOptions, users: number) {
    this.#state = state;
    this.#options = options;
    this.#draws = new Draws(PAGE_DRAWS + POSITION_DRAWS * options.slots);
    this.#logits = new Float64Array(options.slots);
    this.#match = new Float64Array(options.slots);
    this.#boredom = new Float64Array(options.slots);
    this.#shown = new Int32Array(options.slots);
    this.#examination = new Float64Array(options.slots);
    let sum = 0;
    for (let j = 0; j < options.slots; j++) sum += examinationProbability(j, options.choice);
    for (let j = 0; j < options.slots; j++)
      this.#examination[j] = examinationProbability(j, options.choice) / sum;
    this.#fairShare = fairShareOf(options, users);
    this.#fresh = freshnessByAge(options);
  }

  /** Chooses the key of this tick's draws. */
  startTick(): void {
    const { keys, clock } = this.#state;
    this.#draws.choose(keys, 2, PURPOSE.response, clock[CLOCK.tick]!);
  }

  /** One page of one user: reading, opening, feedback, satisfaction, and whether they stay, leave or come back. */
  answer(row: number): void {
    const { items, clock } = this.#state;
    const { slots, choice } = this.#options;
    const tick = clock[CLOCK.tick]!;
    const draws = this.#draws;
    this.#readSlate(row);
    this.#page.fill(0);
    draws.fill(0, PAGE_DRAWS, row);
    for (let j = 0; j < slots; j++) this.#judge(row, j, tick);
    let views = 0;
    let harmfulViews = 0;
    const cascade = choice.model === "cascade";
    const looked = cascade ? this.#lookedAt() : slots;
    const chosen = cascade ? -1 : this.#chosen();
    for (let j = 0; j < looked; j++) {
      const item = this.#shown[j]!;
      this.#countImpression(item);
      draws.fill(PAGE_DRAWS + POSITION_DRAWS * j, 2, row);
      if (!(cascade ? this.#opens(j) : j === chosen)) continue;
      views++;
      harmfulViews += items.harmful[item]!;
      draws.fill(PAGE_DRAWS + POSITION_DRAWS * j + 2, 2, row);
      this.#watch(row, item, j);
      this.#give(row, item, j);
      this.#absorb(row, item);
    }
    this.#remember(row, looked, views);
    this.#settle(row);
    this.#account(row, views, harmfulViews);
    this.#moveOn(row, tick);
  }

  /** The logit of opening position j, and what showing it gives its creator. */
  #judge(row: number, j: number, tick: number): void {
    const { users, items } = this.#state;
    const { topics, choice, items: itemOptions } = this.#options;
    const item = this.#shown[j]!;
    const second = itemOptions.secondaryWeight;
    const one = row * topics + items.topic[item]!;
    const two = row * topics + items.secondTopic[item]!;
    const match = (1 - second) * users.interest[one]! + second * users.interest[two]!;
    const boredom = (1 - second) * users.satiation[one]! + second * users.satiation[two]!;
    this.#match[j] = match;
    this.#boredom[j] = boredom;
    this.#logits[j] = openLogit(
      match,
      items.appeal[item]!,
      this.#fresh[tick - items.bornAt[item]!]!,
      boredom,
      users.fatigue[row]!,
      users.trust[row]!,
      choice,
    );
    this.#benefit(items.creator[item]!, j);
  }

  #benefit(creator: number, j: number): void {
    const { creators } = this.#state;
    const page = this.#page;
    const weight = this.#examination[j]!;
    page[PAGE.creatorValue] =
      page[PAGE.creatorValue]! + weight * creatorBenefit(creators.memoryExposure[creator]! / this.#fairShare);
    page[PAGE.newShare] = page[PAGE.newShare]! + weight * creators.isNew[creator]!;
  }

  #lookedAt(): number {
    return positionsExamined(this.#draws.values[0]!, this.#options.slots, this.#options.choice);
  }

  #chosen(): number {
    return chosenPosition(this.#draws.values[0]!, this.#logits, this.#options.slots, this.#options.choice);
  }

  #opens(j: number): boolean {
    return this.#draws.values[PAGE_DRAWS + POSITION_DRAWS * j]! < openProbability(this.#logits[j]!);
  }

  #readSlate(row: number): void {
    const { action, candidateItem, observation } = this.#state;
    const { slots, candidates } = this.#options;
    for (let j = 0; j < slots; j++) {
      const position = action[row * slots + j]!;
      if (!(position >= 0 && position < candidates) || observation.mask[row * candidates + position] !== 1)
        throw new RangeError(
          `marketplace/content-v0: row ${row}, slot ${j}: ${position} is not an unmasked position of 0 … ${candidates - 1}`,
        );
      const item = candidateItem[row * candidates + position]!;
      for (let before = 0; before < j; before++)
        if (this.#shown[before] === item)
          throw new RangeError(
            `marketplace/content-v0: row ${row}, slot ${j}: position ${position} is chosen twice`,
          );
      this.#shown[j] = item;
    }
  }

  #countImpression(item: number): void {
    const { items, creators, shownBait } = this.#state;
    const creator = items.creator[item]!;
    items.impressions[item] = items.impressions[item]! + 1;
    creators.impressions[creator] = creators.impressions[creator]! + 1;
    creators.dayImpressions[creator] = creators.dayImpressions[creator]! + 1;
    shownBait[0] = shownBait[0]! + Math.floor(items.bait[item]! * FIXED_POINT);
    shownBait[1] = shownBait[1]! + 1;
  }

  /** An opened item: how much it is enjoyed and watched. */
  #watch(row: number, item: number, j: number): void {
    const { users, items } = this.#state;
    const { enjoyment: law, satisfaction } = this.#options;
    const page = this.#page;
    const logMinutes = items.logMinutes[item]!;
    const harmful = items.harmful[item]!;
    const enjoyment = enjoymentOf(
      this.#match[j]!,
      items.quality[item]!,
      items.bait[item]! * users.aversion[row]!,
      harmful,
      this.#boredom[j]!,
      lengthMismatch(logMinutes, users.preferredLength[row]!, users.fatigue[row]!, law),
      law,
    );
    const completion = completionOf(enjoyment, this.#draws.values[PAGE_DRAWS + POSITION_DRAWS * j + 2]!, law);
    this.#watched[0] = enjoyment;
    this.#watched[1] = completion;
    page[PAGE.enjoyment] = page[PAGE.enjoyment]! + enjoyment;
    page[PAGE.deception] =
      page[PAGE.deception]! + deceptionOf(items.bait[item]!, items.quality[item]!, harmful, satisfaction);
    page[PAGE.minutes] = page[PAGE.minutes]! + completion * Math.pow(2, logMinutes);
    page[PAGE.completion] = page[PAGE.completion]! + completion;
  }

  /** An opened item: what the platform counts. */
  #give(row: number, item: number, j: number): void {
    const { users, items, creators } = this.#state;
    const { feedback } = this.#options;
    const draws = this.#draws.values;
    const at = PAGE_DRAWS + POSITION_DRAWS * j;
    const enjoyment = this.#watched[0]!;
    const completion = this.#watched[1]!;
    const logMinutes = items.logMinutes[item]!;
    const creator = items.creator[item]!;
    const whole = Math.floor(completion * FIXED_POINT) / FIXED_POINT;
    items.clicks[item] = items.clicks[item]! + 1;
    items.dayClicks[item] = items.dayClicks[item]! + 1;
    items.completion[item] = items.completion[item]! + whole;
    creators.clicks[creator] = creators.clicks[creator]! + 1;
    creators.completion[creator] = creators.completion[creator]! + whole;
    users.clicks[row] = users.clicks[row]! + 1;
    users.completion[row] = users.completion[row]! + completion;
    users.lengthSum[row] = users.lengthSum[row]! + logMinutes;
    users.completedLength[row] = users.completedLength[row]! + completion * logMinutes;
    // one draw decides like, hide or neither: a like from below, a hide from above
    const u = draws[at + 1]!;
    if (u < likeProbability(enjoyment, feedback)) {
      items.likes[item] = items.likes[item]! + 1;
      creators.likes[creator] = creators.likes[creator]! + 1;
      creators.dayLikes[creator] = creators.dayLikes[creator]! + 1;
      users.likes[row] = users.likes[row]! + 1;
    } else if (1 - u < hideProbability(enjoyment, feedback)) {
      items.hides[item] = items.hides[item]! + 1;
      creators.hides[creator] = creators.hides[creator]! + 1;
      users.hides[row] = users.hides[row]! + 1;
    }
    if (draws[at + 3]! < reportProbability(items.harmful[item]!, feedback)) {
      items.reports[item] = items.reports[item]! + 1;
      creators.reports[creator] = creators.reports[creator]! + 1;
      users.reports[row] = users.reports[row]! + 1;
    }
  }

  /** An opened item: interest, satiation and the observed topic history. */
  #absorb(row: number, item: number): void {
    const { users, items } = this.#state;
    const { topics, items: itemOptions, interests, satiation } = this.#options;
    const enjoyment = this.#watched[0]!;
    const completion = this.#watched[1]!;
    const second = itemOptions.secondaryWeight;
    const one = row * topics + items.topic[item]!;
    const two = row * topics + items.secondTopic[item]!;
    users.interest[one] = driftedInterest(users.interest[one]!, 1 - second, enjoyment, interests);
    users.interest[two] = driftedInterest(users.interest[two]!, second, enjoyment, interests);
    users.satiation[one] = satiated(users.satiation[one]!, 1 - second, satiation);
    users.satiation[two] = satiated(users.satiation[two]!, second, satiation);
    users.topicLong[one] = users.topicLong[one]! + (1 - second) * completion;
    users.topicLong[two] = users.topicLong[two]! + second * completion;
    users.topicTotal[row] = users.topicTotal[row]! + completion;
    users.topicRecent[one] = users.topicRecent[one]! + 1 - second;
    users.topicRecent[two] = users.topicRecent[two]! + second;
  }

  /** Fades the observed history by a page and notes this one. */
  #remember(row: number, looked: number, views: number): void {
    const { users } = this.#state;
    const { topics, satiation } = this.#options;
    const page = this.#page;
    const keep = HISTORY_RETENTION;
    users.impressions[row] = keep * users.impressions[row]! + looked;
    users.clicks[row] = keep * users.clicks[row]!;
    users.likes[row] = keep * users.likes[row]!;
    users.hides[row] = keep * users.hides[row]!;
    users.reports[row] = keep * users.reports[row]!;
    users.completion[row] = keep * users.completion[row]!;
    users.lengthSum[row] = keep * users.lengthSum[row]!;
    users.completedLength[row] = keep * users.completedLength[row]!;
    users.topicTotal[row] = keep * users.topicTotal[row]!;
    for (let i = row * topics; i < (row + 1) * topics; i++) {
      users.topicLong[i] = keep * users.topicLong[i]!;
      users.topicRecent[i] = RECENT_RETENTION * users.topicRecent[i]!;
      users.satiation[i] = satiation.retention * users.satiation[i]!;
    }
    if (views > 0)
      users.recentCompletion[row] =
        0.6 * users.recentCompletion[row]! + (0.4 * page[PAGE.completion]!) / views;
    users.recentClicks[row] = 0.6 * users.recentClicks[row]! + 0.4 * views;
    users.sessionMinutes[row] = users.sessionMinutes[row]! + page[PAGE.minutes]!;
    users.depth[row] = users.depth[row]! + 1;
  }

  #settle(row: number): void {
    const { users } = this.#state;
    const law = this.#options.satisfaction;
    const enjoyment = this.#page[PAGE.enjoyment]!;
    users.satisfaction[row] = nextSatisfaction(users.satisfaction[row]!, enjoyment, law);
    users.trust[row] = nextTrust(users.trust[row]!, enjoyment, this.#page[PAGE.deception]!, law);
    users.fatigue[row] = nextFatigue(users.fatigue[row]!, this.#page[PAGE.minutes]!, law);
  }

  /** Objectives, reward and costs of the page. */
  #account(row: number, views: number, harmfulViews: number): void {
    const { users, reward, objectives, costs } = this.#state;
    const { objectives: law, costs: costLaw } = this.#options;
    const page = this.#page;
    const userValue = userValueOf(page[PAGE.enjoyment]!, users.satisfaction[row]!, law);
    const creatorValue = page[PAGE.creatorValue]!;
    const engagement = engagementOf(views, page[PAGE.minutes]!, law);
    objectives[3 * row] = userValue;
    objectives[3 * row + 1] = creatorValue;
    objectives[3 * row + 2] = engagement;
    reward[row] = rewardOf(userValue, creatorValue, engagement, law);
    costs[2 * row] = harmfulViews;
    costs[2 * row + 1] = newCreatorShortfall(page[PAGE.newShare]!, costLaw);
  }

  /** The session goes on, or ends in a gap or for good. */
  #moveOn(row: number, tick: number): void {
    const { users, active, terminated } = this.#state;
    users.lastPageAt[row] = tick + 1;
    if (this.#goesOn(row)) return;
    active[row] = 0;
    users.sessions[row] = users.sessions[row]! + 1;
    if (this.#churns(row)) {
      users.alive[row] = 0;
      terminated[row] = 1;
      return;
    }
    users.depth[row] = 0;
    users.sessionMinutes[row] = 0;
    users.visitAt[row] = tick + 1 + this.#gap(row);
  }

  #goesOn(row: number): boolean {
    const { users } = this.#state;
    const chance = continueProbability(
      this.#page[PAGE.enjoyment]!,
      users.satisfaction[row]!,
      users.fatigue[row]!,
      this.#options.session,
    );
    return this.#draws.values[1]! < chance;
  }

  #churns(row: number): boolean {
    const { users } = this.#state;
    return (
      this.#draws.values[2]! <
      churnProbability(users.satisfaction[row]!, users.trust[row]!, this.#options.retention)
    );
  }

  #gap(row: number): number {
    const { users } = this.#state;
    const { retention } = this.#options;
    const hazard = returnHazard(users.satisfaction[row]!, users.trust[row]!, retention);
    return returnGap(this.#draws.values[3]!, hazard, retention);
  }
}
