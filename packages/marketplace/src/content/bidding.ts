import { ADVERTISING_PURPOSE } from "./advertising-columns.ts";
import { Draws } from "./draws.ts";
import type { EngineOptions } from "./options.ts";
import { CLOCK, type ContentState } from "./state.ts";
import { FIXED_POINT } from "./tallies.ts";
import { matchFactor, smoothedRate } from "../laws/campaigns.ts";
import { affordableShare } from "../laws/pacing.ts";
import type { PageAuction } from "../laws/page-auction.ts";

/** Draws of a page: 0 how many positions may be sponsored, then from this place one a bidder. */
const FIRST_BIDDER = 2;

/** Which campaigns bid for a page, how much, and how often the platform expects them to be clicked. */
export class Bidding {
  /** Draws of the page; whoever asks for bids fills them before. */
  readonly draws: Draws;
  /** Campaign of each bidder of the page. */
  readonly campaign: Int32Array;
  /** By what each bidder's rate of clicks is expected to be raised by the match with the user. */
  readonly factor: Float64Array;

  readonly #state: ContentState;
  readonly #options: EngineOptions;
  readonly #throttled: boolean;
  /** Campaigns that have money left, and for each campaign what it bids and its smoothed rate of clicks, this step. */
  readonly #inBudget: Int32Array;
  readonly #bid: Float64Array;
  /** Share of the pages that a campaign bids on. */
  readonly #takesPart: Float64Array;
  readonly #rate: Float64Array;
  #inBudgetCount = 0;
  /** The page on which a campaign was drawn last. */
  readonly #drawnOn: Int32Array;
  readonly #pageNumber = new Int32Array(1);
  /** By topic: the user's observed share of views over the even share. */
  readonly #relativeShare: Float64Array;

  constructor(state: ContentState, options: EngineOptions) {
    const { bidders, campaigns, pacing } = options.advertising;
    this.#state = state;
    this.#options = options;
    this.#throttled = pacing.method === "throttling";
    this.draws = new Draws(FIRST_BIDDER + bidders + (bidders % 2));
    this.campaign = new Int32Array(bidders);
    this.factor = new Float64Array(bidders);
    this.#inBudget = new Int32Array(campaigns.capacity);
    this.#bid = new Float64Array(campaigns.capacity);
    this.#takesPart = new Float64Array(campaigns.capacity);
    this.#rate = new Float64Array(campaigns.capacity);
    this.#drawnOn = new Int32Array(campaigns.capacity);
    this.#relativeShare = new Float64Array(options.topics);
  }

  /** Before the first page of a step: what every campaign with money left bids in it. Reads the state alone. */
  startTick(): void {
    const { keys, clock, advertising } = this.#state;
    const { campaigns } = advertising;
    this.draws.choose(keys, 2, ADVERTISING_PURPOSE.auction, clock[CLOCK.tick]!);
    let count = 0;
    for (let campaign = 0; campaign < campaigns.alive.length; campaign++) {
      if (campaigns.alive[campaign] === 0) continue;
      if (!(campaigns.allowance[campaign]! > campaigns.spentToday[campaign]!)) continue;
      this.#inBudget[count++] = campaign;
      this.#prepare(campaign);
    }
    this.#inBudgetCount = count;
  }

  /** A campaign's bid, what it expects a click to be worth times its share, in whole units of accounts; and its rate. */
  #prepare(campaign: number): void {
    const { value, forConversions, conversions, ripeClicks, clicks, looks } =
      this.#state.advertising.campaigns;
    const { allowance, spentToday, recentSpend, share } = this.#state.advertising.campaigns;
    const law = this.#options.advertising;
    const chance =
      forConversions[campaign] === 1
        ? smoothedRate(
            conversions[campaign]!,
            ripeClicks[campaign]!,
            law.campaigns.conversionChance,
            law.conversionPriorClicks,
          )
        : 1;
    const paced = this.#throttled ? 1 : share[campaign]!;
    this.#takesPart[campaign] =
      affordableShare(allowance[campaign]! - spentToday[campaign]!, recentSpend[campaign]!) *
      (this.#throttled ? share[campaign]! : 1);
    this.#bid[campaign] = Math.floor(chance * value[campaign]! * paced * FIXED_POINT) / FIXED_POINT;
    this.#rate[campaign] = smoothedRate(
      clicks[campaign]!,
      looks[campaign]!,
      law.clickPrior,
      law.clickPriorLooks,
    );
  }

  /**
   * Draws campaigns for a user's page and takes the bids of those that target the user into `page`.
   *
   * @returns number of bids
   */
  gather(user: number, page: PageAuction): number {
    const { campaigns } = this.#state.advertising;
    const law = this.#options.advertising;
    if (this.#inBudgetCount === 0) return 0;
    this.#readShares(user);
    const number = (this.#pageNumber[0]! + 1) | 0;
    this.#pageNumber[0] = number;
    let count = 0;
    for (let n = 0; n < law.bidders; n++) {
      const mark = this.draws.values[FIRST_BIDDER + n]! * this.#inBudgetCount;
      const place = Math.floor(mark);
      const campaign = this.#inBudget[place]!;
      if (this.#drawnOn[campaign] === number) continue;
      this.#drawnOn[campaign] = number;
      // what is left of the draw is uniform whatever the place: it decides whether the campaign takes part
      if (mark - place >= this.#takesPart[campaign]!) continue;
      const share = this.#relativeShare[campaigns.topic[campaign]!]!;
      if (share < law.campaigns.audience) continue;
      const factor = matchFactor(share, law);
      this.campaign[count] = campaign;
      this.factor[count] = factor;
      page.bid[count] = this.#bid[campaign]!;
      page.click[count] = Math.min(1, this.#rate[campaign]! * factor);
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
}
