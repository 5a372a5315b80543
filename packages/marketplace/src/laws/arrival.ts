import * as z from "zod";
import { parameter } from "./parameter.ts";

/** Options of newcomers among users and of what differs between users. */
export const arrivalOptions = z.strictObject({
  rate: parameter(
    0,
    1,
    0.012,
    "Chance in a step that a newcomer takes an empty slot, when users are half satisfied [1/step]",
  ),
  wordOfMouth: parameter(0, 1, 0.7, "Share of that chance that is proportional to mean satisfaction [0..1]"),
  startGap: parameter(0, 100, 8, "Users of a new world first visit uniformly within this time [steps]"),
  mobileShare: parameter(0, 1, 0.5, "Share of users on a mobile device, which the platform sees [0..1]"),
  preferredLength: parameter(-4, 5, 0.6, "Mean of the length that suits a user [log2 minutes]"),
  preferredLengthSpread: parameter(0, 5, 0.9, "Standard deviation of that length [log2 minutes]"),
  mobileShorter: parameter(
    0,
    5,
    1.6,
    "By how much shorter the length is that suits on a mobile device [log2 minutes]",
  ),
  aversionSpread: parameter(
    0,
    2,
    0.6,
    "Standard deviation of a user's log aversion to clickbait, whose median is 1 [1]",
  ),
});
export type ArrivalOptions = z.infer<typeof arrivalOptions>;

/**
 * Chance that an empty slot is taken in a step: `rate · (1 − w + 2·w·S)`, capped at 1: word of mouth.
 *
 * @param meanSatisfaction - mean satisfaction S of the users there are
 */
export function arrivalProbability(meanSatisfaction: number, options: ArrivalOptions): number {
  return Math.min(1, options.rate * (1 - options.wordOfMouth + 2 * options.wordOfMouth * meanSatisfaction));
}
