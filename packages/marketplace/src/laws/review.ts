import * as z from "zod";
import { logistic, parameter } from "./parameter.ts";

/** Options of human review. */
export const reviewOptions = z.strictObject({
  capacity: parameter(
    0,
    100,
    0.15,
    "Reviews in a day for each creator slot; the sum is rounded down [reviews/creator/day]",
  ),
  reportWeight: parameter(
    0,
    10,
    0.7,
    "By how much a report raises an item's place in the queue, beside its score [logit/report]",
  ),
  recall: parameter(0, 1, 0.92, "Chance that a review removes a harmful item [0..1]"),
  falseAlarm: parameter(0, 1, 0.04, "Chance that a review removes a harmless item [0..1]"),
});
export type ReviewOptions = z.infer<typeof reviewOptions>;

/** Place in the queue, in (0, 1), highest first: `logistic(ln(s / (1 − s)) + reportWeight · reports)`. */
export function reviewPriority(score: number, reports: number, options: ReviewOptions): number {
  return logistic(Math.log(score / (1 - score)) + options.reportWeight * reports);
}

/** Whether a review removes the item: `u < recall` when it is harmful, `u < falseAlarm` when not. */
export function reviewRemoves(uniform: number, harmful: number, options: ReviewOptions): boolean {
  return uniform < (harmful === 1 ? options.recall : options.falseAlarm);
}
