import type { VectorEnvironment } from "@longview/environment";

/** What {@link runWholeEpisodes} found. */
export interface EpisodeStatistics {
  readonly episodes: number;
  /** User steps taken, those of episodes beyond the quota included. */
  readonly steps: number;
  /** Undiscounted return of each episode, `[rows, episodesPerRow]`. */
  readonly returns: Float64Array;
  /** Steps of each episode, same order. */
  readonly lengths: Float64Array;
  /** Sum of each objective over the counted episodes' steps, by name. */
  readonly objectiveTotals: Readonly<Record<string, number>>;
}

/**
 * Runs a policy for the first `episodesPerRow` whole episodes of every row, from the world as it stands.
 *
 * The number of episodes of each row is fixed beforehand: stopping by time would count short episodes too often.
 */
export function runWholeEpisodes<World extends VectorEnvironment>(
  world: World,
  policy: (world: World) => void,
  episodesPerRow: number,
): EpisodeStatistics {
  const { rowCount, objectiveNames } = world;
  const width = objectiveNames.length;
  const returns = new Float64Array(rowCount * episodesPerRow);
  const lengths = new Float64Array(rowCount * episodesPerRow);
  const done = new Int32Array(rowCount);
  const totals = new Float64Array(width);
  let running = rowCount;
  let steps = 0;
  while (running > 0) {
    policy(world);
    world.step();
    steps += rowCount;
    for (let row = 0; row < rowCount; row++) {
      if (done[row] === episodesPerRow) continue;
      const at = row * episodesPerRow + done[row]!;
      returns[at] = returns[at]! + world.reward[row]!;
      lengths[at] = lengths[at]! + 1;
      for (let i = 0; i < width; i++) totals[i] = totals[i]! + world.objectives[row * width + i]!;
      if (world.terminated[row] === 0 && world.truncated[row] === 0) continue;
      done[row] = done[row]! + 1;
      if (done[row] === episodesPerRow) running--;
    }
  }
  return {
    episodes: rowCount * episodesPerRow,
    steps,
    returns,
    lengths,
    objectiveTotals: Object.fromEntries(objectiveNames.map((name, i) => [name, totals[i]!])),
  };
}
