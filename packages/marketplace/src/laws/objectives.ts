import * as z from "zod";
import { parameter } from "./parameter.ts";

/** Names of the objectives, in the order of the environment's `objectives`. */
export const OBJECTIVE_NAMES = ["userValue", "creatorValue", "engagement"] as const;

/** Options of the objectives and of the scalar reward, their weighted sum. */
export const objectivesOptions = z.strictObject({
  userWeight: parameter(0, 100, 0.25, "Weight of userValue in the reward [1]"),
  creatorWeight: parameter(0, 100, 0.5, "Weight of creatorValue in the reward [1]"),
  engagementWeight: parameter(0, 100, 0.35, "Weight of engagement in the reward [1/minute]"),
  contentment: parameter(
    0,
    10,
    2,
    "Worth of a page to a fully satisfied user, beside what was viewed [1/page]",
  ),
  viewMinutes: parameter(0, 10, 0.5, "Minutes of attention that opening an item is worth [minutes]"),
});
export type ObjectivesOptions = z.infer<typeof objectivesOptions>;

/** User value of a page: `Σ enjoyment of its views + contentment · satisfaction after it` [1]. */
export function userValueOf(pageEnjoyment: number, satisfaction: number, options: ObjectivesOptions): number {
  return pageEnjoyment + options.contentment * satisfaction;
}

/**
 * Marginal benefit of an impression to its creator, in (0, 1]: `1 / (1 + x)`, the derivative of `ln(1 + x)`.
 *
 * @param relativeExposure - remembered daily impressions over a fair share, x >= 0
 */
export function creatorBenefit(relativeExposure: number): number {
  return 1 / (1 + relativeExposure);
}

/** Engagement of a page [minutes]: `viewMinutes · views + minutes watched`. */
export function engagementOf(views: number, minutes: number, options: ObjectivesOptions): number {
  return options.viewMinutes * views + minutes;
}

/** Ecosystem value of a page: the weighted sum of the three objectives. */
export function rewardOf(
  userValue: number,
  creatorValue: number,
  engagement: number,
  options: ObjectivesOptions,
): number {
  return (
    options.userWeight * userValue +
    options.creatorWeight * creatorValue +
    options.engagementWeight * engagement
  );
}
