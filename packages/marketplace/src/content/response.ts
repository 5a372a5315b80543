import type { Advertising } from "./advertising.ts";
import { SPONSORED } from "./advertising.ts";
import { DEMAND_FACTOR } from "./demand-columns.ts";
import { PURPOSE } from "./draws.ts";
import { fairShareOf } from "./fair-share.ts";
import { Guarantees } from "./guarantees.ts";
import type { Mechanisms } from "./mechanisms.ts";
import { costNamesOf, objectiveNamesOf, type EngineOptions } from "./options.ts";
import { PAGE, PAGE_DRAWS, PageScratch, POSITION_DRAWS } from "./page-scratch.ts";
import { RECENT_RETENTION } from "./population.ts";
import { CLOCK, OUTCOME, type ContentState } from "./state.ts";
import { FIXED_POINT, type Tallies } from "./tallies.ts";
import { View } from "./view.ts";
import {
  chosenPosition,
  examinationProbability,
  openLogit,
  openProbability,
  positionsExamined,
} from "../laws/choice.ts";
import { newCreatorShortfall } from "../laws/costs.ts";
import { freshnessByAge } from "../laws/items.ts";
import { creatorBenefit, engagementOf, rewardOf, userValueOf } from "../laws/objectives.ts";
import { churnProbability, returnGap, returnHazard } from "../laws/retention.ts";
import { nextFatigue, nextSatisfaction, nextTrust } from "../laws/satisfaction.ts";
import { continueProbability } from "../laws/session.ts";

/** Share of a user's observed counts that is left a page later: about the last 30 pages count. */
export const HISTORY_RETENTION = 0.97;
/** How users answer their pages, and what follows from it for them. */
export class Response {
  readonly #id: string;
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #tallies: Tallies;
  readonly #scratch: PageScratch;
  readonly #view: View;
  readonly #guarantees: Guarantees;
  readonly #advertising: Advertising | undefined;
  readonly #following: boolean;
  readonly #examination: Float64Array;
  readonly #fairShare: number;
  readonly #objectiveCount: number;
  readonly #costCount: number;
  /** What a sponsored position gave; see SPONSORED. */
  readonly #sponsored = new Float64Array(SPONSORED.length);
  /** Freshness by age in steps. */
  readonly #fresh: Float64Array;

  /** @param id - name of the world, for errors */
  constructor(
    id: string,
    state: ContentState,
    options: EngineOptions,
    users: number,
    mechanisms: Mechanisms,
    tallies: Tallies,
  ) {
    this.#id = id;
    this.#state = state;
    this.#options = options;
    this.#tallies = tallies;
    this.#scratch = new PageScratch(options);
    this.#view = new View(state, options, this.#scratch, tallies, mechanisms);
    this.#guarantees = new Guarantees(state, options, users);
    this.#advertising = mechanisms.advertising;
    this.#following = options.following.enabled;
    this.#examination = new Float64Array(options.slots);
    let sum = 0;
    for (let j = 0; j < options.slots; j++) sum += examinationProbability(j, options.choice);
    for (let j = 0; j < options.slots; j++)
      this.#examination[j] = examinationProbability(j, options.choice) / sum;
    this.#fairShare = fairShareOf(options, users);
    this.#fresh = freshnessByAge(options);
    this.#objectiveCount = objectiveNamesOf(options).length;
    this.#costCount = costNamesOf(options).length;
  }

  /** Chooses the keys of this tick's draws; before the first page of a tick. */
  startTick(): void {
    const { keys, clock } = this.#state;
    const tick = clock[CLOCK.tick]!;
    this.#scratch.draws.choose(keys, 2, PURPOSE.response, tick);
    if (this.#following) this.#scratch.followDraws.choose(keys, 2, PURPOSE.following, tick);
    this.#guarantees.startTick();
    this.#advertising?.startTick();
  }

  /** The page in row `row` of one user: reading, opening, feedback, satisfaction, and whether they stay, leave or come back. */
  answer(user: number, row: number): void {
    const { items, clock, outcome } = this.#state;
    const { slots, choice } = this.#options;
    const { draws, followDraws, sums, shown, campaign } = this.#scratch;
    const tick = clock[CLOCK.tick]!;
    this.#layOut(user, row);
    sums.fill(0);
    draws.fill(0, PAGE_DRAWS, user);
    if (this.#following) followDraws.fill(0, followDraws.values.length, user);
    for (let j = 0; j < slots; j++) this.#judge(user, j, tick);
    let views = 0;
    let lookedOrganic = 0;
    let harmfulViews = 0;
    const cascade = choice.model === "cascade";
    const looked = cascade ? this.#lookedAt() : slots;
    const chosen = cascade ? -1 : this.#chosen();
    for (let j = 0; j < looked; j++) {
      outcome[row * slots + j] = OUTCOME.looked;
      if (campaign[j]! >= 0) {
        this.#sponsor(user, row, j);
        continue;
      }
      const item = shown[j]!;
      lookedOrganic++;
      this.#countImpression(item);
      draws.fill(PAGE_DRAWS + POSITION_DRAWS * j, 2, user);
      if (!(cascade ? this.#opens(j) : j === chosen)) continue;
      views++;
      harmfulViews += items.harmful[item]!;
      draws.fill(PAGE_DRAWS + POSITION_DRAWS * j + 2, 2, user);
      this.#view.answer(user, row, item, j);
    }
    this.#remember(user, lookedOrganic, views);
    this.#settle(user);
    this.#account(user, row, views, harmfulViews);
    this.#moveOn(user, row, tick);
  }

  /** The page as it is shown: the slate, what is sponsored, what creators are owed. */
  #layOut(user: number, row: number): void {
    const { organic, shown, campaign } = this.#scratch;
    this.#readSlate(row);
    if (this.#advertising !== undefined) this.#advertising.place(user, organic, shown, campaign);
    else shown.set(organic);
    this.#guarantees.apply(row, shown);
    const { shownItem, shownCampaign, outcome, enjoyment } = this.#state;
    const { slots } = this.#options;
    for (let j = 0; j < slots; j++) {
      const at = row * slots + j;
      shownItem[at] = shown[j]!;
      shownCampaign[at] = campaign[j]!;
      outcome[at] = 0;
      enjoyment[at] = 0;
    }
  }

  /** A sponsored position that was looked at. */
  #sponsor(user: number, row: number, j: number): void {
    const out = this.#sponsored;
    const { sums } = this.#scratch;
    this.#advertising!.answer(user, j, out);
    sums[PAGE.enjoyment] = sums[PAGE.enjoyment]! + out[SPONSORED.enjoyment]!;
    sums[PAGE.minutes] = sums[PAGE.minutes]! + out[SPONSORED.minutes]!;
    sums[PAGE.revenue] = sums[PAGE.revenue]! + out[SPONSORED.price]!;
    const at = row * this.#options.slots + j;
    this.#state.enjoyment[at] = out[SPONSORED.enjoyment]!;
    if (out[SPONSORED.opened] === 1) this.#state.outcome[at] = OUTCOME.looked | OUTCOME.opened;
  }

  /** The logit of opening position j, and what showing it gives its creator. */
  #judge(user: number, j: number, tick: number): void {
    const { users, items } = this.#state;
    const { topics, choice, items: itemOptions } = this.#options;
    const { match: matches, boredom: boredoms, logits, shown, campaign } = this.#scratch;
    if (campaign[j]! >= 0) {
      logits[j] = -Infinity; // nobody's choice in the multinomial logit: advertising answers for it
      return;
    }
    const item = shown[j]!;
    const second = itemOptions.secondaryWeight;
    const one = user * topics + items.topic[item]!;
    const two = user * topics + items.secondTopic[item]!;
    const match = (1 - second) * users.interest[one]! + second * users.interest[two]!;
    const boredom = (1 - second) * users.satiation[one]! + second * users.satiation[two]!;
    matches[j] = match;
    boredoms[j] = boredom;
    logits[j] = openLogit(
      match,
      items.appeal[item]!,
      this.#fresh[tick - items.bornAt[item]!]!,
      boredom,
      users.fatigue[user]!,
      users.trust[user]!,
      choice,
    );
    this.#benefit(items.creator[item]!, j);
  }

  #benefit(creator: number, j: number): void {
    const { creators } = this.#state;
    const page = this.#scratch.sums;
    const weight = this.#examination[j]!;
    page[PAGE.creatorValue] =
      page[PAGE.creatorValue]! + weight * creatorBenefit(creators.memoryExposure[creator]! / this.#fairShare);
    page[PAGE.newShare] = page[PAGE.newShare]! + weight * creators.isNew[creator]!;
  }

  #lookedAt(): number {
    return positionsExamined(this.#scratch.draws.values[0]!, this.#options.slots, this.#options.choice);
  }

  #chosen(): number {
    return chosenPosition(
      this.#scratch.draws.values[0]!,
      this.#scratch.logits,
      this.#options.slots,
      this.#options.choice,
    );
  }

  #opens(j: number): boolean {
    return (
      this.#scratch.draws.values[PAGE_DRAWS + POSITION_DRAWS * j]! < openProbability(this.#scratch.logits[j]!)
    );
  }

  #readSlate(row: number): void {
    const { action, candidateItem, observation } = this.#state;
    const { slots, candidates } = this.#options;
    const { organic } = this.#scratch;
    for (let j = 0; j < slots; j++) {
      const position = action[row * slots + j]!;
      if (!(position >= 0 && position < candidates) || observation.mask[row * candidates + position] !== 1)
        throw new RangeError(
          `${this.#id}: row ${row}, slot ${j}: ${position} is not an unmasked position of 0 … ${candidates - 1}`,
        );
      const item = candidateItem[row * candidates + position]!;
      for (let before = 0; before < j; before++)
        if (organic[before] === item)
          throw new RangeError(`${this.#id}: row ${row}, slot ${j}: position ${position} is chosen twice`);
      organic[j] = item;
    }
  }

  #countImpression(item: number): void {
    const { items, creators, shownBait } = this.#tallies;
    const creator = this.#state.items.creator[item]!;
    items.impressions[item] = items.impressions[item]! + 1;
    creators.impressions[creator] = creators.impressions[creator]! + 1;
    creators.dayImpressions[creator] = creators.dayImpressions[creator]! + 1;
    shownBait[0] = shownBait[0]! + Math.floor(this.#state.items.bait[item]! * FIXED_POINT);
    shownBait[1] = shownBait[1]! + 1;
  }

  /** Fades the observed history by a page and notes this one. */
  #remember(user: number, looked: number, views: number): void {
    const { users } = this.#state;
    const { topics, satiation } = this.#options;
    const page = this.#scratch.sums;
    const keep = HISTORY_RETENTION;
    users.impressions[user] = keep * users.impressions[user]! + looked;
    users.clicks[user] = keep * users.clicks[user]!;
    users.likes[user] = keep * users.likes[user]!;
    users.hides[user] = keep * users.hides[user]!;
    users.reports[user] = keep * users.reports[user]!;
    users.completion[user] = keep * users.completion[user]!;
    users.lengthSum[user] = keep * users.lengthSum[user]!;
    users.completedLength[user] = keep * users.completedLength[user]!;
    users.topicTotal[user] = keep * users.topicTotal[user]!;
    for (let i = user * topics; i < (user + 1) * topics; i++) {
      users.topicLong[i] = keep * users.topicLong[i]!;
      users.topicRecent[i] = RECENT_RETENTION * users.topicRecent[i]!;
      users.satiation[i] = satiation.retention * users.satiation[i]!;
    }
    if (views > 0)
      users.recentCompletion[user] =
        0.6 * users.recentCompletion[user]! + (0.4 * page[PAGE.completion]!) / views;
    users.recentClicks[user] = 0.6 * users.recentClicks[user]! + 0.4 * views;
    users.sessionMinutes[user] = users.sessionMinutes[user]! + page[PAGE.minutes]!;
    users.depth[user] = users.depth[user]! + 1;
  }

  #settle(user: number): void {
    const { users } = this.#state;
    const law = this.#options.satisfaction;
    const enjoyment = this.#scratch.sums[PAGE.enjoyment]!;
    users.satisfaction[user] = nextSatisfaction(users.satisfaction[user]!, enjoyment, law);
    users.trust[user] = nextTrust(users.trust[user]!, enjoyment, this.#scratch.sums[PAGE.deception]!, law);
    users.fatigue[user] = nextFatigue(users.fatigue[user]!, this.#scratch.sums[PAGE.minutes]!, law);
  }

  /** Objectives, reward and costs of the page. */
  #account(user: number, row: number, views: number, harmfulViews: number): void {
    const { users, reward, objectives, costs } = this.#state;
    const { objectives: law, costs: costLaw } = this.#options;
    const page = this.#scratch.sums;
    const userValue = userValueOf(page[PAGE.enjoyment]!, users.satisfaction[user]!, law);
    const creatorValue = page[PAGE.creatorValue]!;
    const engagement = engagementOf(views, page[PAGE.minutes]!, law);
    const first = this.#objectiveCount * row;
    objectives[first] = userValue;
    objectives[first + 1] = creatorValue;
    objectives[first + 2] = engagement;
    reward[row] =
      rewardOf(userValue, creatorValue, engagement, law) + law.revenueWeight * page[PAGE.revenue]!;
    const firstCost = this.#costCount * row;
    costs[firstCost] = harmfulViews;
    costs[firstCost + 1] = newCreatorShortfall(page[PAGE.newShare]!, costLaw);
    if (this.#advertising === undefined) return;
    objectives[first + 3] = page[PAGE.revenue]!;
    costs[firstCost + 2] = this.#sponsoredShare();
  }

  /** Share of the page's positions that are sponsored, in [0, 1]. */
  #sponsoredShare(): number {
    const { campaign } = this.#scratch;
    let sponsored = 0;
    for (let j = 0; j < campaign.length; j++) if (campaign[j]! >= 0) sponsored++;
    return sponsored / campaign.length;
  }

  /** The session goes on, or ends in a gap or for good. */
  #moveOn(user: number, row: number, tick: number): void {
    const { users, active, terminated } = this.#state;
    users.lastPageAt[user] = tick + 1;
    if (this.#goesOn(user)) return;
    active[user] = 0;
    users.sessions[user] = users.sessions[user]! + 1;
    if (this.#churns(user)) {
      users.alive[user] = 0;
      terminated[row] = 1;
      return;
    }
    users.depth[user] = 0;
    users.sessionMinutes[user] = 0;
    users.visitAt[user] = tick + 1 + this.#gap(user);
  }

  #goesOn(user: number): boolean {
    const { users } = this.#state;
    const chance = continueProbability(
      this.#scratch.sums[PAGE.enjoyment]!,
      users.satisfaction[user]!,
      users.fatigue[user]!,
      this.#options.session,
    );
    return this.#scratch.draws.values[1]! < chance;
  }

  #churns(user: number): boolean {
    const { users } = this.#state;
    return (
      this.#scratch.draws.values[2]! <
      churnProbability(users.satisfaction[user]!, users.trust[user]!, this.#options.retention)
    );
  }

  #gap(user: number): number {
    const { users } = this.#state;
    const { retention } = this.#options;
    const factor = this.#state.demand.factors[DEMAND_FACTOR.returnHazard]!;
    const hazard = factor * returnHazard(users.satisfaction[user]!, users.trust[user]!, retention);
    return returnGap(this.#scratch.draws.values[3]!, hazard, retention);
  }
}
