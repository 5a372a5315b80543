import * as z from "zod";
import { logistic, parameter, wholeParameter } from "./parameter.ts";

/** Options of items. */
export const itemsOptions = z.strictObject({
  capacity: wholeParameter(40, 1000000, 512, "Item slots; a new item takes the place of the oldest [items]"),
  longestAge: parameter(1, 1000, 21, "An item is withdrawn at this age [days]"),
  secondaryWeight: parameter(0, 0.5, 0.25, "Weight of the second topic; the first has the rest [0..1]"),
  offTopic: parameter(0, 1, 0.2, "Chance that the first topic is not the creator's own [0..1]"),
  qualitySpread: parameter(0, 4, 0.8, "Standard deviation of quality around the creator's skill [logit]"),
  baitSpread: parameter(0, 4, 0.6, "Standard deviation of clickbait around the creator's tendency [logit]"),
  appealQuality: parameter(0, 1, 0.3, "Share of appeal that is quality; the rest is clickbait [0..1]"),
  harmAppeal: parameter(0, 1, 0.25, "Appeal that a harmful item has on top [0..1]"),
  lengthMean: parameter(-3, 5, 0.4, "Mean length [log2 minutes]"),
  lengthSpread: parameter(0, 3, 1.1, "Standard deviation of length [log2 minutes]"),
  freshnessDays: parameter(0.1, 100, 4, "Age at which freshness has fallen to 1/e [days]"),
});
export type ItemsOptions = z.infer<typeof itemsOptions>;

/** Latent quality, in (0, 1): `logistic(workingSkill + effort·(motivation − ½) + qualitySpread·z)`. */
export function itemQuality(skillWithEffort: number, normal: number, options: ItemsOptions): number {
  return logistic(skillWithEffort + options.qualitySpread * normal);
}

/** Clickbait, in (0, 1): `logistic(tendency + baitSpread·z)`. */
export function itemBait(tendency: number, normal: number, options: ItemsOptions): number {
  return logistic(tendency + options.baitSpread * normal);
}

/** What an item promises before it is opened, in [0, 1.5]: `a·q + (1 − a)·b + harmAppeal·h` with a = `appealQuality`. */
export function itemAppeal(quality: number, bait: number, harmful: number, options: ItemsOptions): number {
  return options.appealQuality * quality + (1 - options.appealQuality) * bait + options.harmAppeal * harmful;
}

/** Freshness, in (0, 1]: `exp(−age / freshnessDays)`. */
export function freshnessOf(ageDays: number, options: ItemsOptions): number {
  return Math.exp(-ageDays / options.freshnessDays);
}

/** Length of an item within [−3, 4] [log2 minutes]: `lengthMean + lengthSpread·z`, clipped (7.5 seconds to 16 minutes). */
export function itemLength(normal: number, options: ItemsOptions): number {
  return Math.min(4, Math.max(-3, options.lengthMean + options.lengthSpread * normal));
}

/** {@link freshnessOf} by age in steps, up to the oldest age that can be shown. */
export function freshnessByAge(options: {
  readonly items: ItemsOptions;
  readonly stepsPerDay: number;
}): Float64Array {
  const length = Math.ceil((options.items.longestAge + 1) * options.stepsPerDay) + 2;
  return new Float64Array(length).map((_, age) => freshnessOf(age / options.stepsPerDay, options.items));
}
