import * as z from "zod";
import { parameter } from "./parameter.ts";

/** Options of how much a view is enjoyed and how completely it is watched. */
export const enjoymentOptions = z.strictObject({
  base: parameter(-5, 5, 1.1, "Enjoyment of a middling item before squashing [1]"),
  match: parameter(0, 10, 1.6, "Weight of interest match, centred at 0.4 [1]"),
  quality: parameter(0, 10, 2.4, "Weight of latent quality, centred at 0.5 [1]"),
  clickbait: parameter(0, 10, 1.2, "Weight of clickbait for a user of average aversion; a loss [1]"),
  harm: parameter(0, 10, 0.2, "Loss from a harmful item [1]"),
  satiation: parameter(0, 10, 1.2, "Loss at full satiation with the item's topics [1]"),
  length: parameter(0, 10, 2.2, "Largest loss from a length that does not suit the user [1]"),
  fatigueLength: parameter(0, 8, 3, "By how much full fatigue shortens the length that suits [log2 minutes]"),
  completionBase: parameter(-5, 5, 0.2, "Completion logit at zero enjoyment [logit]"),
  completionEnjoyment: parameter(0, 10, 1.8, "Completion logit gained by enjoyment [logit]"),
  completionNoise: parameter(
    0,
    5,
    0.4,
    "Scale of the logistic noise of the completion logit; its deviation is 1.8 times that [logit]",
  ),
});
export type EnjoymentOptions = z.infer<typeof enjoymentOptions>;

/**
 * Loss from a length that does not suit: `Δ² / (1 + Δ²)`, in [0, 1), with
 * `Δ = (log₂ minutes − preferred + fatigueLength · fatigue) / 1.5`.
 */
export function lengthMismatch(
  logMinutes: number,
  preferred: number,
  fatigue: number,
  options: EnjoymentOptions,
): number {
  const distance = (logMinutes - preferred + options.fatigueLength * fatigue) / 1.5;
  const square = distance * distance;
  return square / (1 + square);
}

/**
 * Enjoyment of a view, in (−1, 1):
 * `tanh(base + match·(x − 0.4) + quality·(q − 0.5) − clickbait·a·b − harm·h − satiation·s − length·l)`.
 *
 * @param match - interest match x, in [0, 1]
 * @param quality - latent quality q, in (0, 1)
 * @param bait - clickbait b times the user's aversion a, >= 0
 * @param harmful - 1 for a harmful item, else 0
 * @param satiation - satiation s with the item's topics, in [0, 1]
 * @param mismatch - {@link lengthMismatch} l
 */
export function enjoymentOf(
  match: number,
  quality: number,
  bait: number,
  harmful: number,
  satiation: number,
  mismatch: number,
  options: EnjoymentOptions,
): number {
  return Math.tanh(
    options.base +
      options.match * (match - 0.4) +
      options.quality * (quality - 0.5) -
      options.clickbait * bait -
      options.harm * harmful -
      options.satiation * satiation -
      options.length * mismatch,
  );
}

/**
 * Share of a view that is watched: `logistic(completionBase + completionEnjoyment·e + completionNoise·ln(u / (1 − u)))`.
 *
 * @param uniform - a draw u in (0, 1); 0.5 gives the median
 */
export function completionOf(enjoyment: number, uniform: number, options: EnjoymentOptions): number {
  const logit =
    options.completionBase +
    options.completionEnjoyment * enjoyment +
    options.completionNoise * Math.log(uniform / (1 - uniform));
  return 1 / (1 + Math.exp(-logit));
}
