import * as z from "zod";

function shock<Kind extends string>(kind: Kind, size: z.ZodDefault<z.ZodNumber>) {
  return z.strictObject({
    kind: z.literal(kind),
    day: z.int().min(1).max(3650).describe("Day on which it begins; a world begins with day 0 [day]"),
    days: z.int().min(1).max(365).default(3).describe("How long it lasts [days]"),
    size,
  });
}

function size(minimum: number, maximum: number, defaultValue: number, text: string) {
  return z.number().min(minimum).max(maximum).default(defaultValue).describe(text);
}

/** The schedule of shocks; empty: none. Shocks may overlap. */
export const shocksOptions = z
  .array(
    z.discriminatedUnion("kind", [
      shock("viral-item", size(0, 2, 0.5, "Appeal that the item gains while it is viral [1]")),
      shock(
        "raid",
        size(0, 10000, 10, "False reports a day on each item of the raided creator [reports/item/day]"),
      ),
      shock("outage", size(0, 1, 0.05, "Share of their trust that a failed visit costs a user [0..1]")),
      shock("machine-made-flood", size(1, 24, 5, "Factor on what the flooding creators make [1]")),
    ]),
  )
  .max(100);
export type ShocksOptions = z.infer<typeof shocksOptions>;
export type Shock = ShocksOptions[number];

/** Whether a shock is on at `day`: from its first day for `days` days. */
export function isShockOn(shockOptions: Shock, day: number): boolean {
  return day >= shockOptions.day && day < shockOptions.day + shockOptions.days;
}

/** Trust after a visit that failed: `t · (1 − size)`. */
export function trustAfterFailedVisit(trust: number, outageSize: number): number {
  return trust * (1 - outageSize);
}

/**
 * Whether a creator takes to machine-made content in a flood: those with `skill < −½ · skillSpread`, 31 % of a normal
 * population, and the ones whose items are worst.
 *
 * @param skill - latent skill [logit of quality]
 * @param skillSpread - its standard deviation in the population [logit]
 */
export function joinsFlood(skill: number, skillSpread: number): boolean {
  return skill < -0.5 * skillSpread;
}

/**
 * Largest share of trust that an outage of `day` costs at a failed visit; 0 where there is none.
 *
 * @param shocks - the schedule
 */
export function failedVisitCost(shocks: ShocksOptions, day: number): number {
  let cost = 0;
  for (let n = 0; n < shocks.length; n++) {
    const { kind, size: share } = shocks[n]!;
    if (kind === "outage" && isShockOn(shocks[n]!, day)) cost = Math.max(cost, share);
  }
  return cost;
}

/** Chance that a candidate from popular items is a viral one, where there is one. */
export const VIRAL_SHARE = 0.25;

/** What remains, a day later, of the clicks that make an item popular. */
export const POPULARITY_RETENTION = 0.7;

/**
 * Remembered clicks of a viral item before the day's lists are made, so that it is among the most clicked: those that another
 * item needs to be level, `recent + day / retention`, and one more. The largest of these over all items is what it gets.
 */
export function promotedClicks(recentClicks: number, dayClicks: number): number {
  return recentClicks + dayClicks / POPULARITY_RETENTION + 1;
}
