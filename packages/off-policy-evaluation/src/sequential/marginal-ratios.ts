import { OffPolicyEvaluationError } from "../error.ts";
import { checkLength, checkOption, checkWeights } from "../log/checks.ts";
import type { TrajectoryLog } from "./trajectory-log.ts";

/** How much more often the target policy is where the log was, step by step. */
export interface MarginalRatios {
  /**
   * `"state"`: `ratio` is dₜ(s) of the target over that of the logging policy. `"state-action"`: the same of (s, a), that
   * is, the ratio of states times the ratio of the action's probabilities.
   */
  readonly kind: "state" | "state-action";
  /** Of each logged step, [steps], at its own time t; finite and >= 0. */
  readonly ratio: Float64Array;
  /**
   * Ratio of the probabilities of having ended before step t, [horizon]; entry 0 is not read. Self-normalised estimators
   * need it where lengths differ. {@link tabularMarginalRatios} gives it.
   */
  readonly ended?: Float64Array;
}

/** Options of estimators by marginal ratios. */
export interface MarginalizedOptions {
  /**
   * Ratios of single actions k that are kept beside the marginal ratio of the step k earlier; from 0 (marginal ratios
   * alone) to ∞ (per-decision importance sampling): less bias of a wrong ratio for more variance. @defaultValue 0
   * @see Yuan, Chandak, Giguere, Thomas & Niekum (2021), "SOPE: Spectrum of Off-Policy Estimators"
   */
  readonly actionSteps?: number;
}

/**
 * Weight of each step: the marginal ratio `actionSteps` earlier times the ratios of the actions since.
 *
 * With the ratio of states the action of that earlier step counts too: a ratio of states alone says nothing of actions.
 *
 * @throws OffPolicyEvaluationError `BAD_LENGTH`, `BAD_VALUE`, `BAD_OPTION`; `NO_SUPPORT` when the weights of a step are
 * all 0, and those of trajectories that ended before it too
 */
export function marginalWeights(
  name: string,
  log: TrajectoryLog,
  ratios: MarginalRatios,
  options: MarginalizedOptions = {},
): Float64Array {
  const { actionSteps = 0 } = options;
  if (actionSteps !== Infinity) checkOption("actionSteps", actionSteps, 0, Number.MAX_SAFE_INTEGER);
  if (actionSteps !== Infinity && !Number.isInteger(actionSteps))
    throw new OffPolicyEvaluationError(
      "BAD_OPTION",
      `actionSteps is ${actionSteps}: a whole number is needed`,
    );
  checkLength("ratio", ratios.ratio, log.stepCount, "one a step");
  checkWeights("ratio", ratios.ratio);
  if (ratios.ended !== undefined) {
    checkLength("ended", ratios.ended, log.horizon, "one a step of the longest trajectory");
    checkWeights("ended", ratios.ended);
  }
  const weight = new Float64Array(log.stepCount);
  for (let i = 0; i < log.trajectoryCount; i++) {
    const start = log.offset[i]!;
    for (let step = start; step < log.offset[i + 1]!; step++) {
      if (step - start < actionSteps) {
        weight[step] = log.cumulativeWeight[step]!;
        continue;
      }
      const anchor = step - actionSteps;
      let product = ratios.ratio[anchor]! * (ratios.kind === "state" ? log.weight[anchor]! : 1);
      for (let k = anchor + 1; k <= step; k++) product *= log.weight[k]!;
      if (product === Infinity)
        throw new OffPolicyEvaluationError(
          "BAD_VALUE",
          `ratio[${anchor}] times the actions' ratios overflows`,
        );
      weight[step] = product;
    }
  }
  checkStepSupport(name, log, weight);
  return weight;
}

/** A target policy that reaches no logged step t, and ended nowhere before, cannot be judged from there on. */
function checkStepSupport(name: string, log: TrajectoryLog, weight: Float64Array): void {
  const running = new Int32Array(log.horizon);
  const supported = new Uint8Array(log.horizon);
  const endedSupported = new Uint8Array(log.horizon + 1);
  for (let i = 0; i < log.trajectoryCount; i++) {
    const start = log.offset[i]!;
    const length = log.offset[i + 1]! - start;
    for (let t = 0; t < length; t++) {
      running[t] = running[t]! + 1;
      if (weight[start + t] !== 0) supported[t] = 1;
    }
    if (weight[start + length - 1] !== 0) endedSupported[length] = 1;
  }
  let ended = false;
  for (let t = 0; t < log.horizon; t++) {
    ended ||= endedSupported[t] === 1;
    if (running[t]! > 0 && supported[t] === 0 && !ended)
      throw new OffPolicyEvaluationError(
        "NO_SUPPORT",
        `${name}, step ${t}: the target policy gives weight 0 to everything that was logged there`,
      );
  }
}

/**
 * Weights of step t, of trajectories that ended before it the ratio of having ended.
 *
 * @throws OffPolicyEvaluationError `NOT_COMPUTABLE` where some have ended and `ended` was not given
 */
export function marginalWeightColumn(
  name: string,
  log: TrajectoryLog,
  ratios: MarginalRatios,
  weight: Float64Array,
  t: number,
): Float64Array {
  const out = new Float64Array(log.trajectoryCount);
  for (let i = 0; i < out.length; i++) {
    const step = log.offset[i]! + t;
    if (step < log.offset[i + 1]!) {
      out[i] = weight[step]!;
      continue;
    }
    if (ratios.ended === undefined)
      throw new OffPolicyEvaluationError(
        "NOT_COMPUTABLE",
        `${name}: trajectory ${i} ended before step ${t}: ratios need 'ended' where lengths differ`,
      );
    out[i] = ratios.ended[t]!;
  }
  return out;
}
