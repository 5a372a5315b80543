import type { TabularMarkovDecisionProcess, TabularPolicy } from "../markov-decision-process.ts";
import { occupancyMeasure, policyIteration, policyReturn } from "../solve.ts";
import { contradiction, NO_EXCESS, type ContradictoryLimits } from "./contradiction.ts";
import { checkLimits, type CostLimits } from "./limits.ts";
import { withOccupancyProgram } from "./occupancy-program.ts";
import { withReward } from "./with-reward.ts";

/** A discounted number of visits up to here is the solver's rounding. */
const UNVISITED = 1e-12;

/** The best policy that keeps every limit, with what proves that it is. */
export interface ConstrainedOptimum {
  readonly status: "optimal";
  /** Exact discounted return of `policy` from the start distribution, by a linear solve. */
  readonly value: number;
  /** Exact discounted sum of every named cost, limited or not. */
  readonly costs: Readonly<Record<string, number>>;
  /** `[stateCount, actionCount]`; mixes actions in at most as many states as there are limits that bind. */
  readonly policy: TabularPolicy;
  /** Discounted occupancy measure of `policy`. */
  readonly occupancy: Float64Array;
  /** λ_i >= 0 for each limit: what one more unit of it is worth. Where two slopes meet it is any number between them. */
  readonly multipliers: Readonly<Record<string, number>>;
  /**
   * `max_π J(π) − Σ λ_i (C_i(π) − b_i)` by policy iteration. No policy within the limits has more, whatever the linear program
   * said (weak duality): `upperBound − value` is the proven distance from the optimum, rounding alone.
   */
  readonly upperBound: number;
}

/**
 * The optimum of a constrained Markov decision process: `max_π J(π)` with `C_i(π) ≤ b_i` for every limit, by the linear program
 * over occupancy measures. Without limits it is the plain optimum.
 *
 * Where no policy keeps all limits, the result says which smallest set of them contradicts itself, with weights that prove it.
 *
 * @example
 * const optimum = await solveConstrained(creatorHealthProcess(), { lowHealth: 8 });
 * // optimum.value 13.7895, optimum.multipliers.lowHealth 0.6053
 * @throws RangeError for a limit on an unknown cost, or one that is not finite
 * @see Altman (1999), "Constrained Markov Decision Processes"
 */
export async function solveConstrained(
  process: TabularMarkovDecisionProcess,
  limits: CostLimits,
): Promise<ConstrainedOptimum | ContradictoryLimits> {
  checkLimits(process, limits);
  return withOccupancyProgram(process, limits, (program) => {
    const { excess } = program.leastExcess(new Set(program.names));
    if (excess > NO_EXCESS) return contradiction(process, limits, program);
    const solution = program.solve(excess);
    if (solution === undefined) throw new Error("solveConstrained: the solver found no optimum");
    const multipliers = Object.fromEntries(program.names.map((name, i) => [name, solution.multipliers[i]!]));
    const relaxed = lagrangian(process, limits, multipliers);
    const policy = policyOf(process, solution.occupancy, relaxed.policy);
    const { value, costs } = policyReturn(process, policy);
    return {
      status: "optimal",
      value,
      costs,
      policy,
      occupancy: occupancyMeasure(process, policy),
      multipliers,
      upperBound: relaxed.bound,
    };
  });
}

/** The unconstrained optimum of the reward minus what costs are charged, and its value with the limits paid back. */
function lagrangian(
  process: TabularMarkovDecisionProcess,
  limits: CostLimits,
  multipliers: Readonly<Record<string, number>>,
): { readonly policy: TabularPolicy; readonly bound: number } {
  const reward = process.reward.slice();
  let bound = 0;
  for (const [name, multiplier] of Object.entries(multipliers)) {
    bound += multiplier * limits[name]!;
    process.costs[name]!.forEach((cost, i) => (reward[i] = reward[i]! - multiplier * cost));
  }
  const { policy, values } = policyIteration(withReward(process, reward));
  process.startDistribution.forEach((p, state) => (bound += p * values[state]!));
  return { policy, bound };
}

/** `π(a | s) = x(s, a) / Σ_a x(s, a)`; in states that are never visited, the other policy. */
function policyOf(
  { stateCount, actionCount }: TabularMarkovDecisionProcess,
  occupancy: Readonly<Float64Array>,
  unvisited: TabularPolicy,
): TabularPolicy {
  const policy = unvisited.slice();
  for (let state = 0; state < stateCount; state++) {
    const from = state * actionCount;
    const here = occupancy.subarray(from, from + actionCount);
    const visits = here.reduce((sum, x) => sum + x, 0);
    if (visits > UNVISITED)
      policy.set(
        here.map((x) => x / visits),
        from,
      );
  }
  return policy;
}
