import type { RddlInstance } from "./instance.ts";
import type { RddlEcosystemOptions } from "./options.ts";

const NODES = 2000;

/**
 * E‖N(μ, I)‖ in the plane at ‖μ‖ = `distance`, the mean of Rice's law:
 * `√(π/2) e^(−x) ((1 + 2x) I₀(x) + 2x I₁(x))` with `x = distance² / 4`.
 */
export function meanNoisyDistance(distance: number): number {
  const x = (distance * distance) / 4;
  let zero = 0;
  let one = 0;
  for (let i = 0; i < NODES; i++) {
    // e^(−x) I_n(x) by its integral over [0, π]; midpoints of a periodic function converge geometrically.
    const cosine = Math.cos((Math.PI * (i + 0.5)) / NODES);
    const scaled = Math.exp(x * (cosine - 1)) / NODES;
    zero += scaled;
    one += scaled * cosine;
  }
  return Math.sqrt(Math.PI / 2) * ((1 + 2 * x) * zero + 2 * x * one);
}

/**
 * Exact mean return of uniformly random recommendations in an instance with two features, equal discounts and a horizon of
 * at least 3: random recommendations favour nobody, so at every step a slot is each provider's with the same probability.
 *
 * @throws RangeError for other instances
 */
export function randomReturn(
  instance: RddlInstance,
  options: Pick<RddlEcosystemOptions, "featureOwner" | "rewardTiming">,
): number {
  const { affinities, competences, discounts, maximumAffinity, horizon } = instance;
  if (affinities[0]?.length !== 2 || horizon < 3 || discounts.some((discount) => discount !== discounts[0]))
    throw new RangeError("randomReturn: needs two features, equal discounts and a horizon >= 3");
  const counted = options.rewardTiming === "immediate" ? horizon : horizon - 1;
  let total = 0;
  for (const [x = 0, y = 0] of affinities) {
    const origin = Math.hypot(x, y);
    const owned = competences.map(([a = 0, b = 0]) => meanNoisyDistance(Math.hypot(x - a, y - b)));
    const later = owned.reduce((sum, distance) => sum + distance, 0) / competences.length;
    const second = options.featureOwner === "current" ? later : meanNoisyDistance(origin);
    total += counted * maximumAffinity - origin - second - (counted - 2) * later;
  }
  return total;
}
