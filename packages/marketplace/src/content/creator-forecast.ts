import { MARKET } from "./creator-agency-columns.ts";
import { MEAN, type CreatorMarket } from "./creator-market.ts";
import { LEVER } from "./levers.ts";
import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";
import { creatorCost } from "../laws/creator-cost.ts";
import { attraction, contestShare, contestSlope, isWithinAttraction } from "../laws/creator-market.ts";
import { BAITS, EFFORTS, styleOf, STYLES, VOLUMES } from "../laws/creator-strategy.ts";
import { workingSkill } from "../laws/creators.ts";
import { logistic } from "../laws/parameter.ts";

/** Least attraction of others in a topic: a topic that nobody serves is still not won by a first item alone. */
const LEAST_OTHERS = 1;
/** Places in a gradient. */
export const GRADIENT = { volume: 0, effort: 1, bait: 2, length: 3 } as const;

/**
 * What a creator expects of a strategy, if it is kept up while all others do what they did yesterday [living/day]:
 *
 * `Σ_markets worth · D_k · x / (x + X_k) + subsidy · min(1, v) / living − cost(v, e, β − β₀)`, with
 * `x = v · production · activity · lifetime · attraction(q(e), b(β))`: a contest for the demand D_k of topic k against the
 * attraction X_k of all others' items. The cost of changing the topic is not in it.
 */
export class CreatorForecast {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #market: CreatorMarket;
  /** Worth of a unit of credit, by market [living]. */
  readonly #worth = new Float64Array(MARKET.length);
  /** Attraction of what a strategy keeps on offer, `[markets, styles]`. */
  readonly #offers = new Float64Array(MARKET.length * STYLES);
  readonly #costs = new Float64Array(STYLES);
  readonly #living: number;

  constructor(state: ContentState, options: EngineOptions, market: CreatorMarket, living: number) {
    this.#state = state;
    this.#options = options;
    this.#market = market;
    this.#living = living;
  }

  /** Sets what a unit of credit is worth: of payout, and a like [living]. */
  setWorth(payout: number, like: number): void {
    this.#worth[MARKET.payout] = payout;
    this.#worth[MARKET.likes] = like;
  }

  /** Utility of every strategy, `[topics, styles]`. */
  writeAll(creator: number, out: Float64Array): void {
    this.#writeStyles(creator);
    const { topics } = this.#options;
    for (let topic = 0; topic < topics; topic++) {
      for (let style = 0; style < STYLES; style++) out[topic * STYLES + style] = -this.#costs[style]!;
      for (let market = 0; market < MARKET.length; market++) {
        const demand = this.#worth[market]! * this.#state.agency.demand[market * topics + topic]!;
        const others = this.#others(creator, market, topic);
        for (let style = 0; style < STYLES; style++) {
          const at = topic * STYLES + style;
          out[at] = out[at]! + demand * contestShare(this.#offers[market * STYLES + style]!, others);
        }
      }
    }
  }

  /** Utility of what the creator does now, with this volume, effort and clickbait, in the topic that is theirs. */
  utility(creator: number, volume: number, effort: number, bait: number): number {
    const { creators, agency } = this.#state;
    const { topics } = this.#options;
    const topic = creators.topic[creator]!;
    let sum = -this.#costOf(creator, volume, effort, bait);
    for (let market = 0; market < MARKET.length; market++) {
      const offer = volume * this.#scale(creator) * this.#attraction(creator, market, effort, bait);
      sum +=
        this.#worth[market]! *
        agency.demand[market * topics + topic]! *
        contestShare(offer, this.#others(creator, market, topic));
    }
    return sum;
  }

  /** Gradient of {@link utility}; see GRADIENT. */
  writeGradient(creator: number, volume: number, effort: number, bait: number, out: Float64Array): void {
    const { creators, agency } = this.#state;
    const { topics } = this.#options;
    const { cost } = this.#options.agency;
    const topic = creators.topic[creator]!;
    const quality = this.#quality(creator, effort);
    const level = logistic(bait);
    out[GRADIENT.volume] =
      this.#subsidy(creator, volume < 1 ? 1 : 0) - 2 * cost.volume * volume - cost.effort * effort * effort;
    out[GRADIENT.effort] = -2 * cost.effort * volume * effort;
    out[GRADIENT.bait] = -2 * cost.taste * (bait - agency.taste[creator]!);
    for (let market = 0; market < MARKET.length; market++) {
      const weight = this.#attraction(creator, market, effort, bait);
      const offer = volume * this.#scale(creator) * weight;
      // what more attraction on offer is worth, and by how much each choice adds to it
      const gain =
        this.#worth[market]! *
        agency.demand[market * topics + topic]! *
        contestSlope(offer, this.#others(creator, market, topic)) *
        this.#scale(creator);
      out[GRADIENT.volume] = out[GRADIENT.volume]! + gain * weight;
      if (!isWithinAttraction(weight)) continue;
      const byQuality = volume * agency.slopes[2 * market]! * quality * (1 - quality);
      out[GRADIENT.effort] = out[GRADIENT.effort]! + gain * byQuality * this.#options.creators.effort;
      const byBait = volume * agency.slopes[2 * market + 1]! * level * (1 - level);
      out[GRADIENT.bait] = out[GRADIENT.bait]! + gain * byBait;
    }
  }

  #writeStyles(creator: number): void {
    const { agency } = this.#state;
    const { baitStep } = this.#options.agency;
    const scale = this.#scale(creator);
    for (let e = 0; e < EFFORTS.length; e++)
      for (let b = 0; b < BAITS.length; b++) {
        const bait = agency.taste[creator]! + BAITS[b]! * baitStep;
        for (let v = 0; v < VOLUMES.length; v++)
          this.#costs[styleOf(v, e, b)] = this.#costOf(creator, VOLUMES[v]!, EFFORTS[e]!, bait);
        for (let market = 0; market < MARKET.length; market++) {
          const weight = this.#attraction(creator, market, EFFORTS[e]!, bait);
          for (let v = 0; v < VOLUMES.length; v++)
            this.#offers[market * STYLES + styleOf(v, e, b)] = VOLUMES[v]! * scale * weight;
        }
      }
  }

  /** Cost of a day, less the subsidy. */
  #costOf(creator: number, volume: number, effort: number, bait: number): number {
    const shift = bait - this.#state.agency.taste[creator]!;
    return (
      creatorCost(volume, effort, shift, 0, this.#options.agency.cost) -
      this.#subsidy(creator, Math.min(1, volume))
    );
  }

  #subsidy(creator: number, share: number): number {
    const { creators, levers } = this.#state;
    return (creators.isNew[creator]! * levers[LEVER.subsidy]! * share) / this.#living;
  }

  /** Items that the usual volume keeps on offer. */
  #scale(creator: number): number {
    const { production } = this.#options.creators;
    return production * this.#state.creators.activity[creator]! * this.#market.means[MEAN.lifetime]!;
  }

  #quality(creator: number, effort: number): number {
    const { creators } = this.#state;
    const options = this.#options.creators;
    const skill = workingSkill(creators.skill[creator]!, creators.items[creator]!, options);
    return logistic(skill + options.effort * (effort - 0.5));
  }

  #attraction(creator: number, market: number, effort: number, bait: number): number {
    const { slopes } = this.#state.agency;
    return attraction(
      this.#quality(creator, effort) - this.#market.means[MEAN.quality]!,
      logistic(bait) - this.#market.means[MEAN.bait]!,
      slopes[2 * market]!,
      slopes[2 * market + 1]!,
    );
  }

  #others(creator: number, market: number, topic: number): number {
    const supply = this.#market.supply[market * this.#options.topics + topic]!;
    const own =
      this.#state.creators.topic[creator] === topic
        ? this.#market.ownSupply[market * this.#options.creators.capacity + creator]!
        : 0;
    return Math.max(LEAST_OTHERS, supply - own);
  }
}
