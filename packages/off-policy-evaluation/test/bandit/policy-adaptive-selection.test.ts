import { normalQuantile, rootKey, uniform } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import {
  BANDIT_ESTIMATORS,
  OffPolicyEvaluationError,
  directMethod,
  doublyRobust,
  inversePropensity,
  selectEstimator,
  type SelectionInput,
} from "../../src/index.ts";
import { ruleAt, subsamplingLossInto } from "../../src/bandit/subsampling-rule.ts";

const ACTIONS = 4;
const LOGGING = [0.4, 0.3, 0.2, 0.1];
const TARGET = [0.1, 0.15, 0.25, 0.5];

/** Rewards `2a + x + noise`, a model off by `bias · (a − 1)`. */
function world(rowCount: number, options: { bias: number; noise: number; seed: string }): SelectionInput {
  const key = rootKey(options.seed);
  const action = Int32Array.from({ length: rowCount }, (_, i) => {
    const u = uniform(key, i, 0);
    return u < 0.4 ? 0 : u < 0.7 ? 1 : u < 0.9 ? 2 : 3;
  });
  const context = Float64Array.from(action, (_, i) => uniform(key, i, 2));
  const table = (f: (a: number, i: number) => number): Float64Array =>
    Float64Array.from({ length: rowCount * ACTIONS }, (_, k) => f(k % ACTIONS, Math.floor(k / ACTIONS)));
  return {
    reward: Float64Array.from(
      action,
      (a, i) => 2 * a + context[i]! + options.noise * normalQuantile(uniform(key, i, 4)),
    ),
    action,
    actionCount: ACTIONS,
    loggingProbabilities: table((a) => LOGGING[a]!),
    targetProbabilities: table((a) => TARGET[a]!),
    predictedRewards: table((a, i) => 2 * a + context[i]! + options.bias * (a - 1)),
  };
}

const candidates = [
  { id: "ips", terms: inversePropensity },
  { id: "dm", terms: directMethod },
  { id: "dr", terms: (log: Parameters<typeof doublyRobust>[0]) => doublyRobust(log) },
];

describe("policy-adaptive estimator selection", () => {
  test("the loss's gradient against central differences", () => {
    const input = world(40, { bias: 1, noise: 1, seed: "gradient" });
    const features = Float64Array.from({ length: 40 * ACTIONS * 2 }, (_, k) =>
      k % 2 === 0 ? 1 : Math.sin(k),
    );
    const data = {
      ...input,
      weight: Float64Array.from(input.action, (a) => TARGET[a]! / LOGGING[a]!),
      features,
      featureCount: 2,
    };
    const target = { share: 0.2, penalty: 3 };
    const gradient = new Float64Array(2);
    const scratch = new Float64Array(2);
    const at = [0.3, -0.7];
    subsamplingLossInto(gradient, data, ruleAt(data, Float64Array.from(at)), target);
    at.forEach((_, d) => {
      const loss = (step: number): number =>
        subsamplingLossInto(
          scratch,
          data,
          ruleAt(
            data,
            Float64Array.from(at, (v, e) => (e === d ? v + step : v)),
          ),
          target,
        );
      expect(gradient[d]!).toBeCloseTo((loss(1e-6) - loss(-1e-6)) / 2e-6, 6);
    });
  });

  test("splits resemble the question: pseudo weights are nearer to the real ones than those of a blind split", () => {
    const input = world(1_500, { bias: 0, noise: 1, seed: "weights" });
    const { weightError } = selectEstimator(candidates, input, { key: rootKey("splits"), splits: 1 });
    const blind = Math.sqrt(
      input.action.reduce((sum, a) => sum + (TARGET[a]! / LOGGING[a]! - 1) ** 2, 0) / input.action.length,
    );
    expect(weightError).toBeLessThan(blind / 2);
  });

  test("a wrong model loses to doubly robust; a right one, under noise, wins over inverse propensity", () => {
    const options = { key: rootKey("choice") };
    const wrong = selectEstimator(candidates, world(1_500, { bias: 3, noise: 0.5, seed: "wrong" }), options);
    const errorOf = (selection: typeof wrong, id: string): number =>
      selection.errors.find((entry) => entry.id === id)!.meanSquaredError;
    expect(wrong.chosen).not.toBe("dm");
    expect(errorOf(wrong, "dr")).toBeLessThan(errorOf(wrong, "dm") / 10);
    const right = selectEstimator(candidates, world(1_500, { bias: 0, noise: 0.5, seed: "right" }), options);
    expect(right.chosen).not.toBe("ips");
    expect(errorOf(right, "dm")).toBeLessThan(errorOf(right, "ips"));
  });

  test("all estimators of the registry take part, and the same key gives the same choice", () => {
    const input = world(400, { bias: 1, noise: 1, seed: "registry" });
    const all = BANDIT_ESTIMATORS.map(({ id, terms }) => ({ id, terms }));
    const options = { key: rootKey("all"), splits: 5 };
    const first = selectEstimator(all, input, options);
    expect(first.errors).toHaveLength(all.length);
    expect(first.errors.every(({ meanSquaredError }) => Number.isFinite(meanSquaredError))).toBe(true);
    expect(selectEstimator(all, input, options)).toEqual(first);
  });

  test("what can't be chosen from is refused", () => {
    const input = world(50, { bias: 1, noise: 1, seed: "refused" });
    const key = rootKey("refused");
    const code = (run: () => unknown): string => {
      try {
        run();
      } catch (error) {
        if (error instanceof OffPolicyEvaluationError) return error.code;
      }
      return "none";
    };
    expect(code(() => selectEstimator([], input, { key }))).toBe("BAD_OPTION");
    expect(code(() => selectEstimator(candidates, input, { key, share: 1 }))).toBe("BAD_OPTION");
    expect(
      code(() =>
        selectEstimator(candidates, { ...input, loggingProbabilities: new Float64Array(3) }, { key }),
      ),
    ).toBe("BAD_LENGTH");
    const impossible = Float64Array.from(input.loggingProbabilities, (_, k) => (k % ACTIONS === 0 ? 1 : 0));
    expect(
      code(() => selectEstimator(candidates, { ...input, loggingProbabilities: impossible }, { key })),
    ).toBe("BAD_VALUE");
  });
});
