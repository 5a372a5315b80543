import { OffPolicyEvaluationError } from "../error.ts";
import type { TrajectoryLog } from "./trajectory-log.ts";

/** Sum of `f(trajectory, step, t)` over the steps of each trajectory; `step` indexes the log's arrays, `t` from 0. */
export function trajectorySums(
  log: TrajectoryLog,
  f: (trajectory: number, step: number, t: number) => number,
): Float64Array {
  const out = new Float64Array(log.trajectoryCount);
  for (let i = 0; i < out.length; i++) {
    const start = log.offset[i]!;
    const end = log.offset[i + 1]!;
    let sum = 0;
    for (let step = start; step < end; step++) sum += f(i, step, step - start);
    out[i] = sum;
  }
  return out;
}

/** `f(trajectory, step)` of each trajectory's step `t`; 0 where it has ended. */
export function stepColumn(
  log: TrajectoryLog,
  t: number,
  f: (trajectory: number, step: number) => number,
): Float64Array {
  const out = new Float64Array(log.trajectoryCount);
  for (let i = 0; i < out.length; i++) {
    const step = log.offset[i]! + t;
    if (step < log.offset[i + 1]!) out[i] = f(i, step);
  }
  return out;
}

/** Product of each trajectory's ratios up to step `t`, carried on where it has ended. */
export function carriedWeights(log: TrajectoryLog, t: number): Float64Array {
  const out = new Float64Array(log.trajectoryCount);
  for (let i = 0; i < out.length; i++) {
    out[i] = log.cumulativeWeight[Math.min(log.offset[i]! + t, log.offset[i + 1]! - 1)]!;
  }
  return out;
}

/** Discounted return of each trajectory: `Σₜ γᵗ rₜ`, t from 0. */
export function discountedReturns(log: TrajectoryLog): Float64Array {
  return trajectorySums(log, (_, step, t) => log.discount[t]! * log.reward[step]!);
}

/**
 * Checks that some whole trajectory is possible under the target policy.
 *
 * @throws OffPolicyEvaluationError `NO_SUPPORT` naming the first step that the target policy never reaches the end of
 */
export function checkTrajectorySupport(name: string, log: TrajectoryLog): void {
  let furthest = 0;
  for (let i = 0; i < log.trajectoryCount; i++) {
    let step = log.offset[i]!;
    const start = step;
    while (step < log.offset[i + 1]! && log.cumulativeWeight[step] !== 0) step++;
    if (step === log.offset[i + 1]!) return;
    furthest = Math.max(furthest, step - start);
  }
  throw new OffPolicyEvaluationError(
    "NO_SUPPORT",
    `${name}, step ${furthest}: the target policy gives probability 0 to every logged trajectory up to there`,
  );
}
