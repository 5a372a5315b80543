import { ADVERTISING_DAILY, ADVERTISING_PURPOSE } from "./advertising-columns.ts";
import { Bidding } from "./bidding.ts";
import { Campaigns } from "./campaigns.ts";
import { Draws } from "./draws.ts";
import { LEVER } from "./levers.ts";
import type { EngineOptions } from "./options.ts";
import { OrganicWorth } from "./organic-worth.ts";
import { CLOCK, type ContentState } from "./state.ts";
import { FIXED_POINT } from "./tallies.ts";
import { examinationProbability } from "../laws/choice.ts";
import { PageAuction } from "../laws/page-auction.ts";
import { sellBySecondPrice, spreadPlaces } from "../laws/second-price-auction.ts";
import {
  conversionProbability,
  sponsoredEnjoyment,
  sponsoredOpenProbability,
  wearied,
} from "../laws/sponsored-response.ts";
import { sellByExternality } from "../laws/vickrey-auction.ts";

/** Places in what {@link Advertising.answer} writes. */
export const SPONSORED = { opened: 0, enjoyment: 1, minutes: 2, price: 3, length: 4 } as const;

/** Draws of a sponsored position: 0 opening, 1 converting. */
const POSITION_DRAWS = 2;

/** Advertisers: what is sponsored on a page, how its user answers that, what is charged. */
export class Advertising {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #campaigns: Campaigns;
  readonly #worth: OrganicWorth;
  readonly #page: PageAuction;
  readonly #bidding: Bidding;
  readonly #answers: Draws;
  readonly #cascade: boolean;
  readonly #places: Int32Array;
  /** Of each position of the page: its bidder's factor and price of a click. */
  readonly #shownFactor: Float64Array;
  readonly #shownPrice: Float64Array;
  readonly #shownCampaign: Int32Array;

  constructor(state: ContentState, options: EngineOptions, users: number) {
    const { slots, advertising, choice } = options;
    this.#state = state;
    this.#options = options;
    this.#campaigns = new Campaigns(state, options, users);
    this.#worth = new OrganicWorth(state, options);
    this.#page = new PageAuction(slots, advertising.bidders);
    for (let j = 0; j < slots; j++) this.#page.examination[j] = examinationProbability(j, choice);
    this.#bidding = new Bidding(state, options);
    this.#answers = new Draws(POSITION_DRAWS * slots);
    this.#cascade = choice.model === "cascade";
    this.#places = new Int32Array(slots);
    this.#shownFactor = new Float64Array(slots);
    this.#shownPrice = new Float64Array(slots);
    this.#shownCampaign = new Int32Array(slots);
  }

  /** A world begins. */
  start(): void {
    this.#campaigns.start();
  }

  /** Before the first page of a step: keys, and what every campaign bids in it. Reads the state alone. */
  startTick(): void {
    const { keys, clock } = this.#state;
    this.#answers.choose(keys, 2, ADVERTISING_PURPOSE.sponsored, clock[CLOCK.tick]!);
    this.#bidding.startTick();
  }

  /**
   * Chooses what is sponsored on a page.
   *
   * @param organic - the item of each position, as the policy ranked them
   * @param shownItem - result: `shownItem[j]` >= 0 that item; −1: sponsored
   * @param shownCampaign - result: the campaign of a sponsored position, −1: organic
   */
  place(user: number, organic: Int32Array, shownItem: Int32Array, shownCampaign: Int32Array): void {
    this.#refresh(user);
    const { draws } = this.#bidding;
    draws.fill(0, draws.values.length, user);
    shownItem.set(organic);
    shownCampaign.fill(-1);
    const most = this.#mostSponsored();
    if (most <= 0) return;
    const bidders = this.#bidding.gather(user, this.#page);
    if (bidders === 0) return;
    this.#page.reserve[0] = this.#state.levers[LEVER.reservePrice]!;
    this.#worth.write(user, organic, this.#page.organicValue);
    this.#sell(bidders, most);
    this.#layOut(organic, shownItem, shownCampaign);
  }

  /** Brings a user's weariness up to this tick; a newcomer in the slot has none. */
  #refresh(user: number): void {
    const { clock, advertising, users } = this.#state;
    const { weariness, wearyAt, ordinal } = advertising.users;
    const tick = clock[CLOCK.tick]!;
    if (ordinal[user] !== users.ordinal[user]) {
      ordinal[user] = users.ordinal[user]!;
      weariness[user] = 0;
    } else if (weariness[user]! > 0)
      weariness[user] =
        weariness[user]! *
        Math.pow(this.#options.advertising.response.wearinessRetention, tick - wearyAt[user]!);
    wearyAt[user] = tick;
  }

  /** Positions that may be sponsored on this page: the lever's whole part, and one more by chance for the rest of it. */
  #mostSponsored(): number {
    const { slots, advertising } = this.#options;
    const load = this.#state.levers[LEVER.adLoad]!;
    const whole = Math.floor(load);
    const drawn = whole + (this.#bidding.draws.values[0]! < load - whole ? 1 : 0);
    const most = Math.min(drawn, slots - advertising.firstPosition);
    return advertising.auction === "second-price" ? Math.min(1, most) : most;
  }

  #sell(bidders: number, most: number): void {
    const { slots, advertising } = this.#options;
    if (advertising.auction === "vickrey-clarke-groves") {
      sellByExternality(this.#page, bidders, advertising.firstPosition, most);
      return;
    }
    spreadPlaces(this.#places, most, advertising.firstPosition, slots);
    sellBySecondPrice(this.#page, bidders, this.#places, most);
  }

  /** Puts the sponsored positions among the organic ones, and counts what is displaced. */
  #layOut(organic: Int32Array, shownItem: Int32Array, shownCampaign: Int32Array): void {
    const { totals } = this.#state.advertising.tallies;
    const { winner, price, examination, organicValue, bid } = this.#page;
    let displaced = 0;
    let sponsored = 0;
    for (let j = 0; j < organic.length; j++) {
      displaced += examination[j]! * organicValue[j]!;
      const bidder = winner[j]!;
      if (bidder < 0) {
        shownItem[j] = organic[j - sponsored]!;
        displaced -= examination[j]! * organicValue[j - sponsored]!;
        continue;
      }
      sponsored++;
      const campaign = this.#bidding.campaign[bidder]!;
      shownItem[j] = -1;
      shownCampaign[j] = campaign;
      this.#shownCampaign[j] = campaign;
      this.#shownFactor[j] = this.#bidding.factor[bidder]!;
      // bids are whole units, so rounding up keeps the price between the reserve and the bid
      this.#shownPrice[j] = Math.min(bid[bidder]!, Math.ceil(price[j]! * FIXED_POINT) / FIXED_POINT);
    }
    totals[ADVERTISING_DAILY.sponsoredPositions] = totals[ADVERTISING_DAILY.sponsoredPositions]! + sponsored;
    totals[ADVERTISING_DAILY.displacedOrganicValue] =
      totals[ADVERTISING_DAILY.displacedOrganicValue]! + Math.floor(displaced * FIXED_POINT) / FIXED_POINT;
  }

  /**
   * A sponsored position of the page that was laid out last is looked at: opened or not, enjoyed or not, charged if opened.
   *
   * @param out - result, see SPONSORED
   */
  answer(user: number, position: number, out: Float64Array): void {
    const { users, advertising } = this.#state;
    const { campaigns, tallies } = advertising;
    const { topics, advertising: law } = this.#options;
    const campaign = this.#shownCampaign[position]!;
    const interest = users.interest[user * topics + campaigns.topic[campaign]!]!;
    const appeal = campaigns.appeal[campaign]!;
    const weariness = advertising.users.weariness[user]!;
    // in the multinomial logit all positions count as looked at, and position is a factor on what is opened
    const seen = this.#cascade ? 1 : this.#page.examination[position]!;
    this.#answers.fill(POSITION_DRAWS * position, POSITION_DRAWS, user);
    const uniform = this.#answers.values[POSITION_DRAWS * position]!;
    const chance =
      seen * sponsoredOpenProbability(interest, appeal, weariness, users.trust[user]!, law.response);
    const opened = uniform < chance ? 1 : 0;
    const landing = campaigns.landing[campaign]!;
    out[SPONSORED.opened] = opened;
    out[SPONSORED.enjoyment] = sponsoredEnjoyment(interest, appeal, weariness, opened, landing, law.response);
    out[SPONSORED.minutes] = opened * law.response.openMinutes;
    out[SPONSORED.price] = opened * this.#shownPrice[position]!;
    advertising.users.weariness[user] = wearied(weariness, law.response);
    const counted = Math.floor(seen * this.#shownFactor[position]! * FIXED_POINT) / FIXED_POINT;
    tallies.looks[campaign] = tallies.looks[campaign]! + counted;
    tallies.totals[ADVERTISING_DAILY.looks] = tallies.totals[ADVERTISING_DAILY.looks]! + 1;
    if (opened === 1) this.#charge(user, campaign, position);
  }

  /** A click: it is paid for, and may convert. */
  #charge(user: number, campaign: number, position: number): void {
    const { users, advertising } = this.#state;
    const { campaigns, tallies } = advertising;
    const { topics, advertising: law } = this.#options;
    const { totals } = tallies;
    const price = this.#shownPrice[position]!;
    tallies.spend[campaign] = tallies.spend[campaign]! + price;
    tallies.clicks[campaign] = tallies.clicks[campaign]! + 1;
    totals[ADVERTISING_DAILY.revenue] = totals[ADVERTISING_DAILY.revenue]! + price;
    totals[ADVERTISING_DAILY.clicks] = totals[ADVERTISING_DAILY.clicks]! + 1;
    if (campaigns.forConversions[campaign] === 0)
      totals[ADVERTISING_DAILY.advertiserValue] =
        totals[ADVERTISING_DAILY.advertiserValue]! + campaigns.value[campaign]!;
    const uniform = this.#answers.values[POSITION_DRAWS * position + 1]!;
    const chance = conversionProbability(
      campaigns.conversionLogit[campaign]!,
      users.interest[user * topics + campaigns.topic[campaign]!]!,
      law.response,
    );
    if (uniform < chance) tallies.converting[campaign] = tallies.converting[campaign]! + 1;
  }

  /** The barrier after a step: spending, pacing. */
  endTick(): void {
    this.#campaigns.endTick();
  }

  /** The barrier at a day's end: conversions, campaigns, budgets. */
  endDay(day: number): void {
    this.#campaigns.endDay(day);
  }
}
