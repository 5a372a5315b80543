import * as z from "zod";
import { parameter, wholeParameter } from "./parameter.ts";

/** Most strikes that a creator can have at a time. */
export const MOST_STRIKES = 8;

/** Options of holding back, strikes and suspension. */
export const enforcementOptions = z.strictObject({
  strikeDays: wholeParameter(1, 3650, 30, "A strike lapses after this time [days]"),
  reachPerStrike: parameter(0, 1, 0.5, "Factor on a creator's reach for each strike in force [0..1]"),
  strikesToSuspend: wholeParameter(
    1,
    MOST_STRIKES,
    3,
    "Strikes in force at which a creator is suspended [strikes]",
  ),
  suspensionDays: wholeParameter(1, 3650, 7, "Length of a creator's first suspension [days]"),
  repeatFactor: parameter(1, 100, 2, "Factor on that length for each suspension before [1]"),
  suspensionsToBan: wholeParameter(1, 100, 4, "Suspension that is for good, counted from 1 [suspensions]"),
});
export type EnforcementOptions = z.infer<typeof enforcementOptions>;

/** Length of a suspension for good [days]. */
export const FOR_GOOD = 1_000_000;

/** Whether an item is held back for its score: at and above the threshold. A threshold of 1 holds nothing back. */
export function isHeldBack(score: number, threshold: number): boolean {
  return threshold < 1 && score >= threshold;
}

/**
 * Reach of a creator's items, in [0, 1]: `reachPerStrike^strikes`, the chance that an item can be retrieved on a day.
 *
 * @param strikes - strikes in force
 */
export function reachOf(strikes: number, options: EnforcementOptions): number {
  return Math.pow(options.reachPerStrike, strikes);
}

/**
 * Length of a suspension [days]: `suspensionDays · repeatFactor^before`, rounded, and for good from the
 * `suspensionsToBan`-th on.
 *
 * @param before - suspensions that the creator has had
 */
export function suspensionLength(before: number, options: EnforcementOptions): number {
  if (before + 1 >= options.suspensionsToBan) return FOR_GOOD;
  return Math.min(FOR_GOOD, Math.round(options.suspensionDays * Math.pow(options.repeatFactor, before)));
}
