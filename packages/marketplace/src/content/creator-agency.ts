import { ADVERTISING_DAILY } from "./advertising-columns.ts";
import { AGENCY_DAILY, MARKET } from "./creator-agency-columns.ts";
import { CreatorForecast } from "./creator-forecast.ts";
import { CreatorMarket } from "./creator-market.ts";
import { CreatorRevision } from "./creator-revision.ts";
import { fairShareOf } from "./fair-share.ts";
import { LEVER } from "./levers.ts";
import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";
import { creatorCost } from "../laws/creator-cost.ts";
import { motivationTarget } from "../laws/creator-strategy.ts";
import { livingOf, payoutPool, payoutPrice } from "../laws/payouts.ts";

/** Likes of a fair share of exposure: one impression in ten. */
const LIKES_OF_FAIR_SHARE = 0.1;

/** Creators as agents: what they are paid, how they live on it, and what they choose to make of it. */
export class CreatorAgency {
  /** Whether creators choose; when not, all is as without agents, but for payouts. */
  readonly chooses: boolean;

  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #users: number;
  readonly #living: number;
  /** Worth of a unit of credit, by market [living]. */
  readonly #worth = new Float64Array(MARKET.length);
  readonly #market: CreatorMarket;
  readonly #forecast: CreatorForecast;
  readonly #revision: CreatorRevision;

  constructor(state: ContentState, options: EngineOptions, users: number) {
    this.#state = state;
    this.#options = options;
    this.#users = users;
    this.chooses = options.agency.mode !== "fixed";
    const fairShare = fairShareOf(options, users);
    this.#living = livingOf(fairShare, options.agency.payout);
    this.#worth[MARKET.likes] = options.agency.appreciation / (LIKES_OF_FAIR_SHARE * fairShare);
    this.#market = new CreatorMarket(state, options);
    this.#forecast = new CreatorForecast(state, options, this.#market);
    this.#revision = new CreatorRevision(state, options, this.#forecast);
  }

  /** A world begins, before its creators enter. */
  start(): void {
    const { agency } = this.#state;
    agency.volume.fill(0);
    agency.effort.fill(0);
    agency.taste.fill(0);
    agency.payout.fill(0);
    agency.utility.fill(0);
    agency.cumulative.fill(0);
    agency.demand.fill(0);
    agency.slopes.fill(0);
    agency.seenDays.fill(0);
    agency.daily.fill(0);
    for (const counts of Object.values(agency.before)) counts.fill(0);
  }

  /** A creator takes a slot: with the usual volume and effort and their own tendency to clickbait. */
  enter(creator: number): void {
    const { agency, creators } = this.#state;
    agency.volume[creator] = 1;
    agency.effort[creator] = 0.5;
    agency.taste[creator] = creators.bait[creator]!;
    agency.payout[creator] = 0;
    agency.utility[creator] = 0;
    this.#revision.enter(creator);
  }

  /** The day's end: payouts and utilities of the day, then what creators do from tomorrow on. */
  respond(tick: number, day: number): void {
    const { agency } = this.#state;
    this.#market.observe(tick);
    this.#price();
    this.#pay(tick);
    if (!this.chooses) return;
    this.#forecast.setWorth(this.#worth);
    agency.daily[AGENCY_DAILY.revisions] = this.#revision.revise(day);
  }

  /** Revenue of the day, 0 without advertising [money]. */
  #revenue(): number {
    return this.#state.advertising.daily[ADVERTISING_DAILY.revenue] ?? 0;
  }

  /** What a unit of credit is worth for the day: who did harm on balance is not paid, and takes nothing from others. */
  #price(): void {
    const { creators } = this.#state;
    const { payout } = this.#options.agency;
    let credit = 0;
    for (let creator = 0; creator < creators.alive.length; creator++)
      if (creators.alive[creator] === 1) credit += Math.max(0, this.#market.credit[creator]!);
    const pool = payoutPool(this.#users, this.#revenue(), payout);
    this.#worth[MARKET.payout] = payoutPrice(pool, credit) / this.#living;
  }

  /** Payouts, utilities and their totals; creators who choose are motivated by utility. */
  #pay(tick: number): void {
    const { agency, creators, levers } = this.#state;
    const { daily } = agency;
    const options = this.#options;
    const present = daily[AGENCY_DAILY.present]!;
    const lastBarrier = tick - options.stepsPerDay;
    daily.fill(0);
    for (let creator = 0; creator < creators.alive.length; creator++) {
      if (creators.alive[creator] === 0) continue;
      const effort = this.chooses ? agency.effort[creator]! : creators.motivation[creator]!;
      const volume = agency.volume[creator]!;
      const earned = this.#worth[MARKET.payout]! * this.#living * Math.max(0, this.#market.credit[creator]!);
      const livings = creators.isNew[creator]! * levers[LEVER.subsidy]! * Math.min(1, volume);
      const subsidy = livings * this.#living;
      const likes = this.#market.credit[MARKET.likes * options.creators.capacity + creator]!;
      const shift = creators.bait[creator]! - agency.taste[creator]!;
      const utility =
        earned / this.#living +
        livings +
        this.#worth[MARKET.likes]! * likes -
        creatorCost(volume, effort, shift, 0, options.agency.cost);
      agency.payout[creator] = earned + subsidy;
      agency.utility[creator] = utility;
      if (this.chooses)
        creators.motivation[creator] =
          creators.motivation[creator]! +
          options.creators.motivationRate *
            (motivationTarget(utility, options.agency) - creators.motivation[creator]!);
      daily[AGENCY_DAILY.payouts] = daily[AGENCY_DAILY.payouts]! + earned;
      daily[AGENCY_DAILY.subsidies] = daily[AGENCY_DAILY.subsidies]! + subsidy;
      daily[AGENCY_DAILY.effort] = daily[AGENCY_DAILY.effort]! + effort;
      daily[AGENCY_DAILY.volume] = daily[AGENCY_DAILY.volume]! + volume;
      daily[AGENCY_DAILY.utility] = daily[AGENCY_DAILY.utility]! + utility;
      if (utility > 0) daily[AGENCY_DAILY.viable] = daily[AGENCY_DAILY.viable]! + 1;
      daily[AGENCY_DAILY.present] = daily[AGENCY_DAILY.present]! + 1;
      // the first creators joined at tick 0 or before: they did not enter
      if (creators.joinedAt[creator]! > 0 && creators.joinedAt[creator]! >= lastBarrier)
        daily[AGENCY_DAILY.entries] = daily[AGENCY_DAILY.entries]! + 1;
    }
    const now = daily[AGENCY_DAILY.present]!;
    const before = agency.seenDays[0] === 1 ? now : present;
    daily[AGENCY_DAILY.exits] = before + daily[AGENCY_DAILY.entries]! - now;
    if (now === 0) return;
    for (let mean = AGENCY_DAILY.effort; mean <= AGENCY_DAILY.viable; mean++)
      daily[mean] = daily[mean]! / now;
  }
}
