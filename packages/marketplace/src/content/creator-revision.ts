import { Draws } from "./draws.ts";
import { CHOICE, type CreatorForecast } from "./creator-forecast.ts";
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
  /** What a creator does, see CHOICE; the gradient there. */
  readonly #point = new Float64Array(CHOICE.length);
  readonly #gradient = new Float64Array(CHOICE.length);
  /** The largest utility found so far. */
  readonly #most = new Float64Array(1);
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
    const { creators } = this.#state;
    const { inertia, cost } = this.#options.agency;
    const utilities = this.#utilities;
    this.#readPoint(creator);
    this.#forecast.writeUtility(creator, this.#point, this.#most);
    this.#forecast.writeAll(creator, utilities);
    const most = this.#most;
    most[0] = most[0]! + inertia;
    let best = -1;
    for (let topic = 0; topic < this.#options.topics; topic++) {
      const moving = topic === creators.topic[creator] ? 0 : cost.topic;
      for (let strategy = topic * STYLES; strategy < (topic + 1) * STYLES; strategy++) {
        utilities[strategy] = utilities[strategy]! - moving;
        if (utilities[strategy]! <= most[0]!) continue;
        best = strategy;
        most[0] = utilities[strategy]!;
      }
    }
    if (best < 0) return 0;
    this.#adopt(creator, best);
    return 1;
  }

  /** A step along the gradient in volume, effort and clickbait, within the range of the strategies; the topic stays. */
  #climb(creator: number): number {
    const { creators, agency } = this.#state;
    const { stepSize, baitStep } = this.#options.agency;
    const point = this.#point;
    const gradient = this.#gradient;
    this.#readPoint(creator);
    this.#forecast.writeGradient(creator, point, gradient);
    const volume = point[CHOICE.volume]! + stepSize * gradient[CHOICE.volume]!;
    const effort = point[CHOICE.effort]! + stepSize * gradient[CHOICE.effort]!;
    const bait = point[CHOICE.bait]! + stepSize * gradient[CHOICE.bait]!;
    const taste = agency.taste[creator]!;
    agency.volume[creator] = Math.min(LARGEST_VOLUME, Math.max(LEAST_VOLUME, volume));
    agency.effort[creator] = Math.min(1, Math.max(0, effort));
    creators.bait[creator] = Math.min(taste + baitStep, Math.max(taste - baitStep, bait));
    return this.#differs(creator) ? 1 : 0;
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
    const moved = creators.topic[creator] !== topic;
    this.#readPoint(creator);
    creators.topic[creator] = topic;
    agency.volume[creator] = VOLUMES[volumeOf(style)]!;
    agency.effort[creator] = EFFORTS[effortOf(style)]!;
    creators.bait[creator] = agency.taste[creator]! + BAITS[baitOf(style)]! * this.#options.agency.baitStep;
    return moved || this.#differs(creator) ? 1 : 0;
  }

  #readPoint(creator: number): void {
    const { creators, agency } = this.#state;
    this.#point[CHOICE.volume] = agency.volume[creator]!;
    this.#point[CHOICE.effort] = agency.effort[creator]!;
    this.#point[CHOICE.bait] = creators.bait[creator]!;
  }

  /** Whether what the creator does is not what was read last. */
  #differs(creator: number): boolean {
    const { creators, agency } = this.#state;
    return (
      this.#point[CHOICE.volume] !== agency.volume[creator] ||
      this.#point[CHOICE.effort] !== agency.effort[creator] ||
      this.#point[CHOICE.bait] !== creators.bait[creator]
    );
  }
}
