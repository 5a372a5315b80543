import * as z from "zod";
import { parameter } from "./parameter.ts";

/** What creators can be paid by. */
export const PAYOUTS = ["exposure", "engagement", "welfare"] as const;
export type Payout = (typeof PAYOUTS)[number];

/** Options of payouts to creators. Money is in the unit of the advertisers' bids. */
export const payoutOptions = z.strictObject({
  by: z
    .enum(PAYOUTS)
    .default("engagement")
    .describe(
      "exposure: impressions; engagement: minutes of attention; welfare: contribution to the signal of user welfare",
    ),
  fund: parameter(0, 100, 0.04, "Fixed fund from which creators are paid [money/user slot/day]"),
  revenueShare: parameter(0, 1, 0.5, "Share of the day's revenue that creators are paid beside it [0..1]"),
  livingRate: parameter(
    0.01,
    1000,
    10,
    "Payout of a thousand impressions at which a fair share of exposure is a living [money/1000 impressions]",
  ),
  likeWorth: parameter(0, 10, 1, "welfare: worth of a like [1]"),
  hideWorth: parameter(0, 10, 3, "welfare: loss from a hide [1]"),
  reportWorth: parameter(0, 100, 10, "welfare: loss from a report [1]"),
  replaceable: parameter(
    0,
    1,
    0.5,
    "welfare: share of the average impression's signal that would be there without the creator [0..1]",
  ),
});
export type PayoutOptions = z.infer<typeof payoutOptions>;

/** Money to be paid for a day: `fund · users + revenueShare · revenue` [money]. */
export function payoutPool(users: number, revenue: number, options: PayoutOptions): number {
  return options.fund * users + options.revenueShare * revenue;
}

/** A living for a day: what {@link PayoutOptions.livingRate} pays for a fair share of exposure [money/day]. */
export function livingOf(fairShare: number, options: PayoutOptions): number {
  return (options.livingRate / 1000) * fairShare;
}

/** Signal of user welfare in what users did: `likeWorth·likes − hideWorth·hides − reportWorth·reports`. */
export function welfareSignal(likes: number, hides: number, reports: number, options: PayoutOptions): number {
  return options.likeWorth * likes - options.hideWorth * hides - options.reportWorth * reports;
}

/**
 * Marginal contribution of content to the welfare signal: its own signal minus what other content would have given in its
 * place, `signal − replaceable · average · impressions`. Negative for content without which users were better off.
 *
 * @param average - signal of an average impression of the day
 */
export function marginalWelfare(
  signal: number,
  impressions: number,
  average: number,
  options: PayoutOptions,
): number {
  return signal - options.replaceable * average * impressions;
}

/** Money paid for one unit of credit: `pool / Σ max(0, credit)`; 0 when nothing earned credit, and the pool is kept. */
export function payoutPrice(pool: number, creditSum: number): number {
  return creditSum > 0 ? pool / creditSum : 0;
}
