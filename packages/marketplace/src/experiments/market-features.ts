import { LEVER } from "../content/levers.ts";
import type { ContentMarketplace } from "../content/content-marketplace.ts";
import { OUTCOME } from "../content/state.ts";

/**
 * What a platform knows of the state of its market before a page, as features for Differences-in-Qs:
 *
 * - budgetUsed: share of the day's budgets that is spent so far
 * - budgetUsedLeft: the same times the share of the day that is left
 * - pacing: mean share that campaigns bid of their value, or of pages that they bid on, weighted by their budgets
 * - budgetUsedStep: share of a step's part of the budgets that is spent so far in this step
 * - sponsoredLooks: looks at sponsored positions of late, for each user slot; a step later 0.93 is left
 * - newExposure: looks at items of new creators of late, for each user slot; a day later 0.8 is left
 * - looks: looks at any position of late, for each user slot; a day later 0.8 is left
 */
export const MARKET_FEATURES = [
  "budgetUsed",
  "budgetUsedLeft",
  "pacing",
  "budgetUsedStep",
  "sponsoredLooks",
  "newExposure",
  "looks",
] as const;
export type MarketFeature = (typeof MARKET_FEATURES)[number];

const WEARINESS_LEFT = 0.93;
const DAY_LEFT = 0.8;

/** Keeps {@link MARKET_FEATURES} of a world up to date, page by page. */
export class MarketFeatures {
  readonly #world: ContentMarketplace;
  readonly #left: number;
  #budget = 0;
  #spent = 0;
  #spentStep = 0;
  #pacing = 0;
  #dayLeft = 0;
  #sponsored = 0;
  #newLooks = 0;
  #looks = 0;

  constructor(world: ContentMarketplace) {
    this.#world = world;
    this.#left = Math.pow(DAY_LEFT, 1 / world.options.stepsPerDay);
  }

  /** Before the first page of a step. */
  startTick(tick: number): void {
    const { campaigns } = this.#world.privileged.advertising;
    const { stepsPerDay } = this.#world.options;
    this.#budget = 0;
    this.#spent = 0;
    this.#spentStep = 0;
    this.#pacing = 0;
    for (let campaign = 0; campaign < campaigns.alive.length; campaign++) {
      if (campaigns.alive[campaign] === 0) continue;
      this.#budget += campaigns.allowance[campaign]!;
      this.#spent += campaigns.spentToday[campaign]!;
      this.#pacing += campaigns.share[campaign]! * campaigns.allowance[campaign]!;
    }
    this.#dayLeft = 1 - (tick % stepsPerDay) / stepsPerDay;
    this.#sponsored *= WEARINESS_LEFT;
    this.#newLooks *= this.#left;
    this.#looks *= this.#left;
  }

  /** Writes the features, in the order of MARKET_FEATURES, from place `at` on. */
  writeInto(out: Float64Array, at: number): void {
    const users = this.#world.rowCount;
    const used = this.#budget > 0 ? Math.min(1, this.#spent / this.#budget) : 0;
    out[at] = used;
    out[at + 1] = used * this.#dayLeft;
    out[at + 2] = this.#budget > 0 ? this.#pacing / this.#budget : 0;
    out[at + 3] = this.#budget > 0 ? (this.#spentStep * this.#world.options.stepsPerDay) / this.#budget : 0;
    out[at + 4] = this.#sponsored / users;
    out[at + 5] = this.#newLooks / users;
    out[at + 6] = this.#looks / users;
  }

  /** After a page was answered. */
  notePage(row: number, revenue: number): void {
    const { outcome, shownItem, items, creators } = this.#world.privileged;
    const { slots } = this.#world.options;
    this.#spent += revenue;
    this.#spentStep += revenue;
    for (let at = row * slots; at < (row + 1) * slots; at++) {
      if ((outcome[at]! & OUTCOME.looked) === 0) continue;
      this.#looks++;
      const item = shownItem[at]!;
      if (item < 0) this.#sponsored++;
      else if (creators.isNew[items.creator[item]!] === 1) this.#newLooks++;
    }
  }
}

/** Levers that the world reads at each page; the others act at the day's end, on all alike. */
export const PAGE_LEVERS: readonly number[] = [
  LEVER.adLoad,
  LEVER.reservePrice,
  LEVER.exposureFloor,
  LEVER.coldStartBudget,
];
