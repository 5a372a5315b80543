import * as z from "zod";
import { geometricDelay } from "./delays.ts";
import { parameter } from "./parameter.ts";

/** Options of appeals against removals. */
export const appealsOptions = z.strictObject({
  harmless: parameter(0, 1, 0.6, "Chance that the removal of a harmless item is appealed [0..1]"),
  harmful: parameter(0, 1, 0.2, "Chance that the removal of a harmful item is appealed [0..1]"),
  meanDays: parameter(1, 60, 3, "Mean time from an appeal to its decision, at least one day [days]"),
  accuracy: parameter(0, 1, 0.9, "Chance that the decision is right [0..1]"),
});
export type AppealsOptions = z.infer<typeof appealsOptions>;

/** Chance that a removal is appealed. */
export function appealProbability(harmful: number, options: AppealsOptions): number {
  return harmful === 1 ? options.harmful : options.harmless;
}

/** Days until an appeal is decided: 1 and a geometric delay, with mean `meanDays`. */
export function appealDelay(uniform: number, options: AppealsOptions): number {
  return 1 + geometricDelay(uniform, options.meanDays - 1);
}

/**
 * Whether an appeal brings the item back: with chance `accuracy` when it is harmless, `1 − accuracy` when it is harmful.
 *
 * @param uniform - a draw in (0, 1)
 */
export function appealRestores(uniform: number, harmful: number, options: AppealsOptions): boolean {
  return uniform < (harmful === 1 ? 1 - options.accuracy : options.accuracy);
}
