import * as z from "zod";
import { pacingOptions } from "./pacing.ts";
import { logistic, parameter, wholeParameter } from "./parameter.ts";
import { sponsoredResponseOptions } from "./sponsored-response.ts";

/** Options of campaigns: how many there are, what they want, what they may spend. */
export const campaignsOptions = z.strictObject({
  capacity: wholeParameter(1, 10000, 32, "Campaigns that there may be at once [campaigns]"),
  startShare: parameter(0, 1, 0.75, "Share of the capacity that is taken when a world begins [0..1]"),
  arrivalRate: parameter(0, 1, 0.1, "Chance that a free place is taken by a new campaign [1/day]"),
  meanDays: parameter(1, 1000, 21, "Mean length of a campaign [days]"),
  valueMedian: parameter(0, 1000, 1, "Median worth of a click to a campaign [money/click]"),
  valueSpread: parameter(0, 3, 0.5, "Standard deviation of the log worth of a click [1]"),
  conversionShare: parameter(
    0,
    1,
    0.5,
    "Share of campaigns that value conversions and not clicks; a click is worth as much to them on average [0..1]",
  ),
  conversionChance: parameter(
    0.001,
    0.999,
    0.1,
    "Chance that a click converts, for a middling campaign [0..1]",
  ),
  conversionSpread: parameter(0, 3, 0.5, "Standard deviation of the conversion logit over campaigns [logit]"),
  qualitySpread: parameter(
    0,
    3,
    1,
    "Standard deviation of the logits of a creative's appeal and of the quality of what is advertised [logit]",
  ),
  dailyBudget: parameter(0, 1000, 0.004, "Median daily budget, for each user slot of the world [money/day]"),
  budgetSpread: parameter(0, 3, 0.7, "Standard deviation of the log daily budget [1]"),
  totalShare: parameter(
    0.01,
    1,
    0.8,
    "Total budget as a share of the daily budget over the campaign's length [0..1]",
  ),
  audience: parameter(
    0,
    10,
    0.5,
    "A campaign bids for users whose observed share of views on its topic is at least this, times the even share; 0: all [1]",
  ),
});
export type CampaignsOptions = z.infer<typeof campaignsOptions>;

/** How sponsored positions are sold. */
export const AUCTIONS = ["second-price", "generalized-second-price", "vickrey-clarke-groves"] as const;

/**
 * Options of advertisers and their auctions.
 *
 * Money: its unit is the median worth of a click to an advertiser at the defaults (`campaigns.valueMedian` 1). Prices,
 * budgets, revenue, payouts and subsidies are all in it.
 */
export const advertisingOptions = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether the world has it"),
  auction: z
    .enum(AUCTIONS)
    .default("vickrey-clarke-groves")
    .describe(
      "second-price: one position a page at most; generalized-second-price: positions that are spread over the page; vickrey-clarke-groves: the page of largest worth, what is displaced is paid for",
    ),
  firstPosition: wholeParameter(0, 49, 1, "First position that may be sponsored; 0: the top [position]"),
  bidders: wholeParameter(
    1,
    100,
    12,
    "Campaigns that are drawn for a page; of them, those that target its user bid [campaigns]",
  ),
  organicWorth: parameter(
    0,
    100,
    0.05,
    "What the platform counts a minute of organic engagement as, in the auction [money/minute]",
  ),
  clickPrior: parameter(0.001, 1, 0.1, "Rate of clicks that a new campaign is credited with [clicks/look]"),
  clickPriorLooks: parameter(0.1, 10000, 50, "How many looks that credit counts for [looks]"),
  conversionPriorClicks: parameter(
    0.1,
    10000,
    20,
    "How many clicks the credited chance of conversion counts for [clicks]",
  ),
  matchLift: parameter(
    0,
    1,
    0.5,
    "How far the predicted rate of clicks follows the user's observed share of views on the topic [0..1]",
  ),
  campaigns: campaignsOptions.prefault({}).describe("Campaigns"),
  pacing: pacingOptions.prefault({}).describe("Pacing of budgets"),
  response: sponsoredResponseOptions.prefault({}).describe("Users' response to sponsored positions"),
});
export type AdvertisingOptions = z.infer<typeof advertisingOptions>;

/** Worth of a click: log-normal, `valueMedian · exp(valueSpread · z)` [money/click]. */
export function clickValue(normal: number, options: CampaignsOptions): number {
  return options.valueMedian * Math.exp(options.valueSpread * normal);
}

/** Worth of a conversion to a campaign whose clicks are worth `value` at the middling chance: `value / conversionChance`. */
export function conversionValue(value: number, options: CampaignsOptions): number {
  return value / options.conversionChance;
}

/** Logit of a campaign's chance of conversion: `ln(c/(1 − c)) + conversionSpread · z`. */
export function conversionLogit(normal: number, options: CampaignsOptions): number {
  return (
    Math.log(options.conversionChance / (1 - options.conversionChance)) + options.conversionSpread * normal
  );
}

/** Appeal of a creative, or quality of what is advertised, in (0, 1): `σ(qualitySpread · z)`. */
export function campaignQuality(normal: number, options: CampaignsOptions): number {
  return logistic(options.qualitySpread * normal);
}

/** Length of a campaign, geometric from 1 on with mean `meanDays`: `1 + ⌊ln u / ln(1 − 1/meanDays)⌋` [days]. */
export function campaignDays(uniform: number, options: CampaignsOptions): number {
  if (options.meanDays <= 1) return 1;
  return 1 + Math.floor(Math.log(uniform) / Math.log(1 - 1 / options.meanDays));
}

/** Daily budget in a world of `users` user slots: `users · dailyBudget · exp(budgetSpread · z)` [money/day]. */
export function dailyBudgetOf(normal: number, users: number, options: CampaignsOptions): number {
  return users * options.dailyBudget * Math.exp(options.budgetSpread * normal);
}

/**
 * How much likelier than on average the platform expects a user to click on a topic:
 * `1 + matchLift · (min(3, r) − 1)`, in which r is the user's observed share of views on it over the even share.
 */
export function matchFactor(relativeShare: number, options: AdvertisingOptions): number {
  return 1 + options.matchLift * (Math.min(3, relativeShare) - 1);
}

/**
 * Smoothed rate: `(events + prior · weight) / (trials + weight)`.
 *
 * @param trials - trials, each counted with the chance by which it is expected to differ from the rate
 */
export function smoothedRate(events: number, trials: number, prior: number, weight: number): number {
  return (events + prior * weight) / (trials + weight);
}
