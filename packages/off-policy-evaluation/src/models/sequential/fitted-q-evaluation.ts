import { deriveKey, type RandomKey } from "@longview/statistics";
import {
  checkCount,
  checkDistributions,
  checkFinite,
  checkIndices,
  checkLength,
  checkOption,
  type NumberTable,
} from "../../log/checks.ts";
import { TrajectoryLog } from "../../sequential/trajectory-log.ts";
import { dealFolds } from "../folds.ts";
import type { FeatureTable } from "../model-rows.ts";
import { StateColumns } from "./state-columns.ts";

/** States after the last steps of trajectories that were cut off: what would have followed is part of the question. */
export interface FinalStates {
  /** 1 for each trajectory that was cut off, 0 where it ended. */
  readonly cutOff: Uint8Array;
  /** Features of each final state, [trajectories · names]; finite, unused where the trajectory ended. */
  readonly features: Float64Array;
  /** π(a|s) there, [trajectories · actionCount]. */
  readonly targetProbabilities: NumberTable;
}

/** Trajectories over states that are known by features. */
export interface FeatureTrajectories {
  /** As in `TrajectoryLogInput`. */
  readonly offset: Int32Array;
  readonly reward: Float64Array;
  readonly propensity: Float64Array;
  readonly discountFactor: number;
  /** Action of each step, in [0, actionCount). */
  readonly action: Int32Array;
  readonly actionCount: number;
  /** Features of the state before each step, row-major [steps, names]; finite. */
  readonly features: FeatureTable;
  /** π(a|sₜ), [steps · actionCount]: each row >= 0 and summing to 1 within 1e-6. */
  readonly targetProbabilities: NumberTable;
  /** Used with `horizon: "infinite"`. @defaultValue every trajectory ended with its last step */
  readonly finalStates?: FinalStates;
  /** Trajectories with equal numbers stay in one fold (a user's), [trajectories]. @defaultValue each by itself */
  readonly units?: ArrayLike<number>;
}

/** Options of {@link fittedQEvaluation}. */
export interface FittedQEvaluationOptions {
  /** Decides the folds. */
  readonly key: RandomKey;
  /** Parts that trajectories are dealt into, at least 2. @defaultValue 3 */
  readonly folds?: number;
  /** Pull of every coefficient but the common intercept to 0, in steps, > 0. @defaultValue 1 */
  readonly penalty?: number;
  /** As in `tabularFittedQEvaluation`: a model a step, or one for all. @defaultValue "finite" */
  readonly horizon?: "finite" | "infinite";
}

/** What `ModelledTrajectoryLog` takes beside the log's own columns. */
export interface FittedQValues {
  /** Target policy's probability of each logged action. */
  readonly actionProbability: Float64Array;
  readonly actionValue: Float64Array;
  readonly stateValue: Float64Array;
  readonly finalStateValue: Float64Array;
  /** Fold of each trajectory. */
  readonly fold: Int32Array;
}

/**
 * Fitted Q evaluation with a linear model over features, `Q(s, a) = c + xᵀθₐ` with an intercept in each θₐ: the fixed point of the
 * ridge regression of `r + γ Σₐ π(a|s′) Q(s′, a)`, solved exactly (backwards over steps, or as a linear system), and cross-fitted:
 * each trajectory's values come from a model that never saw its unit.
 *
 * With one-hot states and a small penalty it is `tabularFittedQEvaluation` of the other folds.
 *
 * @throws OffPolicyEvaluationError as `TrajectoryLog`, and `NOT_COMPUTABLE` where an infinite horizon has no fixed point
 * @see Le, Voloshin & Yue (2019), "Batch Policy Learning under Constraints"
 * @see Lagoudakis & Parr (2003), "Least-Squares Policy Iteration", for the fixed point as a linear system
 */
export function fittedQEvaluation(
  input: FeatureTrajectories,
  options: FittedQEvaluationOptions,
): FittedQValues {
  const { key, folds: foldCount = 3, penalty = 1, horizon = "finite" } = options;
  const log = checkedLog(input);
  checkOption("penalty", penalty, Number.MIN_VALUE, Number.MAX_VALUE);
  const { fold } = dealFolds(log.trajectoryCount, input.units, {
    folds: foldCount,
    key: deriveKey(key, "folds"),
  });
  const columns = new StateColumns(input);
  const values: FittedQValues = {
    actionProbability: columns.actionProbability,
    actionValue: new Float64Array(log.stepCount),
    stateValue: new Float64Array(log.stepCount),
    finalStateValue: new Float64Array(log.trajectoryCount),
    fold,
  };
  for (let k = 0; k < foldCount; k++) {
    const fit = { log, columns, penalty, learns: (trajectory: number) => fold[trajectory] !== k };
    if (horizon === "finite") finiteValues(values, k, fit);
    else infiniteValues(values, k, fit);
  }
  return values;
}

interface Fit {
  readonly log: TrajectoryLog;
  readonly columns: StateColumns;
  readonly penalty: number;
  readonly learns: (trajectory: number) => boolean;
}

function finiteValues(values: FittedQValues, k: number, { log, columns, penalty, learns }: Fit): void {
  const { offset, reward, discountFactor, trajectoryCount } = log;
  // V of the step after, by trajectory: for those the model learns from, and for those that it is asked about, alike.
  const next = new Float64Array(trajectoryCount);
  for (let t = log.horizon - 1; t >= 0; t--) {
    const system = columns.system(penalty);
    for (let i = 0; i < trajectoryCount; i++) {
      const step = offset[i]! + t;
      if (!learns(i) || step >= offset[i + 1]!) continue;
      system.add(columns.logged(step), columns.logged(step), 1);
      system.respond(columns.logged(step), reward[step]! + discountFactor * next[i]!);
    }
    const theta = system.solve();
    for (let i = 0; i < trajectoryCount; i++) {
      const step = offset[i]! + t;
      if (step >= offset[i + 1]!) continue;
      next[i] = columns.stateValue(theta, step);
      if (values.fold[i] !== k) continue;
      values.stateValue[step] = next[i]!;
      values.actionValue[step] = columns.actionValue(theta, step);
    }
  }
}

function infiniteValues(values: FittedQValues, k: number, { log, columns, penalty, learns }: Fit): void {
  const { offset, reward, discountFactor, trajectoryCount } = log;
  const system = columns.system(penalty);
  for (let i = 0; i < trajectoryCount; i++) {
    if (!learns(i)) continue;
    for (let step = offset[i]!; step < offset[i + 1]!; step++) {
      const logged = columns.logged(step);
      system.add(logged, logged, 1);
      const after = step + 1 < offset[i + 1]! ? columns.expected(step + 1) : columns.expectedFinal(i);
      if (after !== undefined) system.add(logged, after, -discountFactor);
      system.respond(logged, reward[step]!);
    }
  }
  const theta = system.solve();
  for (let i = 0; i < trajectoryCount; i++) {
    if (values.fold[i] !== k) continue;
    for (let step = offset[i]!; step < offset[i + 1]!; step++) {
      values.stateValue[step] = columns.stateValue(theta, step);
      values.actionValue[step] = columns.actionValue(theta, step);
    }
    values.finalStateValue[i] = columns.finalValue(theta, i);
  }
}

function checkedLog(input: FeatureTrajectories): TrajectoryLog {
  const { offset, reward, propensity, discountFactor, action, actionCount, features, finalStates } = input;
  checkCount("actionCount", actionCount);
  checkLength("action", action, reward.length, "one a reward");
  checkIndices("action", action, actionCount);
  checkLength(
    "targetProbabilities",
    input.targetProbabilities,
    reward.length * actionCount,
    "steps · actions",
  );
  checkDistributions("targetProbabilities", input.targetProbabilities, actionCount);
  const width = features.names.length;
  checkLength("features.values", features.values, reward.length * width, "steps · names");
  checkFinite("features.values", features.values);
  const actionProbability = Float64Array.from(
    action,
    (a, step) => input.targetProbabilities[step * actionCount + a]!,
  );
  const log = new TrajectoryLog({ offset, reward, propensity, actionProbability, discountFactor });
  if (input.units !== undefined) checkLength("units", input.units, log.trajectoryCount, "one a trajectory");
  if (finalStates !== undefined) {
    const count = log.trajectoryCount;
    checkLength("finalStates.cutOff", finalStates.cutOff, count, "one a trajectory");
    checkLength("finalStates.features", finalStates.features, count * width, "trajectories · names");
    checkFinite("finalStates.features", finalStates.features);
    const table = finalStates.targetProbabilities;
    checkLength("finalStates.targetProbabilities", table, count * actionCount, "trajectories · actions");
    finalStates.cutOff.forEach((flag, i) => {
      if (flag !== 0)
        checkDistributions(
          `finalStates.targetProbabilities of trajectory ${i},`,
          table.subarray(i * actionCount, (i + 1) * actionCount),
          actionCount,
        );
    });
  }
  return log;
}
