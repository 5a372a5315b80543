import type { TabularMarkovDecisionProcess } from "../markov-decision-process.ts";
import { policyIteration } from "../solve.ts";
import type { CostLimits } from "./limits.ts";
import type { OccupancyProgram } from "./occupancy-program.ts";
import { withReward } from "./with-reward.ts";

/** An excess up to here, as a share of each cost's span, is the solver's rounding. */
export const NO_EXCESS = 1e-10;

/** So many limits are searched for the conflict with the fewest of them; more only for one that can't be made smaller. */
const ENUMERATED = 4;

/** No policy keeps all limits, and why. */
export interface ContradictoryLimits {
  readonly status: "infeasible";
  /** A smallest set that conflicts: no policy keeps them all, and without any one of them the others can be kept. */
  readonly conflict: readonly string[];
  /** Whether it is proven that no conflict has fewer limits (searched for up to 4 limits). */
  readonly fewest: boolean;
  /** Farkas certificate: w_i >= 0 over `conflict`, summing to 1. */
  readonly weights: Readonly<Record<string, number>>;
  /** `min_π Σ w_i C_i(π)`, by policy iteration: more than `allowedWeightedCost`, which is the proof. */
  readonly leastWeightedCost: number;
  /** `Σ w_i b_i`. */
  readonly allowedWeightedCost: number;
  /** The least that any policy can have of each limited cost alone. */
  readonly leastCosts: Readonly<Record<string, number>>;
  /** All of it in one sentence. */
  readonly statement: string;
}

/** Explains limits that can't all be kept. */
export function contradiction(
  process: TabularMarkovDecisionProcess,
  limits: CostLimits,
  program: OccupancyProgram,
): ContradictoryLimits {
  const fewest = program.names.length <= ENUMERATED;
  const conflict = fewest ? smallestConflict(program) : irreducibleConflict(program);
  const duals = program.leastExcess(new Set(conflict)).weights;
  const sum = duals.reduce((total, dual) => total + dual, 0);
  const weights = Object.fromEntries(
    conflict.map((name) => [name, duals[program.names.indexOf(name)]! / sum]),
  );
  const leastCosts = Object.fromEntries(
    program.names.map((name) => [name, leastCost(process, { [name]: 1 })]),
  );
  const leastWeightedCost = leastCost(process, weights);
  const allowedWeightedCost = conflict.reduce((total, name) => total + weights[name]! * limits[name]!, 0);
  const statement =
    conflict.length === 1
      ? `the limit ${limits[conflict[0]!]} of ${conflict[0]} can't be kept: no policy has less than ${brief(leastWeightedCost)}`
      : `the limits of ${conflict.join(", ")} contradict each other: under every policy ${conflict
          .map((name) => `${brief(weights[name]!)} ${name}`)
          .join(
            " + ",
          )} is at least ${brief(leastWeightedCost)}, and they allow ${brief(allowedWeightedCost)}; without any one of them the others can be kept`;
  return {
    status: "infeasible",
    conflict,
    fewest,
    weights,
    leastWeightedCost,
    allowedWeightedCost,
    leastCosts,
    statement,
  };
}

/**
 * A conflict from which no limit can be left out, by the deletion filter: leave out one limit after another, for good where what
 * remains still conflicts. All limits together must conflict.
 *
 * @see Chinneck & Dravnieks (1991), "Locating minimal infeasible constraint sets in linear programs"
 */
export function irreducibleConflict(program: OccupancyProgram): string[] {
  const kept = new Set(program.names);
  for (const name of program.names) {
    kept.delete(name);
    if (!(program.leastExcess(kept).excess > NO_EXCESS)) kept.add(name);
  }
  return program.names.filter((name) => kept.has(name));
}

/** The conflict with the fewest limits, by trying all sets, small ones first; the first in the order of the limits among equals. */
export function smallestConflict(program: OccupancyProgram): string[] {
  const { names } = program;
  const sets = Array.from({ length: 2 ** names.length - 1 }, (_, bits) =>
    names.filter((_name, i) => (((bits + 1) >> i) & 1) === 1),
  ).sort((a, b) => a.length - b.length);
  return sets.find((set) => program.leastExcess(new Set(set)).excess > NO_EXCESS) ?? [];
}

/** `min_π Σ w_i C_i(π)` from the start distribution. */
function leastCost(process: TabularMarkovDecisionProcess, weights: Readonly<Record<string, number>>): number {
  const reward = new Float64Array(process.reward.length);
  for (const [name, weight] of Object.entries(weights))
    process.costs[name]!.forEach((cost, i) => (reward[i] = reward[i]! - weight * cost));
  const { values } = policyIteration(withReward(process, reward));
  return -values.reduce((sum, value, state) => sum + value * process.startDistribution[state]!, 0);
}

const brief = (x: number): string => String(Number(x.toPrecision(4)));
