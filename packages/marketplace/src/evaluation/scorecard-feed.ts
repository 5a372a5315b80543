import type { LifeEvents, PageEvents } from "@longview/scorecard";
import { costNamesOf, objectiveNamesOf } from "../content/options.ts";
import type { PageRows } from "../content/page-rows.ts";
import { CLOCK, OUTCOME } from "../content/state.ts";
import { examinationProbability } from "../laws/choice.ts";
import { conversionProbability } from "../laws/sponsored-response.ts";
import { LifeNumbers } from "./life-numbers.ts";

/** Takes the pages and lives of a world: a `Scorecard` is one. Arrays are used again after each call. */
export interface EcosystemSink {
  addPages(pages: PageEvents): void;
  addLives(lives: LifeEvents): void;
}

/** Names of the pages' segments, by number. */
export const FEED_SEGMENTS = ["desktop", "mobile"] as const;

/** Columns of a block of pages, one entry a row and position at most. */
function columnsOf(rows: number, slots: number, topics: number) {
  const page = () => new Float64Array(rows);
  const impression = () => new Float64Array(rows * slots);
  return {
    unit: page(),
    day: page(),
    visit: page(),
    segment: new Int32Array(rows),
    offsets: new Int32Array(rows + 1),
    item: new Int32Array(rows * slots),
    creator: new Int32Array(rows * slots),
    topics: new Float64Array(rows * slots * topics),
    page: {
      satisfaction: page(),
      trust: page(),
      revenue: page(),
      advertiserValue: page(),
      adLoad: page(),
      userValue: page(),
    },
    impression: {
      weight: impression(),
      age: impression(),
      creatorAge: impression(),
      quality: impression(),
      opened: impression(),
      liked: impression(),
      hidden: impression(),
      reported: impression(),
      harmful: impression(),
      utility: impression(),
    },
  };
}

/**
 * Turns what a content marketplace shows and what comes of it into a scorecard's pages and lives, with the latent truth that no log
 * has: quality, harm, satisfaction, trust, and what a click is worth to its advertiser.
 *
 * Impressions are the organic positions of a page, looked at or not, each weighted by the chance that it is: as in a decision log.
 * Their utility is the enjoyment of an item that was opened, else 0. A click on a campaign that values conversions is worth their
 * expected value. The segment is the user's device, see {@link FEED_SEGMENTS}.
 *
 * Around every step of a `ContentMarketplace`, or every block of `ContentBlocks`: {@link beforeAnswers} once the slates are written,
 * {@link afterAnswers} after `step` or `answerBlock`, {@link endTick} after `step` or `endTick`. Where `step` puts a newcomer into the
 * slot of a user who has just left, satisfaction and trust of that last page are not known (NaN); blocks know them all.
 *
 * @example
 * const world = makeWholeMarketplace({ key: rootKey(1) });
 * const scorecard = new Scorecard({ key: rootKey(2), recorded: recordedLives(world.options) });
 * const feed = new ScorecardFeed(world, scorecard);
 * const actor = heuristicActor();
 * for (let step = 0; step < 28 * world.options.stepsPerDay; step++) {
 *   actor.act(world);
 *   feed.beforeAnswers();
 *   world.step();
 *   feed.afterAnswers();
 *   feed.endTick();
 * }
 * const [all] = scorecard.summarise();
 */
export class ScorecardFeed {
  /** Dense numbers of who is there. */
  readonly lives: LifeNumbers;
  readonly #world: PageRows;
  readonly #sink: EcosystemSink;
  readonly #columns: ReturnType<typeof columnsOf>;
  readonly #objectiveCount: number;
  readonly #revenuePlace: number;
  readonly #costCount: number;
  readonly #adLoadPlace: number;
  /** Chance that each position is looked at. */
  readonly #examination: Float64Array;
  readonly #episode: number;
  /** Rows that were answered, and the ordinal of each one's user. */
  readonly #rows: Int32Array;
  readonly #ordinals: Int32Array;
  #count = 0;
  /** Campaigns as they were when the day began. */
  readonly #campaigns: {
    readonly topic: Int32Array;
    readonly forConversions: Uint8Array;
    readonly value: Float64Array;
    readonly conversionLogit: Float64Array;
  };

  /** @param world - one that has been started */
  constructor(world: PageRows, sink: EcosystemSink) {
    const { options, privileged: state, rowCount } = world;
    if (state.clock[CLOCK.started] !== 1)
      throw new RangeError("scorecard feed: call reset of the world before");
    const names = objectiveNamesOf(options);
    const { campaigns } = state.advertising;
    this.#world = world;
    this.#sink = sink;
    this.#columns = columnsOf(rowCount, options.slots, options.topics);
    this.#objectiveCount = names.length;
    this.#revenuePlace = names.indexOf("revenue");
    const costs = costNamesOf(options);
    this.#costCount = costs.length;
    this.#adLoadPlace = costs.indexOf("adLoad");
    this.#examination = Float64Array.from({ length: options.slots }, (_, j) =>
      examinationProbability(j, options.choice),
    );
    this.#episode = state.clock[CLOCK.episode]!;
    this.#rows = new Int32Array(rowCount);
    this.#ordinals = new Int32Array(rowCount);
    this.#campaigns = {
      topic: campaigns.topic.slice(),
      forConversions: campaigns.forConversions.slice(),
      value: campaigns.value.slice(),
      conversionLogit: campaigns.conversionLogit.slice(),
    };
    this.lives = new LifeNumbers(state, options, (lives) => sink.addLives(lives));
  }

  /** Notes whose pages these are, before they are answered. */
  beforeAnswers(): void {
    const { active, privileged, rowCount, options } = this.#world;
    const { users, clock } = privileged;
    const { unit, day, visit, segment } = this.#columns;
    const now = clock[CLOCK.tick]! / options.stepsPerDay;
    let count = 0;
    for (let row = 0; row < rowCount; row++) {
      if (active[row] !== 1) continue;
      const user = this.#world.userOf(row);
      this.#rows[count] = row;
      this.#ordinals[count] = users.ordinal[user]!;
      unit[count] = this.lives.user[user]!;
      day[count] = now;
      visit[count] = users.sessions[user]!;
      segment[count] = users.mobile[user]!;
      count++;
    }
    this.#count = count;
  }

  /** Hands the answered pages over. @throws RangeError when the world is over and has begun anew */
  afterAnswers(): void {
    if (this.#world.privileged.clock[CLOCK.episode] !== this.#episode)
      throw new RangeError("scorecard feed: the world has ended; watch fewer days than the world has");
    if (this.#count === 0) return;
    let at = 0;
    for (let page = 0; page < this.#count; page++) {
      this.#columns.offsets[page] = at;
      this.#writePage(page);
      at = this.#writeImpressions(page, at);
    }
    this.#columns.offsets[this.#count] = at;
    this.#sink.addPages(this.#events(at));
  }

  /** After a step has ended: who came and who left. */
  endTick(): void {
    const { options, privileged } = this.#world;
    this.lives.endTick();
    if (privileged.clock[CLOCK.tick]! % options.stepsPerDay !== 0) return;
    const { topic, forConversions, value, conversionLogit } = privileged.advertising.campaigns;
    this.#campaigns.topic.set(topic);
    this.#campaigns.forConversions.set(forConversions);
    this.#campaigns.value.set(value);
    this.#campaigns.conversionLogit.set(conversionLogit);
  }

  #writePage(page: number): void {
    const { users, objectives } = this.#world.privileged;
    const columns = this.#columns.page;
    const row = this.#rows[page]!;
    const user = this.#world.userOf(row);
    const known = users.ordinal[user] === this.#ordinals[page];
    columns.satisfaction[page] = known ? users.satisfaction[user]! : Number.NaN;
    columns.trust[page] = known ? users.trust[user]! : Number.NaN;
    columns.userValue[page] = objectives[row * this.#objectiveCount]!;
    if (this.#revenuePlace < 0) return;
    columns.revenue[page] = objectives[row * this.#objectiveCount + this.#revenuePlace]!;
    columns.advertiserValue[page] = this.#advertiserValue(row, user, known);
    columns.adLoad[page] = this.#world.privileged.costs[row * this.#costCount + this.#adLoadPlace]!;
  }

  /** What the page's clicks are worth to their advertisers. */
  #advertiserValue(row: number, user: number, known: boolean): number {
    const { options, privileged } = this.#world;
    const { shownCampaign, outcome, users } = privileged;
    const { topic, forConversions, value, conversionLogit } = this.#campaigns;
    let sum = 0;
    for (let at = row * options.slots; at < (row + 1) * options.slots; at++) {
      const campaign = shownCampaign[at]!;
      if (campaign < 0 || (outcome[at]! & OUTCOME.opened) === 0) continue;
      if (forConversions[campaign] === 0) sum += value[campaign]!;
      else if (!known) return Number.NaN;
      else {
        const interest = users.interest[user * options.topics + topic[campaign]!]!;
        const { response } = options.advertising;
        sum += value[campaign]! * conversionProbability(conversionLogit[campaign]!, interest, response);
      }
    }
    return sum;
  }

  /** Writes a page's organic positions from place `at` on; returns the next free place. */
  #writeImpressions(page: number, at: number): number {
    const { options, privileged } = this.#world;
    const { shownItem, outcome, enjoyment } = privileged;
    const { slots, stepsPerDay, items } = options;
    const { lives } = this;
    const { item: itemNumber, creator, impression, day } = this.#columns;
    const tick = day[page]! * stepsPerDay;
    const from = this.#rows[page]! * slots;
    let to = at;
    for (let j = 0; j < slots; j++) {
      const item = shownItem[from + j]!;
      if (item < 0) continue;
      const answer = outcome[from + j]!;
      itemNumber[to] = lives.item[item]!;
      creator[to] = lives.itemCreator[item]!;
      impression.weight[to] = this.#examination[j]!;
      impression.age[to] = (tick - lives.itemBornAt[item]!) / stepsPerDay;
      impression.creatorAge[to] = (tick - lives.itemCreatorJoinedAt[item]!) / stepsPerDay;
      impression.quality[to] = lives.itemQuality[item]!;
      impression.harmful[to] = lives.itemHarmful[item]!;
      impression.opened[to] = (answer & OUTCOME.opened) === 0 ? 0 : 1;
      impression.liked[to] = (answer & OUTCOME.liked) === 0 ? 0 : 1;
      impression.hidden[to] = (answer & OUTCOME.hidden) === 0 ? 0 : 1;
      impression.reported[to] = (answer & OUTCOME.reported) === 0 ? 0 : 1;
      impression.utility[to] = enjoyment[from + j]!;
      this.#writeTopics(to, item, items.secondaryWeight);
      to++;
    }
    return to;
  }

  #writeTopics(at: number, item: number, second: number): void {
    const { topics } = this.#columns;
    const count = this.#world.options.topics;
    topics.fill(0, at * count, (at + 1) * count);
    const one = at * count + this.lives.itemTopic[item]!;
    const two = at * count + this.lives.itemSecondTopic[item]!;
    topics[one] = 1 - second;
    topics[two] = topics[two]! + second;
  }

  /** Views of what is filled: a few objects a block, none a page. */
  #events(impressions: number): PageEvents {
    const { unit, day, visit, segment, offsets, item, creator, topics, page, impression } = this.#columns;
    const topicCount = this.#world.options.topics;
    const pages = (column: Float64Array): Float64Array => column.subarray(0, this.#count);
    const shown = (column: Float64Array): Float64Array => column.subarray(0, impressions);
    return {
      pageCount: this.#count,
      unit: pages(unit),
      day: pages(day),
      visit: pages(visit),
      segment: segment.subarray(0, this.#count),
      offsets: offsets.subarray(0, this.#count + 1),
      item: item.subarray(0, impressions),
      creator: creator.subarray(0, impressions),
      topics: topics.subarray(0, impressions * topicCount),
      topicCount,
      page: {
        satisfaction: pages(page.satisfaction),
        trust: pages(page.trust),
        userValue: pages(page.userValue),
        ...(this.#revenuePlace < 0
          ? {}
          : {
              revenue: pages(page.revenue),
              advertiserValue: pages(page.advertiserValue),
              adLoad: pages(page.adLoad),
            }),
      },
      impression: {
        weight: shown(impression.weight),
        age: shown(impression.age),
        creatorAge: shown(impression.creatorAge),
        quality: shown(impression.quality),
        opened: shown(impression.opened),
        liked: shown(impression.liked),
        hidden: shown(impression.hidden),
        reported: shown(impression.reported),
        harmful: shown(impression.harmful),
        utility: shown(impression.utility),
      },
    };
  }
}
