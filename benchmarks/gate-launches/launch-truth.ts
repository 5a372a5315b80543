import { normalQuantile } from "@longview/statistics";
import type { LaunchKind } from "./launch-kinds.ts";
import { HARM_LIMIT, MARGINS } from "./launch-spec.ts";
import { GROUPS, type LaunchWorld, valueOf } from "./launch-world.ts";

/** Mean of squares over mean of the number of decisions of a user: 1 to 7, equally likely. */
export const DECISIONS_INFLATION = 5;

/** What is true of a launch, by finite sums. */
export interface LaunchTruth {
  readonly engagementLift: number;
  readonly longRunLift: number;
  readonly creatorLift: number;
  readonly harm: number;
  /** Whether the candidate should ship on this evidence. */
  readonly shouldShip: boolean;
}

/** Exact effects, and whether the launch should ship: never on evidence that is corrupted or lacks support. */
export function truthOf(
  { corruption, gap, harmLimit = HARM_LIMIT }: LaunchKind,
  world: LaunchWorld,
): LaunchTruth {
  const { candidate, logging, means } = world;
  const lift = (table: Float64Array): number => valueOf(candidate, table) - valueOf(logging, table);
  const engagementLift = lift(means.engagement);
  const longRunLift = lift(means.longRunValue);
  const creatorLift = lift(means.newCreatorShare);
  const harm = valueOf(candidate, means.harm);
  return {
    engagementLift,
    longRunLift,
    creatorLift,
    harm,
    shouldShip:
      corruption === undefined &&
      gap === undefined &&
      engagementLift > 1e-9 &&
      longRunLift > -MARGINS.longRunValue &&
      creatorLift > -MARGINS.newCreatorShare &&
      harm <= harmLimit,
  };
}

/**
 * Variance of engagement's paired lift times the number of decisions, exactly: with `t = (w − 1)(r − c)`, `c` the baseline of least
 * variance and `m(g) = E[t | group g]`,
 *
 * `V = E[t² − m(g)²] + (E[N²] / E[N]) Var m(g)`
 *
 * for users of N decisions who stay in their group (`inflation` is the ratio; 1 where every decision is another user's). A user's own effect on engagement adds nothing, since `Σ (π − μ) = 0`.
 */
export function liftVariance(
  { candidate, logging, means }: LaunchWorld,
  inflation = DECISIONS_INFLATION,
): number {
  const engagement = means.engagement;
  const items = engagement.length / GROUPS;
  let square = 0;
  let squareReward = 0;
  for (let cell = 0; cell < engagement.length; cell++) {
    const away = candidate[cell]! / logging[cell]! - 1;
    square += logging[cell]! * away * away;
    squareReward += logging[cell]! * away * away * engagement[cell]!;
  }
  const baseline = squareReward / square;
  let within = 0;
  let lift = 0;
  let lifts = 0;
  for (let start = 0; start < engagement.length; start += items) {
    let mean = 0;
    for (let cell = start; cell < start + items; cell++) {
      const p = engagement[cell]!;
      const away = candidate[cell]! / logging[cell]! - 1;
      mean += (candidate[cell]! - logging[cell]!) * p;
      within += logging[cell]! * away * away * (p * (1 - baseline) ** 2 + (1 - p) * baseline ** 2);
    }
    within -= mean * mean;
    lift += mean / GROUPS;
    lifts += (mean * mean) / GROUPS;
  }
  return within / GROUPS + inflation * (lifts - lift * lift);
}

/** Standard errors between 0 and a lift for which the two-sided 95 % test has a power of 90 %. */
export const POWERFUL = normalQuantile(0.975) + normalQuantile(0.9);

/** Decisions with which the two-sided 95 % test of engagement's lift has a power of 90 %. */
export function sizedRows(world: LaunchWorld): number {
  const lift =
    valueOf(world.candidate, world.means.engagement) - valueOf(world.logging, world.means.engagement);
  return Math.ceil((POWERFUL / lift) ** 2 * liftVariance(world));
}
