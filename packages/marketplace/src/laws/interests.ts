import * as z from "zod";
import { logistic, parameter } from "./parameter.ts";

/** Options of a user's topic interests. */
export const interestsOptions = z.strictObject({
  mean: parameter(
    -6,
    6,
    -1,
    "Mean of the normal whose logistic is a user's starting interest in a topic [logit]",
  ),
  spread: parameter(0, 5, 1.6, "Standard deviation of that normal [logit]"),
  driftRate: parameter(
    0,
    0.5,
    0.04,
    "Share of the remaining distance that interest moves on a view of full enjoyment [1/view]",
  ),
});
export type InterestsOptions = z.infer<typeof interestsOptions>;

/** Starting interest in one topic: `logistic(mean + spread · z)`, in (0, 1); `normal` is a standard normal draw. */
export function startingInterest(normal: number, options: InterestsOptions): number {
  return logistic(options.mean + options.spread * normal);
}

/**
 * Interest in a topic after a view, in [0, 1].
 *
 * `i + r·m·e·(1 − i)` when the view was enjoyed (e > 0), `i + r·m·e·i` when it was regretted: what pleases
 * attracts, what disappoints repels, and both saturate.
 *
 * @param interest - interest before, in [0, 1]
 * @param weight - the item's weight m on this topic, in [0, 1]
 * @param enjoyment - enjoyment e of the view, in (−1, 1)
 * @see Interest evolution of RecSim (Ie et al., 2019), with saturation added
 */
export function driftedInterest(
  interest: number,
  weight: number,
  enjoyment: number,
  options: InterestsOptions,
): number {
  return interest + options.driftRate * weight * enjoyment * (enjoyment > 0 ? 1 - interest : interest);
}
