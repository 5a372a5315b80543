import { OffPolicyEvaluationError } from "../error.ts";
import { solveInPlace } from "./linear-system.ts";
import { includedTrajectories, type TabularFitOptions } from "./tabular-marginal-ratios.ts";
import type { TabularTrajectoryLog } from "./tabular-trajectory-log.ts";
import { ModelledTrajectoryLog } from "./trajectory-log.ts";

/** Options of {@link tabularFittedQEvaluation}. */
export interface TabularFittedQEvaluationOptions extends TabularFitOptions {
  /**
   * `"finite"`: values of the steps that are left of the log's horizon, one table a step; nothing follows a trajectory's
   * last step. `"infinite"`: one table for all steps; what follows a trajectory that was cut off is the value of its final
   * state. @defaultValue "finite"
   */
  readonly horizon?: "finite" | "infinite";
  /** Q of a state and action that was never logged (at that step, if finite). @defaultValue 0 */
  readonly unseenValue?: number;
}

/** Tables of a fitted model. */
export interface TabularValues {
  /** Q, [tables · stateCount · actionCount]; as many tables as steps of the horizon, or one. */
  readonly actionValues: Float64Array;
  /** V = Σₐ π Q, [tables · stateCount]. */
  readonly stateValues: Float64Array;
  /** Whether there is a table a step, or one for all. */
  readonly horizon: "finite" | "infinite";
}

/**
 * Fitted Q evaluation with a table: the fixed point of `Q(s, a)` = mean over the log of `r + γ Σₐ π(a|s′) Q(s′, a)`, solved
 * exactly (backwards over steps, or as a linear system).
 *
 * @throws OffPolicyEvaluationError `NOT_COMPUTABLE` where an infinite horizon without discount has no finite value
 * @see Le, Voloshin & Yue (2019), "Batch Policy Learning under Constraints"
 */
export function tabularFittedQEvaluation(
  log: TabularTrajectoryLog,
  options: TabularFittedQEvaluationOptions = {},
): TabularValues {
  return options.horizon === "infinite" ? infiniteHorizon(log, options) : finiteHorizon(log, options);
}

/** The log with the fitted values of each of its steps. */
export function withTabularValues(log: TabularTrajectoryLog, values: TabularValues): ModelledTrajectoryLog {
  const { stateCount, actionCount } = log;
  const { actionValues, stateValues, horizon } = values;
  const actionValue = new Float64Array(log.stepCount);
  const stateValue = new Float64Array(log.stepCount);
  const finalStateValue = new Float64Array(log.trajectoryCount);
  for (let i = 0; i < log.trajectoryCount; i++) {
    const start = log.offset[i]!;
    for (let step = start; step < log.offset[i + 1]!; step++) {
      const s = (horizon === "infinite" ? 0 : step - start) * stateCount + log.state[step]!;
      stateValue[step] = stateValues[s]!;
      actionValue[step] = actionValues[s * actionCount + log.action[step]!]!;
    }
    if (horizon === "infinite" && log.finalState[i]! >= 0)
      finalStateValue[i] = stateValues[log.finalState[i]!]!;
  }
  const { offset, reward, propensity, actionProbability, discountFactor } = log;
  return new ModelledTrajectoryLog({
    offset,
    reward,
    propensity,
    actionProbability,
    discountFactor,
    actionValue,
    stateValue,
    finalStateValue,
  });
}

function finiteHorizon(log: TabularTrajectoryLog, options: TabularFittedQEvaluationOptions): TabularValues {
  const { stateCount, actionCount, horizon } = log;
  const pairCount = stateCount * actionCount;
  const included = includedTrajectories(log, options);
  const actionValues = new Float64Array(horizon * pairCount);
  const stateValues = new Float64Array((horizon + 1) * stateCount);
  const visits = new Int32Array(pairCount);
  for (let t = horizon - 1; t >= 0; t--) {
    const table = actionValues.subarray(t * pairCount, (t + 1) * pairCount);
    visits.fill(0);
    for (const i of included) {
      const step = log.offset[i]! + t;
      if (step >= log.offset[i + 1]!) continue;
      const pair = log.state[step]! * actionCount + log.action[step]!;
      const goesOn = step + 1 < log.offset[i + 1]!;
      const next = goesOn ? stateValues[(t + 1) * stateCount + log.state[step + 1]!]! : 0;
      table[pair] = table[pair]! + log.reward[step]! + log.discountFactor * next;
      visits[pair]!++;
    }
    averageInto(table, visits, options.unseenValue ?? 0);
    expectationInto(stateValues.subarray(t * stateCount, (t + 1) * stateCount), table, log);
  }
  return { actionValues, stateValues: stateValues.slice(0, horizon * stateCount), horizon: "finite" };
}

function infiniteHorizon(log: TabularTrajectoryLog, options: TabularFittedQEvaluationOptions): TabularValues {
  const { stateCount, actionCount, discountFactor } = log;
  const model = empiricalModel(log, options);
  const unseenValue = options.unseenValue ?? 0;
  const matrix = new Float64Array(stateCount * stateCount);
  const values = new Float64Array(stateCount);
  for (let s = 0; s < stateCount; s++) {
    matrix[s * stateCount + s] = 1;
    for (let a = 0; a < actionCount; a++) {
      const pair = s * actionCount + a;
      const probability = log.targetProbabilities[pair]!;
      if (model.visits[pair] === 0) {
        values[s] = values[s]! + probability * unseenValue;
        continue;
      }
      values[s] = values[s]! + probability * model.reward[pair]!;
      for (let next = 0; next < stateCount; next++)
        matrix[s * stateCount + next] =
          matrix[s * stateCount + next]! -
          discountFactor * probability * model.transition[pair * stateCount + next]!;
    }
  }
  if (!solveInPlace(matrix, values))
    throw new OffPolicyEvaluationError(
      "NOT_COMPUTABLE",
      "fitted Q evaluation has no finite value: without discount every state must lead to an end",
    );
  const actionValues = model.reward.slice();
  for (let pair = 0; pair < actionValues.length; pair++) {
    if (model.visits[pair] === 0) {
      actionValues[pair] = unseenValue;
      continue;
    }
    for (let next = 0; next < stateCount; next++)
      actionValues[pair] =
        actionValues[pair]! + discountFactor * model.transition[pair * stateCount + next]! * values[next]!;
  }
  return { actionValues, stateValues: values, horizon: "infinite" };
}

/** Means over the log of each state and action; an end leads nowhere. */
export interface EmpiricalModel {
  /** [stateCount · actionCount] */
  readonly visits: Int32Array;
  /** [stateCount · actionCount] */
  readonly reward: Float64Array;
  /** [stateCount · actionCount · stateCount] */
  readonly transition: Float64Array;
  /** Share of trajectories that begin in each state, [stateCount]. */
  readonly start: Float64Array;
}

/** The log's empirical Markov decision process, the same at every step. */
export function empiricalModel(log: TabularTrajectoryLog, options: TabularFitOptions = {}): EmpiricalModel {
  const { stateCount, actionCount } = log;
  const included = includedTrajectories(log, options);
  const visits = new Int32Array(stateCount * actionCount);
  const reward = new Float64Array(stateCount * actionCount);
  const transition = new Float64Array(stateCount * actionCount * stateCount);
  const start = new Float64Array(stateCount);
  for (const i of included) {
    const first = log.state[log.offset[i]!]!;
    start[first] = start[first]! + 1 / included.length;
    for (let step = log.offset[i]!; step < log.offset[i + 1]!; step++) {
      const pair = log.state[step]! * actionCount + log.action[step]!;
      visits[pair]!++;
      reward[pair] = reward[pair]! + log.reward[step]!;
      const next = log.nextState(i, step);
      if (next >= 0) transition[pair * stateCount + next]!++;
    }
  }
  averageInto(reward, visits, 0);
  for (let k = 0; k < transition.length; k++) {
    const count = visits[Math.floor(k / stateCount)]!;
    if (count > 0) transition[k] = transition[k]! / count;
  }
  return { visits, reward, transition, start };
}

function averageInto(sums: Float64Array, counts: Int32Array, unseen: number): void {
  for (let k = 0; k < sums.length; k++) sums[k] = counts[k] === 0 ? unseen : sums[k]! / counts[k]!;
}

function expectationInto(out: Float64Array, table: Float64Array, log: TabularTrajectoryLog): void {
  for (let s = 0; s < out.length; s++) {
    let sum = 0;
    for (let pair = s * log.actionCount; pair < (s + 1) * log.actionCount; pair++)
      sum += log.targetProbabilities[pair]! * table[pair]!;
    out[s] = sum;
  }
}
