import { ADVERTISING_DAILY, ADVERTISING_PURPOSE } from "./advertising-columns.ts";
import { Draws } from "./draws.ts";
import type { EngineOptions } from "./options.ts";
import type { ContentState } from "./state.ts";
import { FIXED_POINT } from "./tallies.ts";
import {
  campaignDays,
  campaignQuality,
  clickValue,
  conversionLogit,
  conversionValue,
  dailyBudgetOf,
} from "../laws/campaigns.ts";
import { arrivalHazard, arrivedCount } from "../laws/delays.ts";
import { adaptiveShare, affordableShare, controlledShare, throttledShare } from "../laws/pacing.ts";

/** Money, rounded down to the unit of accounts. */
function wholeUnits(money: number): number {
  return Math.floor(money * FIXED_POINT) / FIXED_POINT;
}

/** Campaigns between pages: they come and go, account for what they spent, pace themselves, hear of conversions. */
export class Campaigns {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #users: number;
  readonly #draws = new Draws(8);
  /** Chance in a day that a waiting conversion arrives. */
  readonly #hazard = new Float64Array(1);

  constructor(state: ContentState, options: EngineOptions, users: number) {
    this.#state = state;
    this.#options = options;
    this.#users = users;
    this.#hazard[0] = options.delays.enabled ? arrivalHazard(options.delays.conversionDays) : 1;
  }

  /** A world begins. */
  start(): void {
    const { campaigns, users, tallies, today, daily } = this.#state.advertising;
    const { capacity, startShare } = this.#options.advertising.campaigns;
    campaigns.alive.fill(0);
    campaigns.ordinal.fill(0);
    campaigns.waiting.fill(0);
    users.ordinal.fill(-1);
    tallies.spend.fill(0);
    tallies.looks.fill(0);
    tallies.clicks.fill(0);
    tallies.converting.fill(0);
    tallies.totals.fill(0);
    today.fill(0);
    daily.fill(0);
    const present = Math.round(capacity * startShare);
    for (let campaign = 0; campaign < present; campaign++) this.#begin(campaign, 0);
  }

  #begin(campaign: number, day: number): void {
    const { keys, advertising } = this.#state;
    const { campaigns } = advertising;
    const { topics } = this.#options;
    const law = this.#options.advertising.campaigns;
    const draws = this.#draws;
    draws.choose(keys, 2, ADVERTISING_PURPOSE.campaign, campaigns.ordinal[campaign]!);
    draws.fill(0, 8, campaign);
    draws.normals(0, 5);
    const values = draws.values;
    const value = clickValue(values[0]!, law);
    const forConversions = values[6]! < law.conversionShare;
    const days = campaignDays(values[7]!, law);
    const dailyBudget = dailyBudgetOf(values[4]!, this.#users, law);
    campaigns.alive[campaign] = 1;
    campaigns.topic[campaign] = Math.floor(values[5]! * topics);
    campaigns.forConversions[campaign] = forConversions ? 1 : 0;
    campaigns.startedOn[campaign] = day;
    campaigns.endsOn[campaign] = day + days;
    campaigns.value[campaign] = wholeUnits(forConversions ? conversionValue(value, law) : value);
    campaigns.dailyBudget[campaign] = wholeUnits(dailyBudget);
    campaigns.totalBudget[campaign] = wholeUnits(law.totalShare * days * dailyBudget);
    campaigns.appeal[campaign] = campaignQuality(values[1]!, law);
    campaigns.landing[campaign] = campaignQuality(values[2]!, law);
    campaigns.conversionLogit[campaign] = conversionLogit(values[3]!, law);
    campaigns.spent[campaign] = 0;
    campaigns.recentSpend[campaign] = 0;
    campaigns.share[campaign] = 1;
    campaigns.error[campaign] = 0;
    campaigns.errorBefore[campaign] = 0;
    campaigns.looks[campaign] = 0;
    campaigns.clicks[campaign] = 0;
    campaigns.conversions[campaign] = 0;
    campaigns.ripeClicks[campaign] = 0;
    campaigns.unripeClicks[campaign] = 0;
    this.#allow(campaign, day);
  }

  /**
   * Day number `day` begins for a campaign: what it may spend in it. Up to its end no more than the daily budget for each day
   * so far, so what was overspent is made up for.
   */
  #allow(campaign: number, day: number): void {
    const { dailyBudget, totalBudget, startedOn, spent, spentToday, allowance } =
      this.#state.advertising.campaigns;
    const already = spent[campaign]!;
    const soFar = dailyBudget[campaign]! * (day - startedOn[campaign]! + 1);
    spentToday[campaign] = 0;
    allowance[campaign] = Math.max(
      0,
      Math.min(dailyBudget[campaign]!, soFar - already, totalBudget[campaign]! - already),
    );
  }

  /** The barrier after a step: what its pages added up goes into the accounts, and campaigns pace themselves. */
  endTick(): void {
    const { campaigns, tallies, today } = this.#state.advertising;
    for (let campaign = 0; campaign < campaigns.alive.length; campaign++) {
      if (campaigns.alive[campaign] === 0) continue;
      this.#pace(campaign);
      campaigns.spent[campaign] = campaigns.spent[campaign]! + tallies.spend[campaign]!;
      campaigns.spentToday[campaign] = campaigns.spentToday[campaign]! + tallies.spend[campaign]!;
      campaigns.looks[campaign] = campaigns.looks[campaign]! + tallies.looks[campaign]!;
      campaigns.clicks[campaign] = campaigns.clicks[campaign]! + tallies.clicks[campaign]!;
      campaigns.unripeClicks[campaign] = campaigns.unripeClicks[campaign]! + tallies.clicks[campaign]!;
      campaigns.waiting[campaign] = campaigns.waiting[campaign]! + tallies.converting[campaign]!;
    }
    for (let i = 0; i < today.length; i++) today[i] = today[i]! + tallies.totals[i]!;
    tallies.spend.fill(0);
    tallies.looks.fill(0);
    tallies.clicks.fill(0);
    tallies.converting.fill(0);
    tallies.totals.fill(0);
  }

  /**
   * Moves the share of a campaign that still had money when the step began, by what it spent in it, or would have if its
   * money had lasted for every page.
   */
  #pace(campaign: number): void {
    const { campaigns, tallies } = this.#state.advertising;
    const { allowance, spentToday, recentSpend, share, error, errorBefore } = campaigns;
    const law = this.#options.advertising.pacing;
    const left = allowance[campaign]! - spentToday[campaign]!;
    if (!(left > 0)) return;
    const spend = tallies.spend[campaign]! / affordableShare(left, recentSpend[campaign]!);
    recentSpend[campaign] = 0.5 * recentSpend[campaign]! + 0.5 * spend;
    if (law.method === "none") return;
    const relativeSpend = (spend * this.#options.stepsPerDay) / allowance[campaign]!;
    if (law.method === "adaptive") share[campaign] = adaptiveShare(share[campaign]!, relativeSpend, law);
    else if (law.method === "throttling")
      share[campaign] = throttledShare(share[campaign]!, relativeSpend, law);
    else {
      const now = Math.max(-1, 1 - relativeSpend);
      share[campaign] = controlledShare(share[campaign]!, now, error[campaign]!, errorBefore[campaign]!, law);
      errorBefore[campaign] = error[campaign]!;
      error[campaign] = now;
    }
  }

  /**
   * The barrier at a day's end: conversions arrive, campaigns end and begin, budgets are for another day, and the day's
   * totals are written to `daily`.
   *
   * @param day - days that have ended, this one included
   */
  endDay(day: number): void {
    const { keys, advertising } = this.#state;
    const { campaigns, today, daily } = advertising;
    const { arrivalRate } = this.#options.advertising.campaigns;
    const draws = this.#draws;
    for (let campaign = 0; campaign < campaigns.alive.length; campaign++) {
      this.#hear(campaign, day);
      if (campaigns.alive[campaign] === 1) {
        const left = campaigns.totalBudget[campaign]! - campaigns.spent[campaign]!;
        if (day < campaigns.endsOn[campaign]! && left > 0) this.#allow(campaign, day);
        else {
          campaigns.alive[campaign] = 0;
          campaigns.ordinal[campaign] = campaigns.ordinal[campaign]! + 1;
          today[ADVERTISING_DAILY.campaignsEnded] = today[ADVERTISING_DAILY.campaignsEnded]! + 1;
        }
        continue;
      }
      draws.choose(keys, 2, ADVERTISING_PURPOSE.campaignArrival, day);
      draws.fill(0, 2, campaign);
      // a place is free once the last conversion of the campaign before has been heard of
      if (campaigns.waiting[campaign]! > 0 || draws.values[0]! >= arrivalRate) continue;
      this.#begin(campaign, day);
      today[ADVERTISING_DAILY.campaignsBegun] = today[ADVERTISING_DAILY.campaignsBegun]! + 1;
    }
    today[ADVERTISING_DAILY.advertiserSurplus] =
      today[ADVERTISING_DAILY.advertiserValue]! - today[ADVERTISING_DAILY.revenue]!;
    daily.set(today);
    today.fill(0);
  }

  /** Conversions that arrive at a day's end, for campaigns that there are and that there were. */
  #hear(campaign: number, day: number): void {
    const { keys, advertising } = this.#state;
    const { campaigns, today } = advertising;
    const ripe = this.#hazard[0]! * campaigns.unripeClicks[campaign]!;
    campaigns.ripeClicks[campaign] = campaigns.ripeClicks[campaign]! + ripe;
    campaigns.unripeClicks[campaign] = campaigns.unripeClicks[campaign]! - ripe;
    if (campaigns.waiting[campaign] === 0) return;
    this.#draws.choose(keys, 2, ADVERTISING_PURPOSE.conversion, day);
    this.#draws.fill(0, 2, campaign);
    const arrived = arrivedCount(this.#draws.values, campaigns.waiting[campaign]!, this.#hazard);
    campaigns.waiting[campaign] = campaigns.waiting[campaign]! - arrived;
    campaigns.conversions[campaign] = campaigns.conversions[campaign]! + arrived;
    today[ADVERTISING_DAILY.conversions] = today[ADVERTISING_DAILY.conversions]! + arrived;
    if (campaigns.forConversions[campaign] === 1)
      today[ADVERTISING_DAILY.advertiserValue] =
        today[ADVERTISING_DAILY.advertiserValue]! + arrived * campaigns.value[campaign]!;
  }
}
