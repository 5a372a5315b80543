import * as z from "zod";
import { parameter } from "./parameter.ts";

/** Options of adversaries: creators of harmful items who find out how much the platform lets pass. */
export const evasionOptions = z.strictObject({
  share: parameter(0, 1, 0.05, "Share of creators who are adversaries [0..1]"),
  risk: parameter(-10, 10, 2, "Their tendency to harmful items [logit]"),
  severity: parameter(
    0,
    10,
    2.5,
    "By how much their harmful items would score above others' without evasion [logit]",
  ),
  appeal: parameter(0, 1, 0.1, "Appeal gained by severity, and lost by evasion [1/logit]"),
  startAim: parameter(-10, 10, 0, "Score at which they aim at first [logit]"),
  firstStep: parameter(0.001, 10, 1, "First step of their search [logit]"),
  finestStep: parameter(0.001, 10, 0.0625, "Finest step of their search [logit]"),
  largestStep: parameter(0.001, 20, 4, "Largest step of their search [logit]"),
  noise: parameter(0, 5, 0.1, "Standard deviation with which they miss the score they aim at [logit]"),
});
export type EvasionOptions = z.infer<typeof evasionOptions>;

/** Places in what {@link nextProbe} changes. */
export const PROBE = { aim: 0, step: 1, run: 2, length: 3 } as const;

/**
 * One step of an adversary's search for the threshold, after a day on which items were made for the aim.
 *
 * `run` counts days in a row with the same answer, positive for "passed", negative for "held back". The aim moves up by
 * the step after "passed", down after "held back". The step is halved when the answer changes, kept at the second same
 * answer, and doubled from the third on, within `[finestStep, largestStep]`: under one threshold three same answers in a
 * row do not happen once it has been crossed, so they say that it has moved.
 *
 * @param probe - see {@link PROBE}, at `offset`
 * @see Taylor & Creelman (1967), "PEST: Efficient estimates on probability functions"; halving at reversals alone is
 * Kesten (1958)
 */
export function nextProbe(
  probe: Float64Array,
  offset: number,
  heldBack: boolean,
  options: EvasionOptions,
): void {
  const direction = heldBack ? -1 : 1;
  const before = probe[offset + PROBE.run]!;
  const same = before * direction > 0;
  const run = same ? before + direction : direction;
  let step = probe[offset + PROBE.step]!;
  if (before !== 0 && !same) step = Math.max(options.finestStep, step / 2);
  else if (Math.abs(run) >= 3) step = Math.min(options.largestStep, 2 * step);
  probe[offset + PROBE.aim] = probe[offset + PROBE.aim]! + direction * step;
  probe[offset + PROBE.step] = step;
  probe[offset + PROBE.run] = run;
}

/**
 * What an adversary takes off an item's score [logit], >= 0: `score + severity − aim`, as far as it is above 0.
 *
 * @param scoreLogit - what the item would score if an ordinary creator had made it [logit]
 * @param aim - score at which the adversary aims [logit]
 */
export function evasionOf(scoreLogit: number, aim: number, options: EvasionOptions): number {
  return Math.max(0, scoreLogit + options.severity - aim);
}

/** Appeal of an adversary's harmful item, in [0, 1.5]: `a + appeal · (severity − evasion)`, clipped. */
export function evadedAppeal(appeal: number, evasion: number, options: EvasionOptions): number {
  return Math.min(1.5, Math.max(0, appeal + options.appeal * (options.severity - evasion)));
}
