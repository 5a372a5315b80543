import type { RowEnvironment } from "@longview/environment";
import type { ProductPolicy } from "../../src/recogym/index.ts";
import { runWholeEpisodes } from "../../src/recsim/index.ts";

/** Estimates over whole visits, each with its standard error. */
export interface VisitStatistics {
  /** Clicks a recommendation, over all of them; the error by the delta method over visits. */
  readonly clickRate: readonly [number, number];
  /** Recommendations a visit that has any. */
  readonly length: readonly [number, number];
}

/** Runs a policy for the first `visitsPerRow` visits of every row. */
export function runVisits<World extends RowEnvironment>(
  world: World,
  policy: ProductPolicy<World>,
  visitsPerRow: number,
): VisitStatistics {
  const { episodes: visits, returns: clicks, lengths } = runWholeEpisodes(world, policy, visitsPerRow);
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const length = sum(lengths) / visits;
  const rate = sum(clicks) / sum(lengths);
  const deviation = (values: Float64Array) =>
    Math.sqrt(values.reduce((total, value) => total + value * value, 0) / visits);
  return {
    clickRate: [
      rate,
      deviation(clicks.map((count, i) => count - rate * lengths[i]!)) / length / Math.sqrt(visits),
    ],
    length: [length, deviation(lengths.map((value) => value - length)) / Math.sqrt(visits)],
  };
}

/** Standard errors between two estimates. */
export function distance(
  [ours, ourError]: readonly [number, number],
  [theirs, theirError]: readonly [number, number],
): number {
  return Math.abs(ours - theirs) / Math.hypot(ourError, theirError);
}
