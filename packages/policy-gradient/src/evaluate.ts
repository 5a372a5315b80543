import type { VectorEnvironment } from "@longview/environment";
import type { RandomKey } from "@longview/statistics";
import type { Actor } from "./actor.ts";

export interface EvaluateActorOptions {
  readonly actor: Actor;
  readonly environment: VectorEnvironment;
  /** Episodes to finish. Each row plays its share, so that short episodes are not overrepresented. */
  readonly episodes: number;
  /** Of the environment; the same key gives every actor the same episodes. */
  readonly key: RandomKey;
  /** @defaultValue 1,000,000: an error beyond it */
  readonly maximumTicks?: number;
}

/** Undiscounted results of whole episodes. */
export interface ActorEvaluation {
  /** One an episode, in order of (row, episode). */
  readonly returns: Float64Array;
  /** Ticks. */
  readonly lengths: Float64Array;
  /** Decisions: ticks at which the row was active. One an episode, in the same order. */
  readonly decisions: Float64Array;
  /** Undiscounted sums of each cost over each episode, by name, in the same order. */
  readonly episodeCosts: Readonly<Record<string, Float64Array>>;
  readonly mean: number;
  /** Over episodes, unbiased; 0 for one episode. */
  readonly standardDeviation: number;
  /** Mean undiscounted sums of an episode, by name. */
  readonly objectives: Readonly<Record<string, number>>;
  readonly costs: Readonly<Record<string, number>>;
}

/**
 * Plays whole episodes. Row r plays ⌈episodes / rows⌉ or one fewer of them from its first on, whatever their length.
 *
 * @throws Error when they do not end within `maximumTicks`
 */
export async function evaluateActor(options: EvaluateActorOptions): Promise<ActorEvaluation> {
  const { actor, environment, episodes, maximumTicks = 1_000_000 } = options;
  const { rowCount: rows, objectiveNames, costNames } = environment;
  const share = Array.from(
    { length: rows },
    (_, row) => Math.floor(episodes / rows) + (row < episodes % rows ? 1 : 0),
  );
  const finished: { return: number; length: number; decisions: number; costs: Float64Array }[][] = share.map(
    () => [],
  );
  const current = new Float64Array(rows);
  const length = new Float64Array(rows);
  const objectives = new Float64Array(objectiveNames.length);
  const costs = new Float64Array(costNames.length);
  const decisions = new Float64Array(rows);
  const costSums = new Float64Array(rows * costs.length);
  environment.reset({ key: options.key });
  let left = episodes;
  for (let tick = 0; left > 0; tick++) {
    if (tick >= maximumTicks)
      throw new Error(
        `evaluateActor: ${left} of ${episodes} episodes did not end within ${maximumTicks} ticks`,
      );
    for (let row = 0; row < rows; row++) decisions[row]! += environment.active[row]!;
    await actor.act(environment);
    environment.step();
    for (let row = 0; row < rows; row++) {
      if (finished[row]!.length >= share[row]!) continue;
      current[row]! += environment.reward[row]!;
      length[row]! += 1;
      for (let i = 0; i < objectives.length; i++)
        objectives[i]! += environment.objectives[row * objectives.length + i]! / episodes;
      const own = costSums.subarray(row * costs.length, (row + 1) * costs.length);
      for (let i = 0; i < costs.length; i++) {
        const cost = environment.costs[row * costs.length + i]!;
        costs[i]! += cost / episodes;
        own[i]! += cost;
      }
      if (environment.terminated[row] === 0 && environment.truncated[row] === 0) continue;
      finished[row]!.push({
        return: current[row]!,
        length: length[row]!,
        decisions: decisions[row]!,
        costs: own.slice(),
      });
      current[row] = length[row] = decisions[row] = 0;
      own.fill(0);
      left -= 1;
    }
  }
  const returns = Float64Array.from(finished.flat(), (episode) => episode.return);
  const mean = returns.reduce((sum, value) => sum + value, 0) / episodes;
  const squares = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    returns,
    lengths: Float64Array.from(finished.flat(), (episode) => episode.length),
    decisions: Float64Array.from(finished.flat(), (episode) => episode.decisions),
    episodeCosts: Object.fromEntries(
      costNames.map((name, i) => [name, Float64Array.from(finished.flat(), (episode) => episode.costs[i]!)]),
    ),
    mean,
    standardDeviation: episodes > 1 ? Math.sqrt(squares / (episodes - 1)) : 0,
    objectives: Object.fromEntries(objectiveNames.map((name, i) => [name, objectives[i]!])),
    costs: Object.fromEntries(costNames.map((name, i) => [name, costs[i]!])),
  };
}
