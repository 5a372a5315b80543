import * as z from "zod";
import { creatorCostOptions } from "./creator-cost.ts";
import { parameter } from "./parameter.ts";
import { payoutOptions } from "./payouts.ts";

/** How creators choose, in the order of how much they know. */
export const AGENCY_MODES = ["fixed", "best-response", "gradient", "no-regret"] as const;
export type AgencyMode = (typeof AGENCY_MODES)[number];

/** Options of creators as agents. */
export const agencyOptions = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether the world has it"),
  mode: z
    .enum(AGENCY_MODES)
    .default("best-response")
    .describe(
      "fixed: motivation and imitation, nothing is chosen; best-response: the best strategy against yesterday's market; gradient: a step uphill; no-regret: exponential weights",
    ),
  appreciation: parameter(0, 10, 0.3, "Utility of a fair share of likes [living/day]"),
  viability: parameter(0, 20, 2, "How fast the target of motivation nears 1 with utility [day/living]"),
  revision: parameter(0, 1, 0.15, "Chance that a creator thinks over what to do [1/day]"),
  inertia: parameter(
    0,
    10,
    0.05,
    "best-response: gain in a day below which a creator stays as they are [living/day]",
  ),
  stepSize: parameter(0, 10, 0.5, "gradient: step along the gradient of utility [day/living]"),
  learningRate: parameter(0, 20, 0.5, "no-regret: rate of the exponential weights [day/living]"),
  baitStep: parameter(0, 5, 1.5, "How far from their own tendency creators take clickbait [logit]"),
  marketMemory: parameter(
    0,
    0.999,
    0.7,
    "Share of what creators know of the market that is a day old [1/day]",
  ),
  payout: payoutOptions.prefault({}).describe("Payouts to creators"),
  cost: creatorCostOptions.prefault({}).describe("What a day's work costs a creator"),
});
export type AgencyOptions = z.infer<typeof agencyOptions>;

/** Volumes among which a creator chooses [usual items]. */
export const VOLUMES = [0.5, 1, 2, 4] as const;
/** Efforts among which a creator chooses. */
export const EFFORTS = [0, 0.5, 1] as const;
/** Clickbait among which a creator chooses: their tendency and these many `baitStep` on top. */
export const BAITS = [-1, 0, 1] as const;
/** Strategies within a topic. */
export const STYLES = VOLUMES.length * EFFORTS.length * BAITS.length;

/** Number of a style, of places in {@link VOLUMES}, {@link EFFORTS} and {@link BAITS}; a strategy is `topic · STYLES + style`. */
export function styleOf(volume: number, effort: number, bait: number): number {
  return (volume * EFFORTS.length + effort) * BAITS.length + bait;
}

/** The place in {@link VOLUMES} of a style. */
export function volumeOf(style: number): number {
  return Math.floor(style / (EFFORTS.length * BAITS.length));
}

/** The place in {@link EFFORTS} of a style. */
export function effortOf(style: number): number {
  return Math.floor(style / BAITS.length) % EFFORTS.length;
}

/** The place in {@link BAITS} of a style. */
export function baitOf(style: number): number {
  return style % BAITS.length;
}

/**
 * What motivation moves to under utility U [living/day]: `1 − exp(−viability · max(0, U))`; so who does not live on it, loses
 * motivation and leaves.
 */
export function motivationTarget(utility: number, options: AgencyOptions): number {
  return 1 - Math.exp(-options.viability * Math.max(0, utility));
}
