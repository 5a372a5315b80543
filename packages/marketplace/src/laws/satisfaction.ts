import * as z from "zod";
import { logistic, parameter } from "./parameter.ts";

/** Options of satisfaction, trust and fatigue. */
export const satisfactionOptions = z.strictObject({
  start: parameter(0, 1, 0.5, "Satisfaction of a newcomer [0..1]"),
  startSpread: parameter(
    0,
    0.5,
    0.1,
    "Half-width of the uniform spread of starting satisfaction and trust [0..1]",
  ),
  rate: parameter(0, 1, 0.05, "Share of the distance to a page's target that satisfaction moves [1/page]"),
  targetBase: parameter(-5, 5, -1, "Target logit of a page without any view [logit]"),
  targetGain: parameter(0, 10, 1.7, "Target logit gained by a unit of the page's enjoyment [logit]"),
  trustStart: parameter(0, 1, 0.6, "Trust of a newcomer [0..1]"),
  trustGain: parameter(
    0,
    1,
    0.02,
    "Trust gained by a unit of enjoyment, of the distance to full trust [1/page]",
  ),
  trustLoss: parameter(0, 1, 0.04, "Trust lost by a unit of deception, of the trust there is [1/page]"),
  harmDeception: parameter(0, 10, 0.3, "Deception of a harmful view [1]"),
  fatiguePage: parameter(0, 1, 0.06, "Fatigue gained by a page [1/page]"),
  fatigueMinute: parameter(0, 1, 0.015, "Fatigue gained by a minute watched [1/minute]"),
  fatigueRetention: parameter(
    0,
    1,
    0.6,
    "Share of fatigue that is left after a step out of session [1/step]",
  ),
});
export type SatisfactionOptions = z.infer<typeof satisfactionOptions>;

/**
 * Satisfaction after a page, in (0, 1): `s + rate · (logistic(targetBase + targetGain · E) − s)`.
 *
 * @param pageEnjoyment - summed enjoyment E of the page's views
 */
export function nextSatisfaction(
  satisfaction: number,
  pageEnjoyment: number,
  options: SatisfactionOptions,
): number {
  const target = logistic(options.targetBase + options.targetGain * pageEnjoyment);
  return satisfaction + options.rate * (target - satisfaction);
}

/** Deception of a view: what its clickbait promised above its quality, `max(0, b − q) + harmDeception · h`. */
export function deceptionOf(
  bait: number,
  quality: number,
  harmful: number,
  options: SatisfactionOptions,
): number {
  return (bait > quality ? bait - quality : 0) + options.harmDeception * harmful;
}

/**
 * Trust after a page, in [0, 1]: `t + trustGain · max(0, E) · (1 − t) − min(1, trustLoss · D) · t`.
 * Slow to earn, quick to lose.
 *
 * @param deception - summed {@link deceptionOf} D of the page's views
 */
export function nextTrust(
  trust: number,
  pageEnjoyment: number,
  deception: number,
  options: SatisfactionOptions,
): number {
  const gain = Math.min(1, options.trustGain * Math.max(0, pageEnjoyment)) * (1 - trust);
  return Math.min(1, Math.max(0, trust + gain - Math.min(1, options.trustLoss * deception) * trust));
}

/** Fatigue after a page, in [0, 1]: `min(1, f + fatiguePage + fatigueMinute · minutes)`. */
export function nextFatigue(fatigue: number, minutes: number, options: SatisfactionOptions): number {
  return Math.min(1, fatigue + options.fatiguePage + options.fatigueMinute * minutes);
}
