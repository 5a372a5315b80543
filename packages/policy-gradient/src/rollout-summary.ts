import { DECIDED, EPISODES, type RolloutBuffers } from "./rollout-buffers.ts";
import type { RunPlan } from "./run-plan.ts";

/** What the shards' rollouts amount to, before anything is learned. */
export interface RolloutSummary {
  readonly decisions: number;
  /** Undiscounted returns of the episodes that ended, shards in order. */
  readonly returns: readonly number[];
  readonly episodeReturn: number | null;
  /** Ticks. */
  readonly episodeLength: number | null;
  /** Mean undiscounted sum of each cost over the episodes that ended; null when none did. */
  readonly episodeCosts: readonly number[] | null;
  readonly rewardPerDecision: number;
  /** Means of a decision, by name. */
  readonly objectives: Readonly<Record<string, number>>;
  readonly costs: Readonly<Record<string, number>>;
}

/** Sums in shard order, so that the bits do not depend on who collected what. */
export function summarise(
  rollouts: readonly RolloutBuffers[],
  { objectiveNames, costNames }: Pick<RunPlan, "objectiveNames" | "costNames">,
): RolloutSummary {
  const totals = new Float64Array(1 + objectiveNames.length + costNames.length);
  const costSums = new Float64Array(costNames.length);
  const returns: number[] = [];
  let decisions = 0;
  let lengths = 0;
  for (const rollout of rollouts) {
    decisions += rollout.counters[DECIDED]!;
    for (let i = 0; i < totals.length; i++) totals[i]! += rollout.totals[i]!;
    for (let episode = 0; episode < rollout.counters[EPISODES]!; episode++) {
      returns.push(rollout.episodeReturn[episode]!);
      lengths += rollout.episodeLength[episode]!;
      for (let i = 0; i < costSums.length; i++)
        costSums[i]! += rollout.episodeCosts[episode * costSums.length + i]!;
    }
  }
  const perDecision = (i: number): number => (decisions === 0 ? 0 : totals[i]! / decisions);
  const episodes = returns.length;
  return {
    decisions,
    returns,
    episodeReturn: episodes === 0 ? null : returns.reduce((sum, value) => sum + value, 0) / episodes,
    episodeLength: episodes === 0 ? null : lengths / episodes,
    episodeCosts: episodes === 0 ? null : Array.from(costSums, (sum) => sum / episodes),
    rewardPerDecision: perDecision(0),
    objectives: Object.fromEntries(objectiveNames.map((name, i) => [name, perDecision(1 + i)])),
    costs: Object.fromEntries(costNames.map((name, i) => [name, perDecision(1 + objectiveNames.length + i)])),
  };
}
