import * as z from "zod";
import { parameter } from "./parameter.ts";

/** Options of what a day's work costs a creator. A living is what a fair share of exposure pays. */
export const creatorCostOptions = z.strictObject({
  volume: parameter(0, 10, 0.12, "Cost of the usual volume; grows with its square [living/day]"),
  effort: parameter(
    0,
    10,
    0.4,
    "Cost of full effort at the usual volume; grows with its square [living/day]",
  ),
  taste: parameter(
    0,
    10,
    0.03,
    "Cost of working one logit of clickbait away from one's own tendency; grows with its square [living/day]",
  ),
  topic: parameter(0, 10, 0.3, "Cost of changing the topic, spread over the time that it pays [living/day]"),
});
export type CreatorCostOptions = z.infer<typeof creatorCostOptions>;

/**
 * Cost of a day's work [living/day]: `volume·v² + effort·v·e² + taste·(β − β₀)² + topic·moved`.
 *
 * @param volume - items over the usual number v, >= 0
 * @param effort - effort put into each item e, in [0, 1]
 * @param baitShift - clickbait away from one's own tendency, β − β₀ [logit]
 * @param moved - 1 when the topic is another than before, else 0
 */
export function creatorCost(
  volume: number,
  effort: number,
  baitShift: number,
  moved: number,
  options: CreatorCostOptions,
): number {
  return (
    options.volume * volume * volume +
    options.effort * volume * effort * effort +
    options.taste * baitShift * baitShift +
    options.topic * moved
  );
}
