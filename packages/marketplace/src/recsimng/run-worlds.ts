import type { TwoSidedPolicy } from "./two-sided-policies.ts";
import type { TwoSidedEnvironment } from "./two-sided-environment.ts";

/** What {@link runWorlds} found; every array has one value an episode of a world, `[worlds, episodesPerWorld]`. */
export interface WorldStatistics {
  readonly episodes: number;
  /** Sum over users and steps of the reward (`reward`), each objective and each cost, by name. */
  readonly totals: Readonly<Record<string, Float64Array>>;
  /** Sum over users of the same in the episode's last step. */
  readonly last: Readonly<Record<string, Float64Array>>;
}

/**
 * Runs a policy for the first `episodesPerWorld` whole episodes of every world, from the worlds as they stand. Worlds are
 * independent; users of one world are not, so standard errors belong to the values here, one a world and episode.
 */
export function runWorlds<World extends TwoSidedEnvironment>(
  environment: World,
  policy: TwoSidedPolicy<World>,
  episodesPerWorld: number,
): WorldStatistics {
  const { worldCount, users, objectiveNames, costNames } = environment;
  const episodes = worldCount * episodesPerWorld;
  const columns = [
    { name: "reward", values: environment.reward, width: 1, column: 0 },
    ...objectiveNames.map((name, column) => ({
      name,
      values: environment.objectives,
      width: objectiveNames.length,
      column,
    })),
    ...costNames.map((name, column) => ({
      name,
      values: environment.costs,
      width: costNames.length,
      column,
    })),
  ].map((column) => ({ ...column, total: new Float64Array(episodes), last: new Float64Array(episodes) }));
  const done = new Int32Array(worldCount);
  let running = worldCount;
  while (running > 0) {
    policy(environment);
    environment.step();
    for (let world = 0; world < worldCount; world++) {
      if (done[world] === episodesPerWorld) continue;
      const at = world * episodesPerWorld + done[world]!;
      for (const { values, width, column, total, last } of columns) {
        let sum = 0;
        for (let row = world * users; row < (world + 1) * users; row++) sum += values[row * width + column]!;
        total[at] = total[at]! + sum;
        last[at] = sum;
      }
      if (environment.ticks[world] !== 0) continue;
      done[world] = done[world]! + 1;
      if (done[world] === episodesPerWorld) running--;
    }
  }
  return {
    episodes,
    totals: Object.fromEntries(columns.map(({ name, total }) => [name, total])),
    last: Object.fromEntries(columns.map(({ name, last }) => [name, last])),
  };
}
