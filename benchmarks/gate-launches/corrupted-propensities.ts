import { foldIn, type RandomKey, shuffleInto } from "@longview/statistics";
import type { CorruptionName } from "./launch-kinds.ts";
import { flooredSoftmax, GROUPS, type LaunchWorld, normals } from "./launch-world.ts";

/** What was logged as the probability of each item in each group; see `CORRUPTIONS`. */
function loggedTable(corruption: CorruptionName, world: LaunchWorld, key: RandomKey): Float64Array {
  const { logging, scores, items } = world;
  switch (corruption) {
    case "stale policy": {
      const change = normals(scores.length, foldIn(key, 0));
      return flooredSoftmax(
        scores.map((score, cell) => score + 0.6 * change[cell]!),
        items,
      );
    }
    case "temperature":
      return flooredSoftmax(
        scores.map((score) => 1.5 * score),
        items,
      );
    case "scaled up":
      return logging.map((p) => Math.min(1, 1.3 * p));
    case "scaled down":
      return logging.map((p) => 0.75 * p);
    case "shuffled":
      return logging;
    case "uniform policy's":
      return logging.map(() => 1 / items);
    case "popularity table's":
      return logging.map((_, cell) => {
        let sum = 0;
        for (let group = 0; group < GROUPS; group++) sum += logging[group * items + (cell % items)]!;
        return sum / GROUPS;
      });
    case "floor lost":
      return flooredSoftmax(scores, items, 0);
    case "rounded":
      return logging.map((p) => Math.round(100 * p) / 100);
  }
}

/** The propensity of every decision as it was logged, right or wrong. */
export function loggedPropensities(
  corruption: CorruptionName | undefined,
  world: LaunchWorld,
  { cells, key }: { readonly cells: Int32Array; readonly key: RandomKey },
): Float64Array {
  const table = corruption === undefined ? world.logging : loggedTable(corruption, world, key);
  const propensities = Float64Array.from(cells, (cell) => table[cell]!);
  if (corruption !== "shuffled") return propensities;
  const order = Int32Array.from(cells, (_, i) => i);
  shuffleInto(order, foldIn(key, 1));
  return Float64Array.from(order, (i) => propensities[i]!);
}
