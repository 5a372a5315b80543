import * as z from "zod";
import { parameter } from "./parameter.ts";

/** How a campaign spreads its budget over the day. */
export const PACING_METHODS = ["none", "adaptive", "controller", "throttling"] as const;

/** Options of pacing. */
export const pacingOptions = z.strictObject({
  method: z
    .enum(PACING_METHODS)
    .default("adaptive")
    .describe(
      "none: bid the value until the budget is spent; adaptive: bid value/(1 + λ), λ follows the spending; controller: bid a share of the value, which a PID controller moves; throttling: bid the value on a share of the pages",
    ),
  rate: parameter(
    0.001,
    1,
    0.1,
    "adaptive, throttling: how far λ, or the share of pages, moves at twice the spending that is due [1/step]",
  ),
  least: parameter(0.001, 1, 0.02, "Least share of the value that is bid, or of the pages bid on [0..1]"),
  proportional: parameter(
    0,
    2,
    0.1,
    "controller: by how much the log share follows changes of the error [1]",
  ),
  integral: parameter(0, 1, 0.05, "controller: by how much it follows the error [1/step]"),
  derivative: parameter(0, 2, 0, "controller: by how much it follows the error's acceleration [step]"),
});
export type PacingOptions = z.infer<typeof pacingOptions>;

/**
 * Next share of the value to bid under adaptive pacing. The share is `1/(1 + λ)`, and λ moves against the error of the
 * step's spending, in [0, 1/least − 1]: `λ + rate · (spent/due − 1)`.
 *
 * @param share - the share that was bid, in (0, 1]
 * @param relativeSpend - what the step spent over what was due, >= 0
 * @see Balseiro & Gur (2019), "Learning in Repeated Auctions with Budgets"; their step size times `due`
 */
export function adaptiveShare(share: number, relativeSpend: number, options: PacingOptions): number {
  const multiplier = 1 / share - 1 + options.rate * (relativeSpend - 1);
  return 1 / (1 + Math.min(1 / options.least - 1, Math.max(0, multiplier)));
}

/**
 * Next share of the pages to bid on under throttling, in [least, 1]: `share − rate · (spent/due − 1)`.
 *
 * @see Karande, Mehta & Srikant (2013), "Optimizing Budget Constrained Spend in Search Advertising"
 */
export function throttledShare(share: number, relativeSpend: number, options: PacingOptions): number {
  return Math.min(1, Math.max(options.least, share - options.rate * (relativeSpend - 1)));
}

/**
 * Next share of the value to bid under a PID controller in velocity form, so that nothing winds up at the limits:
 * `ln share + proportional·(e − e₁) + integral·e + derivative·(e − 2e₁ + e₂)`, kept in [least, 1].
 *
 * @param error - `1 − spent/due` of the step, kept in [−1, 1] by the caller; `before` and `twoBefore` those of the steps before
 * @see Åström & Hägglund (2006), "Advanced PID Control"
 */
export function controlledShare(
  share: number,
  error: number,
  before: number,
  twoBefore: number,
  options: PacingOptions,
): number {
  const { proportional, integral, derivative, least } = options;
  const change =
    proportional * (error - before) + integral * error + derivative * (error - 2 * before + twoBefore);
  return Math.min(1, Math.max(least, share * Math.exp(change)));
}

/**
 * Share of a step's pages that a campaign bids on, whatever its pacing, so that its money lasts for the step:
 * `min(1, left/spend)`. Nobody knows within a step what others have sold in it, so this bounds overspending on average only.
 *
 * @param left - money left, > 0
 * @param spend - what a step takes of late, >= 0
 */
export function affordableShare(left: number, spend: number): number {
  return spend > left ? left / spend : 1;
}
