import {
  box,
  RowEnvironment,
  type BoxSpace,
  type ObservationBuffers,
  type RowBuffers,
  type RowDynamics,
} from "@longview/environment";
import { normalQuantileInPlace } from "@longview/statistics";
import { bestAdInto, secondPrice } from "./auction-law.ts";
import { drawAuctionCatalogue, type AuctionCatalogue } from "./catalogue.ts";
import type { SecondPriceOptions } from "./options.ts";

/** State of a row: the context of the round to come, then its participants. A round draws those of the next, and the click. */
class SecondPriceDynamics implements RowDynamics {
  readonly id = "auctiongym/second-price-v0";
  readonly observationSpace: BoxSpace;
  readonly actionSpace: BoxSpace;
  readonly objectiveNames = ["revenue", "welfare", "advertiserSurplus"];
  readonly stateSize: number;
  readonly startDraws: number;
  readonly stepDraws: number;
  readonly maximumEpisodeSteps: number;
  readonly #options: SecondPriceOptions;
  readonly #catalogue: AuctionCatalogue;
  readonly #multipliers: Float64Array;
  readonly #order: Int32Array;
  /** Expected value and CTR of each participant's ad. */
  readonly #entries: Float64Array;
  readonly #ads: Int32Array;
  readonly #bids: Float64Array;
  readonly #price = new Float64Array(1);

  constructor(options: SecondPriceOptions, catalogue: AuctionCatalogue) {
    const { advertisers, participants, dimensions, observedDimensions, highestReserve, horizon } = options;
    const unbounded = Array.from({ length: observedDimensions }, () => Infinity);
    const flags = Array.from({ length: advertisers }, () => 1);
    this.observationSpace = box({
      low: [...unbounded.map((value) => -value), ...flags.map(() => 0)],
      high: [...unbounded, ...flags],
    });
    this.actionSpace = box({ low: [0], high: [highestReserve] });
    this.stateSize = dimensions + participants;
    this.startDraws = this.stateSize;
    this.stepDraws = this.stateSize + 1;
    this.maximumEpisodeSteps = horizon;
    this.#options = options;
    this.#catalogue = catalogue;
    this.#multipliers = Float64Array.from(
      { length: advertisers },
      (_, advertiser) => options.bidMultipliers[advertiser] ?? 1,
    );
    this.#order = new Int32Array(advertisers);
    this.#entries = new Float64Array(2 * participants);
    this.#ads = new Int32Array(participants);
    this.#bids = new Float64Array(participants);
  }

  start(state: Float64Array, row: number, uniforms: Float64Array): void {
    this.#drawRound(state, row, uniforms, 0);
  }

  advance(buffers: RowBuffers, rowCount: number): void {
    const { state, action, uniforms, reward, objectives, terminated } = buffers;
    const { participants, ads, dimensions, highestReserve } = this.#options;
    const { values } = this.#catalogue;
    const { stateSize, stepDraws } = this;
    const entries = this.#entries;
    const bids = this.#bids;
    const price = this.#price;
    for (let row = 0; row < rowCount; row++) {
      const at = row * stateSize;
      for (let i = 0; i < participants; i++) {
        const advertiser = state[at + dimensions + i]!;
        this.#ads[i] = bestAdInto(entries, 2 * i, this.#catalogue, advertiser, ads, state, at, dimensions);
        bids[i] = entries[2 * i]! * this.#multipliers[advertiser]!;
      }
      price[0] = action[row]!;
      if (price[0] < 0) price[0] = 0;
      else if (price[0] > highestReserve) price[0] = highestReserve;
      const winner = secondPrice(bids, price);
      const revenue = price[0]!;
      let welfare = 0;
      if (winner >= 0 && uniforms[row * stepDraws + stateSize]! < entries[2 * winner + 1]!)
        welfare = values[state[at + dimensions + winner]! * ads + this.#ads[winner]!]!;
      reward[row] = revenue;
      objectives[3 * row] = revenue;
      objectives[3 * row + 1] = welfare;
      objectives[3 * row + 2] = welfare - revenue;
      terminated[row] = 0;
      this.#drawRound(state, row, uniforms, row * stepDraws);
    }
  }

  observe(state: Float64Array, buffers: ObservationBuffers, from: number, to: number): void {
    const observation = buffers["observation"]!;
    const { advertisers, participants, dimensions, observedDimensions } = this.#options;
    const width = observedDimensions + advertisers;
    for (let row = from; row < to; row++) {
      const at = row * this.stateSize;
      const out = row * width;
      for (let d = 0; d < observedDimensions; d++) observation[out + d] = state[at + d]!;
      for (let i = 0; i < advertisers; i++) observation[out + observedDimensions + i] = 0;
      for (let i = 0; i < participants; i++)
        observation[out + observedDimensions + state[at + dimensions + i]!] = 1;
    }
  }

  /** Context and participants of a round, the latter by a partial Fisher–Yates shuffle. */
  #drawRound(state: Float64Array, row: number, uniforms: Float64Array, from: number): void {
    const { advertisers, participants, dimensions, embeddingDeviation } = this.#options;
    const at = row * this.stateSize;
    for (let d = 0; d < dimensions; d++) {
      normalQuantileInPlace(uniforms, from + d);
      state[at + d] = embeddingDeviation * uniforms[from + d]!;
    }
    const order = this.#order;
    for (let i = 0; i < advertisers; i++) order[i] = i;
    for (let i = 0; i < participants; i++) {
      const other = i + Math.floor(uniforms[from + dimensions + i]! * (advertisers - i));
      const held = order[other]!;
      order[other] = order[i]!;
      order[i] = held;
      state[at + dimensions + i] = held;
    }
  }
}

/**
 * AuctionGym's second-price world, seen by the platform: each round a few advertisers bid for one slot in a context, each
 * with its best ad, truthfully unless `bidMultipliers` say otherwise.
 *
 * Observation: the observed part of the context, then which advertisers take part. Action: the reserve price, clipped to
 * [0, `highestReserve`]; AuctionGym has none, which is 0. Reward: revenue, the price paid. Objectives: `revenue`, `welfare`
 * (the clicked ad's value, 0 without a click), `advertiserSurplus = welfare − revenue`. Rounds are independent; never
 * terminates.
 *
 * @see docs/presets-sessions.md
 */
export class SecondPriceAuctions extends RowEnvironment {
  readonly catalogue: AuctionCatalogue;

  /** @param catalogue - in place of the one that `catalogueSeed` draws */
  constructor(options: SecondPriceOptions, rowCount: number, catalogue = drawAuctionCatalogue(options)) {
    super(new SecondPriceDynamics(options, catalogue), rowCount);
    this.catalogue = catalogue;
  }
}
