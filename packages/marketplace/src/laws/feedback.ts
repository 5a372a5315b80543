import * as z from "zod";
import { logistic, parameter } from "./parameter.ts";

/** Options of likes, hides and reports. */
export const feedbackOptions = z.strictObject({
  likeBase: parameter(-10, 10, -1.8, "Like logit of a view at zero enjoyment [logit]"),
  likeEnjoyment: parameter(0, 10, 2.6, "Like logit gained by enjoyment [logit]"),
  hideBase: parameter(-10, 10, -3, "Hide logit of a view at zero enjoyment [logit]"),
  hideEnjoyment: parameter(0, 10, 2.8, "Hide logit lost by enjoyment [logit]"),
  reportHarmful: parameter(0, 1, 0.12, "Chance that a view of a harmful item is reported [0..1]"),
  reportHarmless: parameter(0, 1, 0.004, "Chance that a view of a harmless item is reported [0..1]"),
});
export type FeedbackOptions = z.infer<typeof feedbackOptions>;

/** Chance of a like, given a view: `logistic(likeBase + likeEnjoyment·e)`. */
export function likeProbability(enjoyment: number, options: FeedbackOptions): number {
  return logistic(options.likeBase + options.likeEnjoyment * enjoyment);
}

/** Chance of a hide, given a view: `logistic(hideBase − hideEnjoyment·e)`. */
export function hideProbability(enjoyment: number, options: FeedbackOptions): number {
  return logistic(options.hideBase - options.hideEnjoyment * enjoyment);
}

/** Chance of a report, given a view. */
export function reportProbability(harmful: number, options: FeedbackOptions): number {
  return harmful === 1 ? options.reportHarmful : options.reportHarmless;
}
