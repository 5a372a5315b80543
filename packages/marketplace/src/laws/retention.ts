import * as z from "zod";
import { logistic, parameter, wholeParameter } from "./parameter.ts";

/** Options of what happens when a session has ended: leaving for good, or coming back. */
export const retentionOptions = z.strictObject({
  churnBase: parameter(-20, 20, 1.5, "Churn logit at zero satisfaction and trust [logit]"),
  churnSatisfaction: parameter(0, 30, 8, "Churn logit lost at full satisfaction [logit]"),
  churnTrust: parameter(0, 30, 2.5, "Churn logit lost at full trust [logit]"),
  returnBase: parameter(-10, 10, -1.3, "Logit of returning in a step at satisfaction and trust 0.5 [logit]"),
  returnSatisfaction: parameter(0, 20, 4, "Return logit gained by satisfaction, centred at 0.5 [logit]"),
  returnTrust: parameter(0, 20, 1.5, "Return logit gained by trust, centred at 0.5 [logit]"),
  longestGap: wholeParameter(1, 1000, 40, "Longest gap between sessions [steps]"),
});
export type RetentionOptions = z.infer<typeof retentionOptions>;

/** Probability to leave for good at a session's end: `logistic(churnBase − churnSatisfaction·s − churnTrust·t)`. */
export function churnProbability(satisfaction: number, trust: number, options: RetentionOptions): number {
  return logistic(options.churnBase - options.churnSatisfaction * satisfaction - options.churnTrust * trust);
}

/** Hazard of returning in a step: `logistic(returnBase + returnSatisfaction·(s − ½) + returnTrust·(t − ½))`. */
export function returnHazard(satisfaction: number, trust: number, options: RetentionOptions): number {
  return logistic(
    options.returnBase +
      options.returnSatisfaction * (satisfaction - 0.5) +
      options.returnTrust * (trust - 0.5),
  );
}

/**
 * Steps until the return, geometric by inverse distribution: `min(longestGap, 1 + ⌊ln u / ln(1 − h)⌋)`.
 *
 * @param uniform - a draw u in (0, 1)
 * @param hazard - {@link returnHazard}
 */
export function returnGap(uniform: number, hazard: number, options: RetentionOptions): number {
  if (hazard >= 1) return 1;
  if (1 - hazard >= 1) return options.longestGap;
  return Math.min(options.longestGap, 1 + Math.floor(Math.log(uniform) / Math.log(1 - hazard)));
}
