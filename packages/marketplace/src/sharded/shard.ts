import type { Actor } from "../baselines/actor.ts";
import type { PageBlock } from "../content/page-block.ts";
import { FIXED_POINT } from "../content/tallies.ts";

/** What the pages of one tick gave: whole numbers, so that shards add up in any order. */
export interface TickSums {
  readonly decisions: number;
  readonly churned: number;
  /** Reward, objectives and costs in units of 2⁻²⁰. */
  readonly reward: number;
  readonly objectives: readonly number[];
  readonly costs: readonly number[];
}

/** Adds up what shards gave. */
export function addSums(sums: readonly TickSums[]): TickSums {
  const add = (of: (sum: TickSums) => number): number => sums.reduce((total, sum) => total + of(sum), 0);
  return {
    decisions: add((sum) => sum.decisions),
    churned: add((sum) => sum.churned),
    reward: add((sum) => sum.reward),
    objectives: sums[0]!.objectives.map((_, i) => add((sum) => sum.objectives[i]!)),
    costs: sums[0]!.costs.map((_, i) => add((sum) => sum.costs[i]!)),
  };
}

/** All pages of a tick: the users of a block's range, decided by an actor. */
export async function runTick(block: PageBlock, actor: Actor): Promise<TickSums> {
  const objectives = new Float64Array(block.objectiveNames.length);
  const costs = new Float64Array(block.costNames.length);
  let decisions = 0;
  let churned = 0;
  let reward = 0;
  block.startTick();
  for (let count = block.observeBlock(); count > 0; count = block.observeBlock()) {
    const acting = actor.act(block);
    if (acting !== undefined) await acting;
    block.answerBlock();
    for (let row = 0; row < count; row++) {
      reward += Math.round(block.reward[row]! * FIXED_POINT);
      churned += block.terminated[row]!;
      addRow(objectives, block.objectives, row);
      addRow(costs, block.costs, row);
    }
    decisions += count;
  }
  return { decisions, churned, reward, objectives: [...objectives], costs: [...costs] };
}

/** Adds a row's values to the sums, in fixed point. */
function addRow(sums: Float64Array, values: Float64Array, row: number): void {
  for (let i = 0; i < sums.length; i++)
    sums[i] = sums[i]! + Math.round(values[row * sums.length + i]! * FIXED_POINT);
}
