import { normalQuantile } from "@longview/statistics";
import * as z from "zod";
import { parameter } from "./parameter.ts";

/** Options of delayed feedback. */
export const delaysOptions = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe("Whether feedback is late; without it, it is there at the end of its day"),
  reportDays: parameter(0, 60, 1.5, "Mean time from a report to its arrival, after its day's end [days]"),
  conversionDays: parameter(
    0,
    60,
    3,
    "Mean time from a click to its conversion, after its day's end, if it converts [days]",
  ),
});
export type DelaysOptions = z.infer<typeof delaysOptions>;

/**
 * Chance in a day that waiting feedback arrives: `1 / (1 + mean)`. The delay is then geometric,
 * `P(k days) = h (1 − h)^k` for k = 0, 1, …, with that mean.
 *
 * @param meanDays - mean delay [days], >= 0
 */
export function arrivalHazard(meanDays: number): number {
  return 1 / (1 + meanDays);
}

/** Days of a geometric delay with the given mean, by inverse distribution: `⌊ln u / ln(1 − h)⌋`, h of {@link arrivalHazard}. */
export function geometricDelay(uniform: number, meanDays: number): number {
  if (meanDays <= 0) return 0;
  return Math.floor(Math.log(uniform) / Math.log(1 - arrivalHazard(meanDays)));
}

/**
 * How many of `waiting` arrive today, each with chance `hazard`: the binomial quantile of one draw.
 *
 * Exact while `waiting · ln(1 − min(h, 1 − h)) > −600`; beyond that (more than 860 are waiting) by the normal quantile
 * with the Cornish–Fisher term of skewness.
 *
 * @param uniforms - a draw in (0, 1) at place 0; more arrive the larger it is. Numbers come in arrays, since one that is
 *   handed over by itself is allocated
 * @param waiting - whole number >= 0
 * @param hazards - `hazard` in [0, 1] at place 0
 */
export function arrivedCount(uniforms: Float64Array, waiting: number, hazards: Float64Array): number {
  const hazard = hazards[0]!;
  if (hazard <= 0 || waiting === 0) return 0;
  if (hazard >= 1) return waiting;
  const mirrored = hazard > 0.5;
  asked[0] = mirrored ? 1 - uniforms[0]! : uniforms[0]!;
  asked[1] = mirrored ? 1 - hazard : hazard;
  return mirrored ? waiting - binomialQuantile(waiting) : binomialQuantile(waiting);
}

/** Uniform and chance of {@link binomialQuantile}. */
const asked = new Float64Array(2);

/** Smallest k with P(Binomial(count, chance) <= k) > uniform, for a chance in (0, ½]; both in `asked`. */
function binomialQuantile(count: number): number {
  const uniform = asked[0]!;
  const chance = asked[1]!;
  const none = count * Math.log1p(-chance);
  if (none <= -600) {
    const normal = normalQuantile(uniform);
    const deviation = Math.sqrt(count * chance * (1 - chance));
    const skew = ((1 - 2 * chance) * (normal * normal - 1)) / 6;
    return Math.min(count, Math.max(0, Math.ceil(count * chance + deviation * normal + skew - 0.5)));
  }
  const odds = chance / (1 - chance);
  let term = Math.exp(none);
  let cumulative = term;
  let k = 0;
  while (uniform >= cumulative && k < count) {
    k++;
    term *= ((count - k + 1) / k) * odds;
    cumulative += term;
  }
  return k;
}
