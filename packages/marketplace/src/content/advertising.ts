import { ADVERTISING_DAILY, ADVERTISING_PURPOSE } from "./advertising-columns.ts";
import { Campaigns } from "./campaigns.ts";
import { Draws } from "./draws.ts";
import { LEVER } from "./levers.ts";
import type { EngineOptions } from "./options.ts";
import { OrganicWorth } from "./organic-worth.ts";
import { CLOCK, type ContentState } from "./state.ts";
import { FIXED_POINT } from "./tallies.ts";
import { matchFactor, smoothedRate } from "../laws/campaigns.ts";
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

/** Draws of a page's auction: 0 sponsored positions, then from this place one a bidder. */
const FIRST_BIDDER = 2;
/** Draws of a sponsored position: 0 opening, 1 converting. */
const POSITION_DRAWS = 2;

/** Advertisers: what is sponsored on a page, how its user answers that, what is charged. */
export class Advertising {
  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #campaigns: Campaigns;
  readonly #worth: OrganicWorth;
  readonly #page: PageAuction;
  readonly #draws: Draws;
  readonly #answers: Draws;
  readonly #cascade: boolean;
  readonly #throttled: boolean;
  /** Campaigns that have money left, and for each campaign what it bids and its smoothed rate of clicks, this step. */
  readonly #inBudget: Int32Array;
  readonly #bid: Float64Array;
  readonly #rate: Float64Array;
  #inBudgetCount = 0;
  /** Campaign of each bidder of the page, and by what its rate of clicks is expected to be raised by the match. */
  readonly #bidder: Int32Array;
  readonly #factor: Float64Array;
  /** The page on which a campaign was drawn last. */
  readonly #drawnOn: Int32Array;
  readonly #pageNumber = new Int32Array(1);
  /** By topic: the user's observed share of views over the even share. */
  readonly #relativeShare: Float64Array;
  readonly #places: Int32Array;
  /** Of each position of the page: its bidder's factor and price of a click. */
  readonly #shownFactor: Float64Array;
  readonly #shownPrice: Float64Array;
  readonly #shownCampaign: Int32Array;

  constructor(state: ContentState, options: EngineOptions, users: number) {
    const { slots, topics, advertising, choice } = options;
    const { bidders, campaigns, pacing } = advertising;
    this.#state = state;
    this.#options = options;
    this.#campaigns = new Campaigns(state, options, users);
    this.#worth = new OrganicWorth(state, options);
    this.#page = new PageAuction(slots, bidders);
    for (let j = 0; j < slots; j++) this.#page.examination[j] = examinationProbability(j, choice);
    this.#draws = new Draws(FIRST_BIDDER + bidders + (bidders % 2));
    this.#answers = new Draws(POSITION_DRAWS * slots);
    this.#cascade = choice.model === "cascade";
    this.#throttled = pacing.method === "throttling";
    this.#inBudget = new Int32Array(campaigns.capacity);
    this.#bid = new Float64Array(campaigns.capacity);
    this.#rate = new Float64Array(campaigns.capacity);
    this.#bidder = new Int32Array(bidders);
    this.#factor = new Float64Array(bidders);
    this.#drawnOn = new Int32Array(campaigns.capacity);
    this.#relativeShare = new Float64Array(topics);
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
    const { keys, clock, advertising } = this.#state;
    const { campaigns } = advertising;
    const tick = clock[CLOCK.tick]!;
    this.#draws.choose(keys, 2, ADVERTISING_PURPOSE.auction, tick);
    this.#answers.choose(keys, 2, ADVERTISING_PURPOSE.sponsored, tick);
    const { clickPrior, clickPriorLooks } = this.#options.advertising;
    let count = 0;
    for (let campaign = 0; campaign < campaigns.alive.length; campaign++) {
      if (campaigns.alive[campaign] === 0) continue;
      if (!(campaigns.allowance[campaign]! > campaigns.spentToday[campaign]!)) continue;
      this.#inBudget[count++] = campaign;
      this.#bid[campaign] = this.#bidOf(campaign);
      this.#rate[campaign] = smoothedRate(
        campaigns.clicks[campaign]!,
        campaigns.looks[campaign]!,
        clickPrior,
        clickPriorLooks,
      );
    }
    this.#inBudgetCount = count;
  }

  /** What a campaign bids for a click: what it expects one to be worth, times its share, in whole units of accounts. */
  #bidOf(campaign: number): number {
    const { value, forConversions, conversions, ripeClicks, share } = this.#state.advertising.campaigns;
    const { conversionPriorClicks, campaigns: law } = this.#options.advertising;
    const chance =
      forConversions[campaign] === 1
        ? smoothedRate(
            conversions[campaign]!,
            ripeClicks[campaign]!,
            law.conversionChance,
            conversionPriorClicks,
          )
        : 1;
    const paced = this.#throttled ? 1 : share[campaign]!;
    return Math.floor(chance * value[campaign]! * paced * FIXED_POINT) / FIXED_POINT;
  }

  /**
   * Chooses what is sponsored on a page.
   *
   * @param organic - the item of each position, as the policy ranked them
   * @param shownItem - result: `shownItem[j]` >= 0 that item; −1: sponsored
   * @param shownCampaign - result: the campaign of a sponsored position, −1: organic
   */
  place(
    user: number,
    _row: number,
    organic: Int32Array,
    shownItem: Int32Array,
    shownCampaign: Int32Array,
  ): void {
    this.#refresh(user);
    this.#draws.fill(0, this.#draws.values.length, user);
    shownItem.set(organic);
    shownCampaign.fill(-1);
    const most = this.#mostSponsored();
    if (most <= 0 || this.#inBudgetCount === 0) return;
    const bidders = this.#gather(user);
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
    const drawn = whole + (this.#draws.values[0]! < load - whole ? 1 : 0);
    const most = Math.min(drawn, slots - advertising.firstPosition);
    return advertising.auction === "second-price" ? Math.min(1, most) : most;
  }

  /** Draws campaigns for the page and takes the bids of those that target its user. Returns their number. */
  #gather(user: number): number {
    const { campaigns } = this.#state.advertising;
    const { bidders, campaigns: law } = this.#options.advertising;
    const { bid, click } = this.#page;
    this.#readShares(user);
    const page = (this.#pageNumber[0]! + 1) | 0;
    this.#pageNumber[0] = page;
    let count = 0;
    for (let n = 0; n < bidders; n++) {
      const mark = this.#draws.values[FIRST_BIDDER + n]! * this.#inBudgetCount;
      const place = Math.floor(mark);
      const campaign = this.#inBudget[place]!;
      if (this.#drawnOn[campaign] === page) continue;
      this.#drawnOn[campaign] = page;
      // what is left of the draw is uniform and says nothing of the place: it decides whether a throttled campaign bids
      if (this.#throttled && mark - place >= campaigns.share[campaign]!) continue;
      const share = this.#relativeShare[campaigns.topic[campaign]!]!;
      if (share < law.audience) continue;
      const factor = matchFactor(share, this.#options.advertising);
      this.#bidder[count] = campaign;
      this.#factor[count] = factor;
      bid[count] = this.#bid[campaign]!;
      click[count] = Math.min(1, this.#rate[campaign]! * factor);
      count++;
    }
    return count;
  }

  #readShares(user: number): void {
    const { users } = this.#state;
    const { topics, retrieval } = this.#options;
    const scale = topics / (users.topicTotal[user]! + retrieval.smoothing * topics);
    for (let topic = 0; topic < topics; topic++)
      this.#relativeShare[topic] = (users.topicLong[user * topics + topic]! + retrieval.smoothing) * scale;
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
      const campaign = this.#bidder[bidder]!;
      shownItem[j] = -1;
      shownCampaign[j] = campaign;
      this.#shownCampaign[j] = campaign;
      this.#shownFactor[j] = this.#factor[bidder]!;
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
  answer(user: number, _row: number, position: number, out: Float64Array): void {
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
    if (opened === 1) this.#charge(campaign, position, interest);
  }

  /** A click: it is paid for, and may convert. */
  #charge(campaign: number, position: number, interest: number): void {
    const { campaigns, tallies } = this.#state.advertising;
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
      interest,
      this.#options.advertising.response,
    );
    if (uniform < chance) tallies.converting[campaign] = tallies.converting[campaign]! + 1;
  }

  /** The barrier after a step: spending, pacing. */
  endTick(_tick: number): void {
    this.#campaigns.endTick();
  }

  /** The barrier at a day's end: conversions, campaigns, budgets. */
  endDay(_tick: number, day: number): void {
    this.#campaigns.endDay(day);
  }
}
