import * as z from "zod";
import { parameter } from "./parameter.ts";

/** Names of the costs, in the order of the environment's `costs`. */
export const COST_NAMES = ["integrityHarm", "newCreatorShortfall"] as const;

/** Options of the costs. */
export const costsOptions = z.strictObject({
  referenceShare: parameter(0.001, 1, 0.2, "Share of exposure that new creators should have [0..1]"),
});
export type CostsOptions = z.infer<typeof costsOptions>;

/** Limits that go with the default options: the largest mean of each cost over decisions. */
export const DEFAULT_COST_LIMITS: Readonly<Record<(typeof COST_NAMES)[number], number>> = {
  integrityHarm: 0.03,
  newCreatorShortfall: 0.2,
};

/**
 * Shortfall of new creators in a slate: `1 − share / referenceShare`; negative when they have more than the reference.
 *
 * @param newShare - share of the slate's exposure (chance to be looked at) that goes to new creators, in [0, 1]
 */
export function newCreatorShortfall(newShare: number, options: CostsOptions): number {
  return 1 - newShare / options.referenceShare;
}
