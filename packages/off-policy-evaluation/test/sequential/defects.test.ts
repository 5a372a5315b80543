import { describe, expect, test } from "vitest";
import {
  estimateValue,
  magicBlend,
  marginalizedDoublyRobust,
  marginalizedImportanceSampling,
  ModelledTrajectoryLog,
  returnMean,
  selfNormalizedMarginalizedDoublyRobust,
  sequentialDoublyRobust,
  tabularFittedQEvaluation,
  weightedDoublyRobust,
  withTabularValues,
  type EstimatorTerms,
} from "../../src/index.ts";
import { minimizeOnSimplex } from "../../src/sequential/simplex-quadratic-program.ts";
import { expectClose } from "../bandit/golden.ts";
import { exactRatios, withExactValues } from "./exact-models.ts";
import { exactReturn, population, sampleTrajectories, TARGET } from "./exact-process.ts";

/**
 * Formulas as other libraries ship them, each over every trajectory of a process that is solved exactly: ours tends to the truth,
 * theirs to something else. See the reference "Defects verified by running".
 */
describe("defects of other libraries, over every trajectory of an exact process", () => {
  const { log, behaviour } = population();
  const truth = exactReturn(TARGET, 4);
  const right = withExactValues(log, (v) => v);
  const bent = withExactValues(log, (v) => 2 * v ** 2 - 1);
  const state = exactRatios(log, "state");
  const stateAction = exactRatios(log, "state-action");
  const expectation = (column: ArrayLike<number>): number =>
    behaviour.reduce((sum, p, i) => sum + p * column[i]!, 0);
  const limit = (terms: EstimatorTerms): number => terms.value(terms.columns.map(expectation));
  /** Expected sum over steps of `f(step, t, last)`; `last` is the number of the trajectory's last step. */
  const sums = (f: (step: number, t: number, last: number) => number): number =>
    expectation(
      Float64Array.from({ length: log.trajectoryCount }, (_, i) => {
        let sum = 0;
        const start = log.offset[i]!;
        const last = log.offset[i + 1]! - 1;
        for (let step = start; step <= last; step++) sum += f(step, step - start, last);
        return sum;
      }),
    );
  const ours = (terms: EstimatorTerms): void => expectClose(limit(terms), truth, 1e-12);
  const theirs = (value: number, atLeast = 0.01): void =>
    expect(Math.abs(value / truth - 1), `${value} against ${truth}`).toBeGreaterThan(atLeast);
  const discount = log.discount;

  test("SCOPE-RL: double reinforcement learning without the discount", () => {
    ours(marginalizedDoublyRobust(right, stateAction));
    theirs(
      sums((step, t) => {
        const w = stateAction.ratio[step]!;
        const before = t === 0 ? 1 : stateAction.ratio[step - 1]!;
        return w * (log.reward[step]! - right.actionValue[step]!) + before * right.stateValue[step]!;
      }),
      0.05,
    );
  });

  test("SCOPE-RL: state-marginal weights without the action's ratio", () => {
    ours(marginalizedImportanceSampling(log, state));
    theirs(sums((step, t) => discount[t]! * state.ratio[step]! * log.reward[step]!));
  });

  test("SCOPE-RL: of k single actions the first is left out, and with it the state's own action", () => {
    ours(marginalizedImportanceSampling(log, state, { actionSteps: 1 }));
    theirs(
      sums((step, t) => {
        const weight = t === 0 ? log.weight[step]! : state.ratio[step - 1]! * log.weight[step]!;
        return discount[t]! * weight * log.reward[step]!;
      }),
      0.001,
    );
  });

  test.each(["state", "state-action"] as const)(
    "SCOPE-RL: next values [v₁ … v_T₋₂, 0, v_T₋₁] of %s doubly robust, wrong with exact values too",
    (kind) => {
      const ratios = kind === "state" ? state : stateAction;
      ours(marginalizedDoublyRobust(right, ratios));
      ours(marginalizedDoublyRobust(bent, ratios));
      const direct = limit({
        columns: [
          Float64Array.from({ length: log.trajectoryCount }, (_, i) => right.stateValue[log.offset[i]!]!),
        ],
        value: (means) => means[0]!,
        gradientInto: (out) => void (out[0] = 1),
      });
      theirs(
        direct +
          sums((step, t, last) => {
            const weight = stateAction.ratio[step]!;
            const next =
              step === last ? right.stateValue[last]! : step === last - 1 ? 0 : right.stateValue[step + 1]!;
            const target = log.reward[step]! + log.discountFactor * next;
            return discount[t]! * weight * (target - right.actionValue[step]!);
          }),
      );
    },
  );

  test("SCOPE-RL: the self-normalised form's baseline is the second state's value", () => {
    ours(selfNormalizedMarginalizedDoublyRobust(right, state));
    const terms = selfNormalizedMarginalizedDoublyRobust(right, state);
    const second = Float64Array.from({ length: log.trajectoryCount }, (_, i) => {
      const step = log.offset[i]! + 1;
      return step < log.offset[i + 1]! ? right.stateValue[step]! : 0;
    });
    theirs(limit({ ...terms, columns: [second, ...terms.columns.slice(1)] }), 0.1);
  });

  test("SCOPE-RL: the return's distribution discounted from γ¹ on", () => {
    ours(returnMean(log));
    theirs(
      sums((step, t) => discount[t]! * log.discountFactor * log.cumulativeWeight[step]! * log.reward[step]!),
      0.05,
    );
  });

  test("COBS: weighted doubly robust that forgets the weights of trajectories that have ended", () => {
    ours(weightedDoublyRobust(bent));
    const terms = weightedDoublyRobust(bent);
    const columns = terms.columns.map((column, k) =>
      k % 3 === 1 && k < 3 * log.horizon
        ? column.map((w, i) => (log.offset[i]! + Math.floor(k / 3) < log.offset[i + 1]! ? w : 0))
        : column,
    );
    theirs(limit({ ...terms, columns }), 0.02);
  });

  test("COBS: sequential doubly robust without the trajectories that returned 0", () => {
    const count = 1000;
    const reward = Float64Array.from({ length: count }, (_, i) => (i % 20 === 0 ? 1 : 0));
    const of = (kept: Float64Array): ModelledTrajectoryLog =>
      new ModelledTrajectoryLog({
        offset: Int32Array.from({ length: kept.length + 1 }, (_, i) => i),
        reward: kept,
        propensity: kept.map(() => 0.5),
        actionProbability: kept.map(() => 0.5),
        discountFactor: 1,
        actionValue: new Float64Array(kept.length),
        stateValue: new Float64Array(kept.length),
      });
    expectClose(estimateValue(sequentialDoublyRobust(of(reward))), 0.05, 1e-12);
    expectClose(
      estimateValue(sequentialDoublyRobust(of(reward.filter((r) => Math.abs(r) >= 1e-6)))),
      1,
      1e-12,
    );
  });

  test("COBS, ReAgent: MAGIC's biases squared one by one instead of their outer product", () => {
    let largest = 0;
    for (let world = 0; world < 10; world++) {
      const small = sampleTrajectories(100, `biases ${world}`);
      const values = tabularFittedQEvaluation(small);
      const blend = magicBlend(
        withTabularValues(small, {
          ...values,
          actionValues: values.actionValues.map((v) => 1.2 * v),
          stateValues: values.stateValues.map((v) => 1.2 * v),
        }),
        { confidence: 0.3 },
      );
      const count = blend.bias.length;
      const error = (x: ArrayLike<number>): number => {
        let sum = 0;
        let bias = 0;
        for (let j = 0; j < count; j++) {
          bias += x[j]! * blend.bias[j]!;
          for (let k = 0; k < count; k++) sum += x[j]! * x[k]! * blend.covariance[j * count + k]!;
        }
        return sum + bias * bias;
      };
      // Their `b.T * b` of a vector is b², added to every line of the matrix.
      const theirsSquared = minimizeOnSimplex(
        blend.covariance.map((entry) => 2 * entry),
        blend.bias.map((b) => b * b),
      );
      expect(error(blend.weights)).toBeLessThanOrEqual(error(theirsSquared) * (1 + 1e-9));
      largest = Math.max(largest, error(theirsSquared) / error(blend.weights) - 1);
    }
    expect(largest).toBeGreaterThan(1e-3);
  });
});
