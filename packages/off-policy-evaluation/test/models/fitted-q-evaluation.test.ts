import { rootKey } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import {
  estimateValue,
  influenceValues,
  ModelledTrajectoryLog,
  OffPolicyEvaluationError,
  sequentialDoublyRobust,
  tabularFittedQEvaluation,
  withTabularValues,
  type TabularTrajectoryLog,
} from "../../src/index.ts";
import { fittedQEvaluation, type FeatureTrajectories } from "../../src/models/index.ts";
import { expectClose } from "../bandit/golden.ts";
import { DISCOUNT, exactReturn, HORIZON, sampleTrajectories, TARGET } from "../sequential/exact-process.ts";
import { Draws, meanOf } from "./worlds.ts";

const key = rootKey("fitted q");

/** A tabular log as if its states were known by features: one-hot. */
function oneHot(log: TabularTrajectoryLog): FeatureTrajectories {
  const { stateCount, actionCount, state, finalState, targetProbabilities } = log;
  const featuresOf = (states: Int32Array): Float64Array => {
    const values = new Float64Array(states.length * stateCount);
    states.forEach((s, i) => {
      if (s >= 0) values[i * stateCount + s] = 1;
    });
    return values;
  };
  const policyOf = (states: Int32Array): Float64Array =>
    Float64Array.from(
      { length: states.length * actionCount },
      (_, k) =>
        targetProbabilities[
          Math.max(0, states[Math.floor(k / actionCount)]!) * actionCount + (k % actionCount)
        ]!,
    );
  return {
    offset: log.offset,
    reward: log.reward,
    propensity: log.propensity,
    discountFactor: log.discountFactor,
    action: log.action,
    actionCount,
    features: {
      names: Array.from({ length: stateCount }, (_, s) => `state ${s}`),
      values: featuresOf(state),
    },
    targetProbabilities: policyOf(state),
    finalStates: {
      cutOff: Uint8Array.from(finalState, (s) => (s >= 0 ? 1 : 0)),
      features: featuresOf(finalState),
      targetProbabilities: policyOf(finalState),
    },
  };
}

describe("fittedQEvaluation", () => {
  test.each(["finite", "infinite"] as const)(
    "%s horizon: one-hot states give the exact tables of the other folds",
    (horizon) => {
      const log = sampleTrajectories(900, "one-hot");
      const values = fittedQEvaluation(oneHot(log), { key, horizon, penalty: 1e-6 });
      expect(values.actionProbability).toEqual(log.actionProbability);
      for (const k of [0, 1, 2]) {
        const include = Uint8Array.from(values.fold, (fold) => (fold === k ? 0 : 1));
        const tables = withTabularValues(log, tabularFittedQEvaluation(log, { include, horizon }));
        values.fold.forEach((fold, i) => {
          if (fold !== k) return;
          expectClose(values.finalStateValue[i]!, tables.finalStateValue[i]!, 1e-6);
          for (let step = log.offset[i]!; step < log.offset[i + 1]!; step++) {
            expectClose(values.stateValue[step]!, tables.stateValue[step]!, 1e-6);
            expectClose(values.actionValue[step]!, tables.actionValue[step]!, 1e-6);
          }
        });
      }
    },
  );

  test("DR with its values: within 4 standard errors of the exact return, and surer than without a model", () => {
    const log = sampleTrajectories(3000, "robust");
    const input = oneHot(log);
    const terms = sequentialDoublyRobust(
      new ModelledTrajectoryLog({
        ...input,
        ...fittedQEvaluation(input, { key }),
        finalStateValue: new Float64Array(3000),
      }),
    );
    const zeros = new Float64Array(log.stepCount);
    const plain = sequentialDoublyRobust(
      new ModelledTrajectoryLog({
        ...input,
        actionProbability: log.actionProbability,
        actionValue: zeros,
        stateValue: zeros,
      }),
    );
    const errorOf = (t: typeof terms): number =>
      Math.sqrt(meanOf(influenceValues(t).map((v) => v * v)) / 3000);
    expect(Math.abs(estimateValue(terms) - exactReturn(TARGET, HORIZON, DISCOUNT))).toBeLessThan(
      4 * errorOf(terms),
    );
    expect(errorOf(terms)).toBeLessThan(0.6 * errorOf(plain));
  });

  test("a reward that is linear in a number is met between the states that were logged", () => {
    // One step, two actions: Q is exactly linear in the feature, by action.
    const draws = new Draws(key, 400);
    const values = Float64Array.from({ length: 200 }, () => 5 + draws.normal());
    const action = Int32Array.from({ length: 200 }, () => (draws.uniform() < 0.5 ? 0 : 1));
    const reward = Float64Array.from(action, (a, i) => (a === 0 ? 2 * values[i]! : 7 - values[i]!));
    const fitted = fittedQEvaluation(
      {
        offset: Int32Array.from({ length: 201 }, (_, i) => i),
        reward,
        propensity: new Float64Array(200).fill(0.5),
        discountFactor: 1,
        action,
        actionCount: 2,
        features: { names: ["x"], values },
        targetProbabilities: new Float64Array(400).map((_, k) => (k % 2 === 0 ? 0.25 : 0.75)),
      },
      { key, penalty: 1e-6 },
    );
    values.forEach((x, i) => {
      expectClose(fitted.actionValue[i]!, reward[i]!, 1e-6);
      expectClose(fitted.stateValue[i]!, 0.25 * 2 * x + 0.75 * (7 - x), 1e-6);
    });
  });

  test("a trajectory's own rewards do not reach its values; units stay together; the same bytes again", () => {
    const log = sampleTrajectories(60, "own");
    const units = Int32Array.from({ length: 60 }, (_, i) => Math.floor(i / 2));
    const input = { ...oneHot(log), units };
    for (const horizon of ["finite", "infinite"] as const) {
      const before = fittedQEvaluation(input, { key, horizon });
      expect(fittedQEvaluation(input, { key, horizon })).toEqual(before);
      const [first, last] = [log.offset[10]!, log.offset[12]!];
      const reward = input.reward.map((r, step) => (step >= first && step < last ? r + 5 : r));
      const after = fittedQEvaluation({ ...input, reward }, { key, horizon });
      expect(after.actionValue.subarray(first, last)).toEqual(before.actionValue.subarray(first, last));
      expect(after.stateValue.subarray(first, last)).toEqual(before.stateValue.subarray(first, last));
      expect(after.stateValue).not.toEqual(before.stateValue);
      before.fold.forEach((fold, i) => expect(fold).toBe(before.fold[i - (i % 2)]));
    }
  });

  test("an action that was never logged, a step that only one fold has, and bad input", () => {
    const log = sampleTrajectories(12, "few");
    const input = oneHot(log);
    const policy = new Float64Array(log.stepCount * 3).fill(1 / 3);
    const { finalStates: _, ...rest } = input;
    const values = fittedQEvaluation(
      { ...rest, actionCount: 3, targetProbabilities: policy },
      { key, folds: 12 },
    );
    expect([...values.stateValue, ...values.actionValue].every(Number.isFinite)).toBe(true);
    const refused = (bad: Partial<FeatureTrajectories>, options = {}): string => {
      try {
        fittedQEvaluation({ ...input, ...bad }, { key, ...options });
      } catch (error) {
        if (error instanceof OffPolicyEvaluationError) return `${error.code} ${error.message}`;
        throw error;
      }
      return "nothing";
    };
    expect(refused({}, { folds: 13 })).toContain("BAD_OPTION folds is 13");
    expect(refused({}, { penalty: 0 })).toContain("BAD_OPTION penalty is 0");
    expect(refused({ action: new Int32Array(3) })).toContain("BAD_LENGTH action");
    expect(refused({ units: [1] })).toContain("BAD_LENGTH units");
    expect(refused({ features: { names: ["x"], values: new Float64Array(2) } })).toContain(
      "BAD_LENGTH features",
    );
    expect(refused({ targetProbabilities: new Float64Array(2 * log.stepCount) })).toContain("BAD_VALUE");
    const finalStates = { ...input.finalStates!, cutOff: new Uint8Array(1) };
    expect(refused({ finalStates })).toContain("BAD_LENGTH finalStates.cutOff");
  });
});
