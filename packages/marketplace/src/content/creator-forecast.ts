import { MARKET } from "./creator-agency-columns.ts";
import { MEAN, type CreatorMarket } from "./creator-market.ts";
import { LEVER } from "./levers.ts";
import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";
import { creatorCost } from "../laws/creator-cost.ts";
import { attraction, contestShare, contestSlope, isWithinAttraction } from "../laws/creator-market.ts";
import {
  baitOf,
  BAITS,
  effortOf,
  EFFORTS,
  styleOf,
  STYLES,
  volumeOf,
  VOLUMES,
} from "../laws/creator-strategy.ts";
import { workingSkill } from "../laws/creators.ts";
import { logistic } from "../laws/parameter.ts";

/** Least attraction of others in a topic: a topic that nobody serves is still not won by a first item alone. */
const LEAST_OTHERS = 1;
/** Places of a creator's choices that are continuous, in a point and in a gradient. */
export const CHOICE = { volume: 0, effort: 1, bait: 2, length: 3 } as const;
/** Places in what is the creator's own, whatever they choose: items that the usual volume keeps on offer; skill [logit]; clickbait that is their own [logit]; subsidy at the usual volume [living/day]. */
const OWN = { scale: 0, skill: 1, taste: 2, subsidy: 3, length: 4 } as const;
/** Places in what a point makes: attraction of an item by market, its quality, its clickbait; the day's cost [living]. */
const AT_POINT = {
  quality: MARKET.length,
  bait: MARKET.length + 1,
  cost: MARKET.length + 2,
  length: MARKET.length + 3,
} as const;

/**
 * What a creator expects of a strategy, if it is kept up while all others do what they did yesterday [living/day]:
 *
 * `Σ_markets worth · D_k · x / (x + X_k) + subsidy · min(1, v) − cost(v, e, β − β₀)`, with
 * `x = v · production · activity · lifetime · attraction(q(e), b(β))`: a contest for the demand D_k of topic k against the
 * attraction X_k of all others' items. The cost of changing the topic is not in it. Numbers are handed over in arrays, since
 * a number that is handed over by itself is allocated.
 */
export class CreatorForecast {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #market: CreatorMarket;
  /** Worth of a unit of credit, by market [living]. */
  readonly #worth = new Float64Array(MARKET.length);
  readonly #own = new Float64Array(OWN.length);
  /** Attraction of all others' items, `[markets, topics]`. */
  readonly #others: Float64Array;
  /** Of each style: its cost, the same for all creators; subsidy minus cost; what it keeps on offer, `[markets, styles]`. */
  readonly #costs: Float64Array;
  readonly #certain = new Float64Array(STYLES);
  readonly #offers = new Float64Array(MARKET.length * STYLES);
  /** See AT_POINT. */
  readonly #atPoint = new Float64Array(AT_POINT.length);

  constructor(state: ContentState, options: EngineOptions, market: CreatorMarket) {
    this.#state = state;
    this.#options = options;
    this.#market = market;
    this.#others = new Float64Array(MARKET.length * options.topics);
    const { cost, baitStep } = options.agency;
    this.#costs = Float64Array.from({ length: STYLES }, (_, style) =>
      creatorCost(
        VOLUMES[volumeOf(style)]!,
        EFFORTS[effortOf(style)]!,
        BAITS[baitOf(style)]! * baitStep,
        0,
        cost,
      ),
    );
  }

  /** Sets what a unit of credit is worth, by market [living]. */
  setWorth(worth: Float64Array): void {
    this.#worth.set(worth);
  }

  /** Utility of every strategy, `[topics, styles]`. */
  writeAll(creator: number, out: Float64Array): void {
    this.#prepare(creator);
    this.#weighStyles();
    const { topics } = this.#options;
    for (let topic = 0; topic < topics; topic++) this.#writeTopic(topic, out);
  }

  /**
   * Utility of what a creator could do in the topic that is theirs.
   *
   * @param point - see CHOICE
   * @param out - written at 0
   */
  writeUtility(creator: number, point: Float64Array, out: Float64Array): void {
    this.#prepare(creator);
    this.#weighPoint(point);
    const { topics } = this.#options;
    const topic = this.#state.creators.topic[creator]!;
    const volume = point[CHOICE.volume]!;
    let sum = this.#own[OWN.subsidy]! * Math.min(1, volume) - this.#atPoint[AT_POINT.cost]!;
    for (let market = 0; market < MARKET.length; market++) {
      const offer = volume * this.#own[OWN.scale]! * this.#atPoint[market]!;
      const demand = this.#worth[market]! * this.#state.agency.demand[market * topics + topic]!;
      sum += demand * contestShare(offer, this.#others[market * topics + topic]!);
    }
    out[0] = sum;
  }

  /** Gradient of {@link writeUtility}'s utility; see CHOICE. */
  writeGradient(creator: number, point: Float64Array, out: Float64Array): void {
    this.#prepare(creator);
    this.#weighPoint(point);
    const { slopes, demand } = this.#state.agency;
    const { topics } = this.#options;
    const { cost } = this.#options.agency;
    const topic = this.#state.creators.topic[creator]!;
    const volume = point[CHOICE.volume]!;
    const effort = point[CHOICE.effort]!;
    const scale = this.#own[OWN.scale]!;
    const quality = this.#atPoint[AT_POINT.quality]!;
    const bait = this.#atPoint[AT_POINT.bait]!;
    let byVolume = (volume < 1 ? this.#own[OWN.subsidy]! : 0) - 2 * cost.volume * volume;
    byVolume -= cost.effort * effort * effort;
    let byEffort = -2 * cost.effort * volume * effort;
    let byBait = -2 * cost.taste * (point[CHOICE.bait]! - this.#own[OWN.taste]!);
    for (let market = 0; market < MARKET.length; market++) {
      const weight = this.#atPoint[market]!;
      const others = this.#others[market * topics + topic]!;
      // what one more item of average attraction on offer is worth
      const gain =
        this.#worth[market]! *
        demand[market * topics + topic]! *
        contestSlope(volume * scale * weight, others);
      byVolume += gain * scale * weight;
      if (!isWithinAttraction(weight)) continue;
      const effortLogit = this.#options.creators.effort;
      byEffort += gain * volume * scale * slopes[2 * market]! * quality * (1 - quality) * effortLogit;
      byBait += gain * volume * scale * slopes[2 * market + 1]! * bait * (1 - bait);
    }
    out[CHOICE.volume] = byVolume;
    out[CHOICE.effort] = byEffort;
    out[CHOICE.bait] = byBait;
  }

  #prepare(creator: number): void {
    const { creators, levers, agency } = this.#state;
    const options = this.#options.creators;
    const { topics } = this.#options;
    const own = this.#own;
    own[OWN.scale] = options.production * creators.activity[creator]! * this.#market.means[MEAN.lifetime]!;
    own[OWN.skill] = workingSkill(creators.skill[creator]!, creators.items[creator]!, options);
    own[OWN.taste] = agency.taste[creator]!;
    own[OWN.subsidy] = creators.isNew[creator]! * levers[LEVER.subsidy]!;
    for (let market = 0; market < MARKET.length; market++) {
      const mine = market * topics + creators.topic[creator]!;
      for (let i = market * topics; i < (market + 1) * topics; i++) {
        const supplied = this.#market.supply[i]!;
        const others =
          i === mine ? supplied - this.#market.ownSupply[market * options.capacity + creator]! : supplied;
        this.#others[i] = Math.max(LEAST_OTHERS, others);
      }
    }
  }

  #weighStyles(): void {
    const { slopes } = this.#state.agency;
    const { baitStep } = this.#options.agency;
    const { means } = this.#market;
    for (let style = 0; style < STYLES; style++)
      this.#certain[style] =
        this.#own[OWN.subsidy]! * Math.min(1, VOLUMES[volumeOf(style)]!) - this.#costs[style]!;
    for (let e = 0; e < EFFORTS.length; e++) {
      const logit = this.#own[OWN.skill]! + this.#options.creators.effort * (EFFORTS[e]! - 0.5);
      const quality = logistic(logit) - means[MEAN.quality]!;
      for (let b = 0; b < BAITS.length; b++) {
        const bait = logistic(this.#own[OWN.taste]! + BAITS[b]! * baitStep) - means[MEAN.bait]!;
        for (let market = 0; market < MARKET.length; market++) {
          const weight = attraction(quality, bait, slopes[2 * market]!, slopes[2 * market + 1]!);
          for (let v = 0; v < VOLUMES.length; v++)
            this.#offers[market * STYLES + styleOf(v, e, b)] = VOLUMES[v]! * this.#own[OWN.scale]! * weight;
        }
      }
    }
  }

  #weighPoint(point: Float64Array): void {
    const { slopes } = this.#state.agency;
    const { means } = this.#market;
    const logit = this.#own[OWN.skill]! + this.#options.creators.effort * (point[CHOICE.effort]! - 0.5);
    const quality = logistic(logit);
    const bait = logistic(point[CHOICE.bait]!);
    for (let market = 0; market < MARKET.length; market++)
      this.#atPoint[market] = attraction(
        quality - means[MEAN.quality]!,
        bait - means[MEAN.bait]!,
        slopes[2 * market]!,
        slopes[2 * market + 1]!,
      );
    this.#atPoint[AT_POINT.quality] = quality;
    this.#atPoint[AT_POINT.bait] = bait;
    this.#atPoint[AT_POINT.cost] = creatorCost(
      point[CHOICE.volume]!,
      point[CHOICE.effort]!,
      point[CHOICE.bait]! - this.#own[OWN.taste]!,
      0,
      this.#options.agency.cost,
    );
  }

  #writeTopic(topic: number, out: Float64Array): void {
    const { demand } = this.#state.agency;
    const worth = this.#worth;
    const offers = this.#offers;
    const payoutAt = MARKET.payout * this.#options.topics + topic;
    const likesAt = MARKET.likes * this.#options.topics + topic;
    const payout = worth[MARKET.payout]! * demand[payoutAt]!;
    const likes = worth[MARKET.likes]! * demand[likesAt]!;
    const payoutOthers = this.#others[payoutAt]!;
    const likesOthers = this.#others[likesAt]!;
    for (let style = 0; style < STYLES; style++)
      out[topic * STYLES + style] =
        this.#certain[style]! +
        payout * contestShare(offers[MARKET.payout * STYLES + style]!, payoutOthers) +
        likes * contestShare(offers[MARKET.likes * STYLES + style]!, likesOthers);
  }
}
