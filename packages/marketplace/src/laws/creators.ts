import * as z from "zod";
import { parameter, wholeParameter } from "./parameter.ts";

/** Options of creators: what they are, how they respond, when they leave, who comes. */
export const creatorsOptions = z.strictObject({
  capacity: wholeParameter(2, 20000, 80, "Creator slots [creators]"),
  startShare: parameter(0.05, 1, 0.8, "Share of slots taken when a world begins [0..1]"),
  skillSpread: parameter(0, 4, 1, "Standard deviation of skill [logit of quality]"),
  baitMean: parameter(-6, 6, -0.5, "Mean tendency to clickbait [logit]"),
  baitSpread: parameter(0, 4, 1.1, "Standard deviation of that tendency [logit]"),
  riskMean: parameter(-10, 3, -3.2, "Mean tendency to harmful items [logit]"),
  riskSpread: parameter(0, 4, 1.4, "Standard deviation of that tendency [logit]"),
  coldStart: parameter(0, 4, 0.9, "Skill that a newcomer lacks at first [logit]"),
  learningItems: parameter(0.5, 100, 6, "Items after which a newcomer lacks 1/e of that [items]"),
  newDays: wholeParameter(1, 60, 14, "A creator counts as new for so long [days]"),
  production: parameter(0, 4, 1, "Items a day at full motivation [items/day]"),
  motivationStart: parameter(0, 1, 0.6, "Motivation of a newcomer [0..1]"),
  motivationRate: parameter(0, 1, 0.12, "Share of the distance to its target that motivation moves [1/day]"),
  exposureWeight: parameter(0, 10, 1.1, "Weight of relative exposure in the target of motivation [1]"),
  appreciationWeight: parameter(0, 10, 1, "Weight of relative likes in the target of motivation [1]"),
  effort: parameter(0, 4, 0.9, "Quality logit gained between no and full motivation [logit]"),
  imitation: parameter(0, 2, 0.15, "How fast tendency to clickbait follows what is shown [logit/day]"),
  leaveRate: parameter(0, 1, 0.08, "Chance to leave in a day without motivation [1/day]"),
  leaveSlope: parameter(0, 20, 4, "How fast that chance falls with motivation [1]"),
  entryRate: parameter(0, 1, 0.05, "Chance in a day that a newcomer takes an empty slot [1/day]"),
  exposureMemory: parameter(0, 0.999, 0.8, "Share of remembered exposure that is left a day later [1/day]"),
});
export type CreatorsOptions = z.infer<typeof creatorsOptions>;

/** Skill with which a creator works: `skill − coldStart · exp(−items / learningItems)` [logit]. */
export function workingSkill(skill: number, itemsMade: number, options: CreatorsOptions): number {
  return skill - options.coldStart * Math.exp(-itemsMade / options.learningItems);
}

/**
 * Motivation after a day, in [0, 1]: moves by `motivationRate` to `1 − exp(−exposureWeight·x − appreciationWeight·a)`.
 *
 * @param exposure - remembered impressions over a fair share, x >= 0
 * @param appreciation - remembered likes over a fair share, a >= 0
 */
export function nextMotivation(
  motivation: number,
  exposure: number,
  appreciation: number,
  options: CreatorsOptions,
): number {
  const target = 1 - Math.exp(-options.exposureWeight * exposure - options.appreciationWeight * appreciation);
  return motivation + options.motivationRate * (target - motivation);
}

/** Chance to leave in a day: `leaveRate · exp(−leaveSlope · motivation)`: neglect drives away. */
export function leaveProbability(motivation: number, options: CreatorsOptions): number {
  return options.leaveRate * Math.exp(-options.leaveSlope * motivation);
}

/**
 * Items made in a day: the whole part of `rate + u`, with `rate = production · motivation · activity`, at most `most`.
 *
 * @param uniform - a draw u in (0, 1), so the mean is the rate
 * @param activity - how active this creator is beside the average, 1 without a catalogue
 * @param most - items a day at most
 */
export function itemsProduced(
  uniform: number,
  motivation: number,
  activity: number,
  most: number,
  options: CreatorsOptions,
): number {
  return Math.min(most, Math.floor(options.production * motivation * activity + uniform));
}

/**
 * Tendency to clickbait after a day [logit]: `β + imitation · (B − b) · 4`, creators make more of what is shown.
 *
 * @param tendency - β
 * @param ownBait - the creator's clickbait level b = logistic(β)
 * @param shownBait - impression-weighted clickbait B of the day, in (0, 1)
 */
export function imitatedTendency(
  tendency: number,
  ownBait: number,
  shownBait: number,
  options: CreatorsOptions,
): number {
  return tendency + options.imitation * 4 * (shownBait - ownBait);
}
