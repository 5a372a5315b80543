import * as z from "zod";
import { logistic, parameter } from "./parameter.ts";

/** Options of how users respond to sponsored positions. */
export const sponsoredResponseOptions = z.strictObject({
  openBase: parameter(-10, 10, -2.4, "Logit of opening a middling advertisement [logit]"),
  openMatch: parameter(0, 10, 2, "Logit gained by interest in its topic, centred at 0.4 [logit]"),
  openAppeal: parameter(0, 10, 1.5, "Logit gained by its creative's appeal, centred at 0.5 [logit]"),
  openWeariness: parameter(0, 10, 1, "Logit lost at full weariness of advertisements [logit]"),
  openTrust: parameter(0, 10, 0.5, "Logit gained by trust in the platform, centred at 0.5 [logit]"),
  annoyance: parameter(
    0,
    5,
    0.15,
    "Enjoyment lost by a look at an advertisement that means nothing to the user [1]",
  ),
  wearyAnnoyance: parameter(0, 5, 0.3, "Enjoyment lost besides at full weariness [1]"),
  relevance: parameter(
    0,
    5,
    0.35,
    "Enjoyment gained by a look at full interest in its topic and full appeal [1]",
  ),
  landing: parameter(
    0,
    5,
    0.4,
    "Enjoyment gained or lost once opened, by what is advertised, centred at 0.5 [1]",
  ),
  openMinutes: parameter(0, 60, 0.3, "Minutes of attention that an opened advertisement takes [minutes]"),
  wearinessGain: parameter(0, 1, 0.08, "Share of the distance to full weariness that a look moves [1/look]"),
  wearinessRetention: parameter(0, 1, 0.93, "Share of weariness that is left a step later [1/step]"),
  conversionMatch: parameter(
    0,
    10,
    1,
    "Logit of converting gained by interest in its topic, centred at 0.4 [logit]",
  ),
});
export type SponsoredResponseOptions = z.infer<typeof sponsoredResponseOptions>;

/**
 * Chance that an advertisement which is looked at is opened:
 * `σ(openBase + openMatch·(x − 0.4) + openAppeal·(a − 0.5) − openWeariness·w + openTrust·(t − 0.5))`.
 *
 * @param interest - the user's interest x in the campaign's topic, in [0, 1]
 * @param appeal - the creative's appeal a, in (0, 1)
 * @param weariness - the user's weariness of advertisements w, in [0, 1]
 * @param trust - trust t, in [0, 1]
 */
export function sponsoredOpenProbability(
  interest: number,
  appeal: number,
  weariness: number,
  trust: number,
  options: SponsoredResponseOptions,
): number {
  return logistic(
    options.openBase +
      options.openMatch * (interest - 0.4) +
      options.openAppeal * (appeal - 0.5) -
      options.openWeariness * weariness +
      options.openTrust * (trust - 0.5),
  );
}

/**
 * Enjoyment of a look at an advertisement, in (−1, 1):
 * `tanh(relevance·x·a − annoyance − wearyAnnoyance·w + opened·landing·(q − 0.5))`; below zero unless it is relevant.
 *
 * @param opened - 1 when it was opened, else 0
 * @param landing - quality q of what is advertised, in (0, 1)
 */
export function sponsoredEnjoyment(
  interest: number,
  appeal: number,
  weariness: number,
  opened: number,
  landing: number,
  options: SponsoredResponseOptions,
): number {
  return Math.tanh(
    options.relevance * interest * appeal -
      options.annoyance -
      options.wearyAnnoyance * weariness +
      opened * options.landing * (landing - 0.5),
  );
}

/** Weariness of advertisements after a look at one, in [0, 1]: `w + wearinessGain·(1 − w)`. */
export function wearied(weariness: number, options: SponsoredResponseOptions): number {
  return weariness + options.wearinessGain * (1 - weariness);
}

/**
 * Chance that a click converts, sooner or later: `σ(ln(c/(1 − c)) + conversionMatch·(x − 0.4))`.
 *
 * @param logit - the campaign's own `ln(c/(1 − c))`
 */
export function conversionProbability(
  logit: number,
  interest: number,
  options: SponsoredResponseOptions,
): number {
  return logistic(logit + options.conversionMatch * (interest - 0.4));
}
