import * as z from "zod";
import { parameter, wholeParameter } from "./parameter.ts";

/** Options of reports and of what they set off. */
export const reportsOptions = z.strictObject({
  eagerness: parameter(
    0,
    3,
    0.8,
    "Standard deviation of the log of how readily a user reports, whose mean is 1 [1]",
  ),
  reviewAt: wholeParameter(1, 1000, 2, "Arrived reports at which an item is due for review [reports]"),
  holdAt: wholeParameter(1, 1000, 6, "Arrived reports at which it is held back until then [reports]"),
});
export type ReportsOptions = z.infer<typeof reportsOptions>;

/**
 * How readily a user reports, true or false, beside the average: `exp(σ z − σ²/2)`, mean 1. It multiplies the chance of a
 * report.
 *
 * @param normal - standard normal draw z, once a user
 */
export function reportingFactor(normal: number, options: ReportsOptions): number {
  const spread = options.eagerness;
  return Math.exp(spread * normal - (spread * spread) / 2);
}
