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
import { freshnessOf } from "../laws/items.ts";
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
  /** Of the page being answered: enjoyment, deception, minutes, completion. */
  readonly #page = new Float64Array(4);
  readonly #shown: Int32Array;

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
  }

  /** Chooses the key of this tick's draws. */
  startTick(): void {
    const { keys, clock } = this.#state;
    this.#draws.choose(keys, 2, PURPOSE.response, clock[CLOCK.tick]!);
  }

  /** One page of one user: reading, opening, feedback, satisfaction, and whether they stay, leave or come back. */
  answer(row: number): void {
    const { users, items, creators, clock } = this.#state;
    const { slots, topics, choice, items: itemOptions, stepsPerDay, objectives, costs } = this.#options;
    const tick = clock[CLOCK.tick]!;
    const draws = this.#draws;
    this.#readSlate(row);
    draws.fill(0, PAGE_DRAWS, row);
    const second = itemOptions.secondaryWeight;
    const base = row * topics;
    let creatorValue = 0;
    let newShare = 0;
    for (let j = 0; j < slots; j++) {
      const item = this.#shown[j]!;
      const creator = items.creator[item]!;
      const one = base + items.topic[item]!;
      const two = base + items.secondTopic[item]!;
      const match = (1 - second) * users.interest[one]! + second * users.interest[two]!;
      const boredom = (1 - second) * users.satiation[one]! + second * users.satiation[two]!;
      this.#match[j] = match;
      this.#boredom[j] = boredom;
      this.#logits[j] = openLogit(
        match,
        items.appeal[item]!,
        freshnessOf((tick - items.bornAt[item]!) / stepsPerDay, itemOptions),
        boredom,
        users.fatigue[row]!,
        users.trust[row]!,
        choice,
      );
      const weight = this.#examination[j]!;
      creatorValue += weight * creatorBenefit(creators.memoryExposure[creator]! / this.#fairShare);
      newShare += weight * creators.isNew[creator]!;
    }
    const page = this.#page;
    page.fill(0);
    let views = 0;
    let harmfulViews = 0;
    const cascade = choice.model === "cascade";
    const looked = cascade ? positionsExamined(draws.values[0]!, slots, choice) : slots;
    const chosen = cascade ? -1 : chosenPosition(draws.values[0]!, this.#logits, slots, choice);
    for (let j = 0; j < looked; j++) {
      const item = this.#shown[j]!;
      this.#countImpression(item);
      draws.fill(PAGE_DRAWS + POSITION_DRAWS * j, 2, row);
      const opened = cascade
        ? draws.values[PAGE_DRAWS + POSITION_DRAWS * j]! < openProbability(this.#logits[j]!)
        : j === chosen;
      if (!opened) continue;
      views++;
      harmfulViews += items.harmful[item]!;
      this.#view(row, item, j);
    }
    this.#remember(row, looked, views);
    const enjoyment = page[0]!;
    const minutes = page[2]!;
    this.#settle(row, enjoyment, page[1]!, minutes);
    const userValue = userValueOf(enjoyment, users.satisfaction[row]!, objectives);
    const engagement = engagementOf(views, minutes, objectives);
    const out = this.#state;
    out.objectives[3 * row] = userValue;
    out.objectives[3 * row + 1] = creatorValue;
    out.objectives[3 * row + 2] = engagement;
    out.reward[row] = rewardOf(userValue, creatorValue, engagement, objectives);
    out.costs[2 * row] = harmfulViews;
    out.costs[2 * row + 1] = newCreatorShortfall(newShare, costs);
    this.#moveOn(row, tick, enjoyment);
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

  /** An opened item: enjoyment, completion, feedback, interest and satiation. */
  #view(row: number, item: number, j: number): void {
    const { users, items, creators } = this.#state;
    const { topics, items: itemOptions, enjoyment: law, interests, satiation, feedback } = this.#options;
    const draws = this.#draws;
    const at = PAGE_DRAWS + POSITION_DRAWS * j;
    draws.fill(at + 2, 2, row);
    const logMinutes = items.logMinutes[item]!;
    const harmful = items.harmful[item]!;
    const mismatch = lengthMismatch(logMinutes, users.preferredLength[row]!, users.fatigue[row]!, law);
    const enjoyment = enjoymentOf(
      this.#match[j]!,
      items.quality[item]!,
      items.bait[item]! * users.aversion[row]!,
      harmful,
      this.#boredom[j]!,
      mismatch,
      law,
    );
    const completion = completionOf(enjoyment, draws.normal(at + 2), law);
    const minutes = completion * Math.pow(2, logMinutes);
    const page = this.#page;
    page[0] = page[0]! + enjoyment;
    page[1] =
      page[1]! + deceptionOf(items.bait[item]!, items.quality[item]!, harmful, this.#options.satisfaction);
    page[2] = page[2]! + minutes;
    page[3] = page[3]! + completion;

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
    // one draw decides like, hide or neither: their chances never sum to 1 by much, a like comes first
    const like = likeProbability(enjoyment, feedback);
    const u = draws.values[at + 1]!;
    if (u < like) {
      items.likes[item] = items.likes[item]! + 1;
      creators.likes[creator] = creators.likes[creator]! + 1;
      creators.dayLikes[creator] = creators.dayLikes[creator]! + 1;
      users.likes[row] = users.likes[row]! + 1;
    } else if (1 - u < hideProbability(enjoyment, feedback)) {
      items.hides[item] = items.hides[item]! + 1;
      creators.hides[creator] = creators.hides[creator]! + 1;
      users.hides[row] = users.hides[row]! + 1;
    }
    if (draws.values[at + 3]! < reportProbability(harmful, feedback)) {
      items.reports[item] = items.reports[item]! + 1;
      creators.reports[creator] = creators.reports[creator]! + 1;
      users.reports[row] = users.reports[row]! + 1;
    }

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
      users.recentCompletion[row] = 0.6 * users.recentCompletion[row]! + (0.4 * page[3]!) / views;
    users.recentClicks[row] = 0.6 * users.recentClicks[row]! + 0.4 * views;
    users.sessionMinutes[row] = users.sessionMinutes[row]! + page[2]!;
    users.depth[row] = users.depth[row]! + 1;
  }

  #settle(row: number, enjoyment: number, deception: number, minutes: number): void {
    const { users } = this.#state;
    const law = this.#options.satisfaction;
    users.satisfaction[row] = nextSatisfaction(users.satisfaction[row]!, enjoyment, law);
    users.trust[row] = nextTrust(users.trust[row]!, enjoyment, deception, law);
    users.fatigue[row] = nextFatigue(users.fatigue[row]!, minutes, law);
  }

  /** The session goes on, or ends in a gap or for good. */
  #moveOn(row: number, tick: number, enjoyment: number): void {
    const { users, active, terminated } = this.#state;
    const { session, retention } = this.#options;
    const draws = this.#draws.values;
    const satisfaction = users.satisfaction[row]!;
    const trust = users.trust[row]!;
    users.lastPageAt[row] = tick + 1;
    if (draws[1]! < continueProbability(enjoyment, satisfaction, users.fatigue[row]!, session)) return;
    active[row] = 0;
    users.sessions[row] = users.sessions[row]! + 1;
    if (draws[2]! < churnProbability(satisfaction, trust, retention)) {
      users.alive[row] = 0;
      terminated[row] = 1;
      return;
    }
    users.depth[row] = 0;
    users.sessionMinutes[row] = 0;
    users.visitAt[row] =
      tick + 1 + returnGap(draws[3]!, returnHazard(satisfaction, trust, retention), retention);
  }
}
