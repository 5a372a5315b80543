import { Draws } from "./draws.ts";
import { type CreatorForecast, GRADIENT } from "./creator-forecast.ts";
import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";
import { drawnStrategy, exponentialWeightsInto } from "../laws/creator-learning.ts";
import { baitOf, BAITS, effortOf, EFFORTS, STYLES, volumeOf, VOLUMES } from "../laws/creator-strategy.ts";

/** Purpose of the draws of revision: whether, and which strategy; by day and creator. */
const REVISION_PURPOSE = 30;
const LEAST_VOLUME = VOLUMES[0];
const LARGEST_VOLUME = VOLUMES[VOLUMES.length - 1]!;

/** How creators think over what they do, each on days of their own. */
export class CreatorRevision {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #forecast: CreatorForecast;
  readonly #draws = new Draws(2);
  readonly #gradient = new Float64Array(GRADIENT.length);
  /** Utilities of all strategies, then chances. */
  readonly #utilities: Float64Array;
  readonly #chances: Float64Array;

  constructor(state: ContentState, options: EngineOptions, forecast: CreatorForecast) {
    this.#state = state;
    this.#options = options;
    this.#forecast = forecast;
    this.#utilities = new Float64Array(options.topics * STYLES);
    this.#chances = new Float64Array(options.topics * STYLES);
  }

  /** A newcomer has learnt nothing. */
  enter(creator: number): void {
    const strategies = this.#utilities.length;
    this.#state.agency.cumulative.fill(0, creator * strategies, (creator + 1) * strategies);
  }

  /** Lets the creators choose whose day it is; returns how many changed something. */
  revise(day: number): number {
    const { creators, keys } = this.#state;
    const { mode, revision } = this.#options.agency;
    this.#draws.choose(keys, 2, REVISION_PURPOSE, day);
    let changed = 0;
    for (let creator = 0; creator < creators.alive.length; creator++) {
      if (creators.alive[creator] === 0) continue;
      this.#draws.fill(0, 2, creator);
      if (this.#draws.values[0]! >= revision) continue;
      if (mode === "best-response") changed += this.#respondBest(creator);
      else if (mode === "gradient") changed += this.#climb(creator);
      else if (mode === "no-regret") changed += this.#learn(creator);
    }
    return changed;
  }

  /** The strategy of largest utility, if it gains more than inertia on what the creator does. */
  #respondBest(creator: number): number {
    const { creators, agency } = this.#state;
    const { inertia, cost } = this.#options.agency;
    const utilities = this.#utilities;
    const topic = creators.topic[creator]!;
    this.#forecast.writeAll(creator, utilities);
    let best = -1;
    let most =
      inertia +
      this.#forecast.utility(
        creator,
        agency.volume[creator]!,
        agency.effort[creator]!,
        creators.bait[creator]!,
      );
    for (let strategy = 0; strategy < utilities.length; strategy++) {
      const moved = Math.floor(strategy / STYLES) === topic ? 0 : cost.topic;
      if (utilities[strategy]! - moved <= most) continue;
      best = strategy;
      most = utilities[strategy]! - moved;
    }
    if (best < 0) return 0;
    this.#adopt(creator, best);
    return 1;
  }

  /** A step along the gradient in volume, effort and clickbait, within the range of the strategies; the topic stays. */
  #climb(creator: number): number {
    const { creators, agency } = this.#state;
    const { stepSize, baitStep } = this.#options.agency;
    const gradient = this.#gradient;
    const [volume, effort, bait] = [
      agency.volume[creator]!,
      agency.effort[creator]!,
      creators.bait[creator]!,
    ];
    const taste = agency.taste[creator]!;
    this.#forecast.writeGradient(creator, volume, effort, bait, gradient);
    agency.volume[creator] = within(
      volume + stepSize * gradient[GRADIENT.volume]!,
      LEAST_VOLUME,
      LARGEST_VOLUME,
    );
    agency.effort[creator] = within(effort + stepSize * gradient[GRADIENT.effort]!, 0, 1);
    creators.bait[creator] = within(
      bait + stepSize * gradient[GRADIENT.bait]!,
      taste - baitStep,
      taste + baitStep,
    );
    return agency.volume[creator] !== volume ||
      agency.effort[creator] !== effort ||
      creators.bait[creator] !== bait
      ? 1
      : 0;
  }

  /**
   * Exponential weights: what every strategy would have earned is known from the forecast (full information), and the
   * next is drawn in proportion to the weights.
   */
  #learn(creator: number): number {
    const { agency } = this.#state;
    const utilities = this.#utilities;
    const first = creator * utilities.length;
    this.#forecast.writeAll(creator, utilities);
    for (let i = 0; i < utilities.length; i++)
      agency.cumulative[first + i] = agency.cumulative[first + i]! + utilities[i]!;
    exponentialWeightsInto(this.#chances, agency.cumulative, first, this.#options.agency.learningRate);
    return this.#adopt(creator, drawnStrategy(this.#chances, this.#draws.values, 1));
  }

  /** Takes up a strategy; 1: it is another than before. */
  #adopt(creator: number, strategy: number): number {
    const { creators, agency } = this.#state;
    const style = strategy % STYLES;
    const topic = Math.floor(strategy / STYLES);
    const volume = VOLUMES[volumeOf(style)]!;
    const effort = EFFORTS[effortOf(style)]!;
    const bait = agency.taste[creator]! + BAITS[baitOf(style)]! * this.#options.agency.baitStep;
    const same =
      creators.topic[creator] === topic &&
      agency.volume[creator] === volume &&
      agency.effort[creator] === effort &&
      creators.bait[creator] === bait;
    creators.topic[creator] = topic;
    agency.volume[creator] = volume;
    agency.effort[creator] = effort;
    creators.bait[creator] = bait;
    return same ? 0 : 1;
  }
}

function within(value: number, least: number, largest: number): number {
  return Math.min(largest, Math.max(least, value));
}
