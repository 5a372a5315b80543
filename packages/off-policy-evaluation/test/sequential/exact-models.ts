import { ModelledTrajectoryLog, type MarginalRatios, type TabularTrajectoryLog } from "../../src/index.ts";
import { ACTIONS, actionValue, BEHAVIOUR, exactMarginals, exactValues, TARGET } from "./exact-process.ts";

/** Ratios of states, or of states and actions, as they are. */
export function exactRatios(log: TabularTrajectoryLog, kind: MarginalRatios["kind"]): MarginalRatios {
  const of = exactMarginals(TARGET);
  const by = exactMarginals(BEHAVIOUR);
  const ratio = Float64Array.from(log.state, (s, step) => {
    let i = 0;
    while (log.offset[i + 1]! <= step) i++;
    return ratioAt(step - log.offset[i]!, s) * (kind === "state" ? 1 : log.weight[step]!);
  });
  function ratioAt(t: number, s: number): number {
    return of.state[t]![s]! / by.state[t]![s]!;
  }
  const ended = Float64Array.from({ length: log.horizon }, (_, t) =>
    t === 0 ? 0 : of.ended[t]! / by.ended[t]!,
  );
  return { kind, ratio, ended };
}

/** The log with the exact values of the steps that are left, or those bent by `bend`. */
export function withExactValues(
  log: TabularTrajectoryLog,
  bend: (value: number) => number,
): ModelledTrajectoryLog {
  const values = exactValues(TARGET);
  const actionValues = new Float64Array(log.stepCount);
  const stateValue = new Float64Array(log.stepCount);
  for (let i = 0; i < log.trajectoryCount; i++)
    for (let step = log.offset[i]!; step < log.offset[i + 1]!; step++) {
      const s = log.state[step]!;
      const left = log.horizon - (step - log.offset[i]!);
      const q = [0, 1].map((a) => bend(actionValue(s, a, values[left - 1]!)));
      actionValues[step] = q[log.action[step]!]!;
      stateValue[step] = q.reduce((sum, value, a) => sum + TARGET[s * ACTIONS + a]! * value, 0);
    }
  const { offset, reward, propensity, actionProbability, discountFactor } = log;
  return new ModelledTrajectoryLog({
    offset,
    reward,
    propensity,
    actionProbability,
    discountFactor,
    actionValue: actionValues,
    stateValue,
  });
}
