import { MARKET } from "./creator-agency-columns.ts";
import { CreatorCredit } from "./creator-credit.ts";
import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";
import { attraction, DEVIATION, marketSlopesInto } from "../laws/creator-market.ts";

/** Days of production over which an item's lifetime is taken. */
const RECENT_DAYS = 7;
/** Places in `means`. */
export const MEAN = { quality: 0, bait: 1, lifetime: 2, length: 3 } as const;

/**
 * What creators see of a day's market, by topic: demand in credit, what is on offer in attraction, and how credit answers
 * to quality and clickbait. There are two markets, for what creators are paid by and for likes (see MARKET). Creators
 * know each other's items well enough to judge quality and clickbait. An item belongs to its first topic.
 */
export class CreatorMarket {
  /** Credit that each creator earned in the day, `[markets, creators]`. */
  readonly credit: Float64Array;
  /** Attraction of the items there are, `[markets, topics]`. */
  readonly supply: Float64Array;
  /** Attraction of each creator's items in the creator's own topic, `[markets, creators]`. */
  readonly ownSupply: Float64Array;
  /** Mean quality and clickbait of the items there are, and for how long an item is there [days]; see MEAN. */
  readonly means = new Float64Array(MEAN.length);

  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #itemCredit: CreatorCredit;
  /** Credit by topic, `[markets, topics]`: of all items, and of those whose creator is paid; items by topic. */
  readonly #topicCredit: Float64Array;
  readonly #paidCredit: Float64Array;
  readonly #topicItems: Float64Array;
  /** What an average item is paid for, by market. */
  readonly #paidPerItem = new Float64Array(MARKET.length);
  /** See DEVIATION, by market. */
  readonly #sums = Array.from({ length: MARKET.length }, () => new Float64Array(DEVIATION.length));

  constructor(state: ContentState, options: EngineOptions) {
    this.#state = state;
    this.#options = options;
    this.#itemCredit = new CreatorCredit(state, options);
    this.credit = new Float64Array(MARKET.length * options.creators.capacity);
    this.ownSupply = new Float64Array(MARKET.length * options.creators.capacity);
    this.supply = new Float64Array(MARKET.length * options.topics);
    this.#topicCredit = new Float64Array(MARKET.length * options.topics);
    this.#paidCredit = new Float64Array(MARKET.length * options.topics);
    this.#topicItems = new Float64Array(options.topics);
  }

  /** Looks at the day that ends at `tick`, before its counts are cleared. */
  observe(tick: number): void {
    const { seenDays } = this.#state.agency;
    const memory = seenDays[0] === 0 ? 0 : this.#options.agency.marketMemory;
    this.#itemCredit.count(tick);
    this.#addUp(tick);
    this.#learnDemand(memory);
    this.#learnSlopes(memory);
    seenDays[0] = seenDays[0]! + 1;
    this.#weighSupply();
  }

  #addUp(tick: number): void {
    const { items } = this.#state;
    const { topics, stepsPerDay } = this.#options;
    const { capacity } = this.#options.creators;
    const itemSlots = items.alive.length;
    const recent = tick - RECENT_DAYS * stepsPerDay;
    this.credit.fill(0);
    this.#topicCredit.fill(0);
    this.#topicItems.fill(0);
    let present = 0;
    let made = 0;
    let quality = 0;
    let bait = 0;
    for (let item = 0; item < itemSlots; item++) {
      if (items.alive[item] === 0) continue;
      const topic = items.topic[item]!;
      const creator = items.creator[item]!;
      present++;
      if (items.bornAt[item]! >= recent) made++;
      quality += items.quality[item]!;
      bait += items.bait[item]!;
      this.#topicItems[topic] = this.#topicItems[topic]! + 1;
      for (let market = 0; market < MARKET.length; market++) {
        const credit = this.#itemCredit.items[market * itemSlots + item]!;
        const ofCreator = market * capacity + creator;
        const ofTopic = market * topics + topic;
        this.credit[ofCreator] = this.credit[ofCreator]! + credit;
        this.#topicCredit[ofTopic] = this.#topicCredit[ofTopic]! + credit;
      }
    }
    this.means[MEAN.quality] = present > 0 ? quality / present : 0.5;
    this.means[MEAN.bait] = present > 0 ? bait / present : 0.5;
    const longest = this.#options.items.longestAge;
    this.means[MEAN.lifetime] = made > 0 ? Math.min(longest, (RECENT_DAYS * present) / made) : longest;
  }

  /** Demand as remembered: what creators are paid for; items of a creator who did harm on balance earn nothing. */
  #learnDemand(memory: number): void {
    const { items, agency } = this.#state;
    const { topics } = this.#options;
    const { capacity } = this.#options.creators;
    const itemSlots = items.alive.length;
    const paid = this.#paidCredit;
    const credit = this.#itemCredit.items;
    paid.fill(0);
    for (let item = 0; item < itemSlots; item++) {
      if (items.alive[item] === 0) continue;
      const creator = items.creator[item]!;
      const topic = items.topic[item]!;
      for (let market = 0; market < MARKET.length; market++) {
        if (!(this.credit[market * capacity + creator]! > 0)) continue;
        const ofTopic = market * topics + topic;
        paid[ofTopic] = paid[ofTopic]! + credit[market * itemSlots + item]!;
      }
    }
    for (let i = 0; i < paid.length; i++) {
      paid[i] = Math.max(0, paid[i]!);
      agency.demand[i] = memory * agency.demand[i]! + (1 - memory) * paid[i]!;
    }
  }

  /** How an item's credit, over what an average item is paid for, answers to its quality and clickbait. */
  #learnSlopes(memory: number): void {
    this.#addDeviations();
    const { slopes } = this.#state.agency;
    for (let market = 0; market < MARKET.length; market++) {
      if (!(this.#paidPerItem[market]! > 0)) continue; // nothing to learn from a day on which nothing was earned
      const first = 2 * market;
      const qualitySlope = slopes[first]!;
      const baitSlope = slopes[first + 1]!;
      marketSlopesInto(slopes, first, this.#sums[market]!, 1);
      slopes[first] = memory * qualitySlope + (1 - memory) * slopes[first]!;
      slopes[first + 1] = memory * baitSlope + (1 - memory) * slopes[first + 1]!;
    }
  }

  #addDeviations(): void {
    const { items } = this.#state;
    const { topics } = this.#options;
    const itemSlots = items.alive.length;
    const credits = this.#itemCredit.items;
    this.#averageCredit();
    let qualities = 0;
    let baits = 0;
    let products = 0;
    for (const sums of this.#sums) sums.fill(0);
    for (let item = 0; item < itemSlots; item++) {
      if (items.alive[item] === 0) continue;
      const quality = items.quality[item]! - this.means[MEAN.quality]!;
      const bait = items.bait[item]! - this.means[MEAN.bait]!;
      qualities += quality * quality;
      baits += bait * bait;
      products += quality * bait;
      for (let market = 0; market < MARKET.length; market++) {
        const sums = this.#sums[market]!;
        const expected = this.#topicCredit[market * topics + items.topic[item]!]!;
        const credit = credits[market * itemSlots + item]! - expected;
        sums[DEVIATION.qualityCredit] = sums[DEVIATION.qualityCredit]! + quality * credit;
        sums[DEVIATION.baitCredit] = sums[DEVIATION.baitCredit]! + bait * credit;
      }
    }
    for (let market = 0; market < MARKET.length; market++) {
      const sums = this.#sums[market]!;
      const unit = this.#paidPerItem[market]!;
      sums[DEVIATION.quality] = qualities;
      sums[DEVIATION.bait] = baits;
      sums[DEVIATION.both] = products;
      sums[DEVIATION.qualityCredit] = sums[DEVIATION.qualityCredit]! / unit;
      sums[DEVIATION.baitCredit] = sums[DEVIATION.baitCredit]! / unit;
    }
  }

  /** Turns credit by topic into that of an item, and finds what an average item is paid for. */
  #averageCredit(): void {
    const { topics } = this.#options;
    for (let market = 0; market < MARKET.length; market++) {
      let paid = 0;
      let present = 0;
      for (let topic = 0; topic < topics; topic++) {
        const ofTopic = market * topics + topic;
        const count = this.#topicItems[topic]!;
        if (count > 0) this.#topicCredit[ofTopic] = this.#topicCredit[ofTopic]! / count;
        paid += this.#paidCredit[ofTopic]!;
        present += count;
      }
      this.#paidPerItem[market] = present > 0 ? paid / present : 0;
    }
  }

  /** What is on offer, in attraction. */
  #weighSupply(): void {
    const { items, creators, agency } = this.#state;
    const { topics } = this.#options;
    const { capacity } = this.#options.creators;
    this.supply.fill(0);
    this.ownSupply.fill(0);
    for (let item = 0; item < items.alive.length; item++) {
      if (items.alive[item] === 0) continue;
      const quality = items.quality[item]! - this.means[MEAN.quality]!;
      const bait = items.bait[item]! - this.means[MEAN.bait]!;
      const topic = items.topic[item]!;
      const creator = items.creator[item]!;
      const isOwn = creators.topic[creator] === topic;
      for (let market = 0; market < MARKET.length; market++) {
        const weight = attraction(quality, bait, agency.slopes[2 * market]!, agency.slopes[2 * market + 1]!);
        const ofTopic = market * topics + topic;
        this.supply[ofTopic] = this.supply[ofTopic]! + weight;
        if (!isOwn) continue;
        const own = market * capacity + creator;
        this.ownSupply[own] = this.ownSupply[own]! + weight;
      }
    }
  }
}
