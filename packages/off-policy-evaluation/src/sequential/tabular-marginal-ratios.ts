import { OffPolicyEvaluationError } from "../error.ts";
import { checkLength } from "../log/checks.ts";
import type { MarginalRatios } from "./marginal-ratios.ts";
import type { TabularTrajectoryLog } from "./tabular-trajectory-log.ts";

/** Which trajectories to learn from. */
export interface TabularFitOptions {
  /** 1 for each trajectory that is learned from, [trajectories]. @defaultValue all of them */
  readonly include?: Uint8Array;
}

/** Ratios of the probabilities of states at each step. */
export interface TabularStateRatios {
  /** [horizon · stateCount]; 0 where a state was never logged at that step. */
  readonly state: Float64Array;
  /** Of having ended before a step, [horizon]; 0 where none had. */
  readonly ended: Float64Array;
}

/**
 * Ratio dₜ(s) of the target over the logging policy at each step, by the recursion `ratioₜ(s)` = mean over those in s at
 * step t of `ratioₜ₋₁(sₜ₋₁) · π(aₜ₋₁|sₜ₋₁) / μ(aₜ₋₁|sₜ₋₁)`.
 *
 * Consistent; needs the states to be Markovian.
 *
 * @throws OffPolicyEvaluationError `EMPTY` when no trajectory is included; `BAD_LENGTH`
 * @see Xie, Ma & Wang (2019), "Towards Optimal Off-Policy Evaluation for Reinforcement Learning with Marginalized
 * Importance Sampling"
 */
export function tabularStateRatios(
  log: TabularTrajectoryLog,
  options: TabularFitOptions = {},
): TabularStateRatios {
  const included = includedTrajectories(log, options);
  const { stateCount, horizon } = log;
  const state = new Float64Array(horizon * stateCount);
  const ended = new Float64Array(horizon);
  const visits = new Int32Array(horizon * stateCount);
  const endings = new Int32Array(horizon);
  for (const i of included) visits[log.state[log.offset[i]!]!]!++;
  for (let s = 0; s < stateCount; s++) if (visits[s]! > 0) state[s] = 1;
  for (let t = 1; t < horizon; t++) {
    const row = t * stateCount;
    let endedSum = ended[t - 1]! * endings[t - 1]!;
    endings[t] = endings[t - 1]!;
    for (const i of included) {
      const step = log.offset[i]! + t;
      if (step > log.offset[i + 1]!) continue;
      const ratio = state[row - stateCount + log.state[step - 1]!]! * log.weight[step - 1]!;
      if (step === log.offset[i + 1]!) {
        endedSum += ratio;
        endings[t]!++;
        continue;
      }
      const s = row + log.state[step]!;
      state[s] = state[s]! + ratio;
      visits[s]!++;
    }
    for (let s = row; s < row + stateCount; s++) if (visits[s]! > 0) state[s] = state[s]! / visits[s]!;
    if (endings[t]! > 0) ended[t] = endedSum / endings[t]!;
  }
  return { state, ended };
}

/** The ratios of each logged step, in the form that estimators read. */
export function marginalRatiosOf(
  log: TabularTrajectoryLog,
  ratios: TabularStateRatios,
  kind: MarginalRatios["kind"],
): MarginalRatios {
  const ratio = new Float64Array(log.stepCount);
  for (let i = 0; i < log.trajectoryCount; i++) {
    const start = log.offset[i]!;
    for (let step = start; step < log.offset[i + 1]!; step++)
      ratio[step] =
        ratios.state[(step - start) * log.stateCount + log.state[step]!]! *
        (kind === "state" ? 1 : log.weight[step]!);
  }
  return { kind, ratio, ended: ratios.ended };
}

/** {@link tabularStateRatios} of the log, for the log itself. */
export function tabularMarginalRatios(
  log: TabularTrajectoryLog,
  kind: MarginalRatios["kind"] = "state-action",
): MarginalRatios {
  return marginalRatiosOf(log, tabularStateRatios(log), kind);
}

/** Indices of the included trajectories. */
export function includedTrajectories(log: TabularTrajectoryLog, { include }: TabularFitOptions): Int32Array {
  if (include === undefined) return Int32Array.from({ length: log.trajectoryCount }, (_, i) => i);
  checkLength("include", include, log.trajectoryCount, "one a trajectory");
  const members = Int32Array.from({ length: log.trajectoryCount }, (_, i) => i).filter(
    (i) => include[i] === 1,
  );
  if (members.length === 0)
    throw new OffPolicyEvaluationError(
      "EMPTY",
      "include has no 1: at least one trajectory is needed to learn from",
    );
  return members;
}
