import { Matrix, solve } from "ml-matrix";
import type { TabularMarkovDecisionProcess, TabularPolicy } from "./markov-decision-process.ts";

/** Values of an optimal policy. */
export interface TabularSolution {
  /** Value of each state. */
  readonly values: Float64Array;
  /** `[stateCount, actionCount]`. */
  readonly actionValues: Float64Array;
  /** Deterministic and greedy; the first best action where several are. */
  readonly policy: TabularPolicy;
  readonly iterations: number;
}

/** The policy that always takes `actions[state]`. */
export function deterministicPolicy(
  process: TabularMarkovDecisionProcess,
  actions: ArrayLike<number>,
): TabularPolicy {
  const policy = new Float64Array(process.stateCount * process.actionCount);
  for (let state = 0; state < process.stateCount; state++)
    policy[state * process.actionCount + actions[state]!] = 1;
  return policy;
}

/** The policy that takes every action with the same probability. */
export function uniformPolicy(process: TabularMarkovDecisionProcess): TabularPolicy {
  return new Float64Array(process.stateCount * process.actionCount).fill(1 / process.actionCount);
}

function checkPolicy(where: string, process: TabularMarkovDecisionProcess, policy: TabularPolicy): void {
  const { stateCount, actionCount } = process;
  if (policy.length !== stateCount * actionCount)
    throw new RangeError(
      `${where}: policy must be ${stateCount} × ${actionCount}, has ${policy.length} numbers`,
    );
  for (let state = 0; state < stateCount; state++) {
    let sum = 0;
    for (let action = 0; action < actionCount; action++) {
      const p = policy[state * actionCount + action]!;
      if (!(p >= 0)) throw new RangeError(`${where}: policy has ${p} at state ${state}, action ${action}`);
      sum += p;
    }
    if (Math.abs(sum - 1) > 1e-9)
      throw new RangeError(`${where}: policy at state ${state} must sum to 1, sums to ${sum}`);
  }
}

/** `I − discount · Pπ`, where nothing follows a terminal state. */
function resolvent(process: TabularMarkovDecisionProcess, policy: TabularPolicy): Matrix {
  const { stateCount: n, actionCount, transition, discountFactor, terminal } = process;
  const matrix = Matrix.eye(n, n);
  for (let state = 0; state < n; state++) {
    if (terminal[state] === 1) continue;
    for (let next = 0; next < n; next++) {
      let p = 0;
      for (let action = 0; action < actionCount; action++)
        p += policy[state * actionCount + action]! * transition[(state * actionCount + action) * n + next]!;
      matrix.set(state, next, matrix.get(state, next) - discountFactor * p);
    }
  }
  return matrix;
}

/**
 * Exact values of a policy for any table of immediate numbers: the solution of `(I − discount · Pπ) v = uπ`.
 *
 * @param immediate - `[stateCount, actionCount]`: `process.reward` or one of `process.costs`
 * @throws RangeError when the policy is no table of distributions
 */
export function policyValues(
  process: TabularMarkovDecisionProcess,
  policy: TabularPolicy,
  immediate: Float64Array = process.reward,
): Float64Array {
  checkPolicy("policyValues", process, policy);
  const { stateCount, actionCount } = process;
  const expected = Matrix.zeros(stateCount, 1);
  for (let state = 0; state < stateCount; state++) {
    let sum = 0;
    for (let action = 0; action < actionCount; action++) {
      const i = state * actionCount + action;
      sum += policy[i]! * immediate[i]!;
    }
    expected.set(state, 0, sum);
  }
  return Float64Array.from(solve(resolvent(process, policy), expected).to1DArray());
}

/** The exact discounted return of a policy from the start distribution, and each named cost likewise. */
export function policyReturn(
  process: TabularMarkovDecisionProcess,
  policy: TabularPolicy,
): { readonly value: number; readonly costs: Readonly<Record<string, number>> } {
  const fromStart = (immediate: Float64Array): number =>
    policyValues(process, policy, immediate).reduce(
      (sum, v, state) => sum + v * process.startDistribution[state]!,
      0,
    );
  return {
    value: fromStart(process.reward),
    costs: Object.fromEntries(process.costNames.map((name) => [name, fromStart(process.costs[name]!)])),
  };
}

/**
 * Discounted occupancy measure `[stateCount, actionCount]`: the expected discounted number of times that a policy takes an
 * action in a state, from the start distribution. Its product with any table is that table's exact return; it sums to
 * `1 / (1 − discount)` where no state is terminal. Terminal states have 0.
 *
 * @throws RangeError when the policy is no table of distributions
 */
export function occupancyMeasure(process: TabularMarkovDecisionProcess, policy: TabularPolicy): Float64Array {
  checkPolicy("occupancyMeasure", process, policy);
  const { stateCount, actionCount, startDistribution, terminal } = process;
  const visits = solve(
    resolvent(process, policy).transpose(),
    Matrix.columnVector(Array.from(startDistribution)),
  ).to1DArray();
  const measure = new Float64Array(stateCount * actionCount);
  for (let state = 0; state < stateCount; state++)
    for (let action = 0; action < actionCount; action++) {
      const i = state * actionCount + action;
      measure[i] = terminal[state] === 1 ? 0 : visits[state]! * policy[i]!;
    }
  return measure;
}

function lookAhead(process: TabularMarkovDecisionProcess, values: Float64Array, out: Float64Array): void {
  const { stateCount: n, actionCount, transition, reward, discountFactor, terminal } = process;
  for (let state = 0; state < n; state++)
    for (let action = 0; action < actionCount; action++) {
      const i = state * actionCount + action;
      let next = 0;
      if (terminal[state] === 0) for (let s = 0; s < n; s++) next += transition[i * n + s]! * values[s]!;
      out[i] = reward[i]! + discountFactor * next;
    }
}

function greedyActions(process: TabularMarkovDecisionProcess, actionValues: Float64Array): Int32Array {
  const { stateCount, actionCount } = process;
  const actions = new Int32Array(stateCount);
  for (let state = 0; state < stateCount; state++)
    for (let action = 1; action < actionCount; action++)
      if (actionValues[state * actionCount + action]! > actionValues[state * actionCount + actions[state]!]!)
        actions[state] = action;
  return actions;
}

/**
 * Optimal values by value iteration, to within `tolerance` of the truth in every state.
 *
 * @throws RangeError for a tolerance that is not > 0, or when it is not met in `maximumIterations` (1e6)
 */
export function valueIteration(
  process: TabularMarkovDecisionProcess,
  options: { readonly tolerance?: number; readonly maximumIterations?: number } = {},
): TabularSolution {
  const { tolerance = 1e-10, maximumIterations = 1_000_000 } = options;
  if (!(tolerance > 0)) throw new RangeError(`valueIteration: tolerance must be > 0, got ${tolerance}`);
  const { stateCount, actionCount, discountFactor } = process;
  const values = new Float64Array(stateCount);
  const actionValues = new Float64Array(stateCount * actionCount);
  for (let iterations = 1; iterations <= maximumIterations; iterations++) {
    lookAhead(process, values, actionValues);
    let change = 0;
    for (let state = 0; state < stateCount; state++) {
      let best = -Infinity;
      for (let action = 0; action < actionCount; action++)
        best = Math.max(best, actionValues[state * actionCount + action]!);
      change = Math.max(change, Math.abs(best - values[state]!));
      values[state] = best;
    }
    // A contraction: the error left is at most change · discount / (1 − discount).
    if ((change * discountFactor) / (1 - discountFactor) <= tolerance) {
      lookAhead(process, values, actionValues);
      const policy = deterministicPolicy(process, greedyActions(process, actionValues));
      return { values, actionValues, policy, iterations };
    }
  }
  throw new RangeError(`valueIteration: tolerance ${tolerance} not met in ${maximumIterations} iterations`);
}

/** Optimal values by policy iteration: exact up to the linear solver's rounding. */
export function policyIteration(process: TabularMarkovDecisionProcess): TabularSolution {
  const { stateCount, actionCount } = process;
  const actionValues = new Float64Array(stateCount * actionCount);
  let actions: Int32Array = new Int32Array(stateCount);
  for (let iterations = 1; ; iterations++) {
    const policy = deterministicPolicy(process, actions);
    const values = policyValues(process, policy);
    lookAhead(process, values, actionValues);
    const better = greedyActions(process, actionValues);
    let changed = false;
    for (let state = 0; state < stateCount; state++) {
      const kept = actionValues[state * actionCount + actions[state]!]!;
      const gain = actionValues[state * actionCount + better[state]!]! - kept;
      // Rounding must not swap equal actions for ever.
      if (gain > 1e-12 * (1 + Math.abs(kept))) changed = true;
      else better[state] = actions[state]!;
    }
    if (!changed) return { values, actionValues, policy, iterations };
    actions = better;
  }
}
