import * as z from "zod";
import { logistic, parameter } from "./parameter.ts";

/** Options of the integrity classifier, the platform's only view of harm. */
export const classifierOptions = z.strictObject({
  separation: parameter(
    0,
    10,
    2,
    "Distance between the scores of harmful and harmless items [standard deviations]",
  ),
  offset: parameter(-10, 10, -1, "Score logit of an item halfway between [logit]"),
});
export type ClassifierOptions = z.infer<typeof classifierOptions>;

/**
 * Classifier score of an item, in (0, 1), drawn once in its life: `logistic(offset + separation·(h − ½) + z)`.
 * The area under its curve is Φ(separation / √2).
 */
export function classifierScore(harmful: number, normal: number, options: ClassifierOptions): number {
  return logistic(options.offset + options.separation * (harmful - 0.5) + normal);
}
