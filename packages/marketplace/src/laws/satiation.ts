import * as z from "zod";
import { parameter } from "./parameter.ts";

/** Options of a user's satiation with topics. */
export const satiationOptions = z.strictObject({
  gain: parameter(0, 1, 0.35, "Share of the remaining room that a view of a pure topic fills [1/view]"),
  retention: parameter(0, 1, 0.88, "Share of satiation that is left a step later [1/step]"),
});
export type SatiationOptions = z.infer<typeof satiationOptions>;

/** Satiation with a topic after a view: `s + gain · m · (1 − s)`, in [0, 1]; m is the item's weight on the topic. */
export function satiated(satiation: number, weight: number, options: SatiationOptions): number {
  return satiation + options.gain * weight * (1 - satiation);
}

/** Factor by which satiation shrinks over `steps` steps: `retention^steps`. */
export function satiationDecay(steps: number, options: SatiationOptions): number {
  return Math.pow(options.retention, steps);
}
