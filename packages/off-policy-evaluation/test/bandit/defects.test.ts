import { normalQuantile, rootKey, uniform } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import {
  BanditLog,
  ModelledBanditLog,
  TUNABLE_ESTIMATORS,
  defaultInterval,
  directMethod,
  doublyRobust,
  estimateValue,
  estimatorAgreement,
  tuned,
  weightedLoggers,
} from "../../src/index.ts";
import { expectClose } from "./golden.ts";

describe("defects of other libraries", () => {
  test("Open Bandit Pipeline: a tuned parameter kept for the next policy gives another estimate", () => {
    const rows = 400;
    const key = rootKey("stale");
    const propensity = Float64Array.from({ length: rows }, (_, i) => (i % 20 === 0 ? 0.02 : 0.5));
    const logOf = (probability: (i: number) => number): BanditLog =>
      new BanditLog({
        reward: Float64Array.from({ length: rows }, (_, i) => (uniform(key, i, 0) < 0.4 ? 1 : 0)),
        propensity,
        actionProbability: Float64Array.from({ length: rows }, (_, i) => probability(i)),
      });
    const options = { parameters: [Infinity, 20, 5, 1], method: { kind: "slope" } } as const;
    const estimator = TUNABLE_ESTIMATORS.clippedInversePropensity;
    const near = tuned(
      estimator,
      logOf((i) => 0.9 * propensity[i]!),
      options,
    );
    const far = logOf((i) => (propensity[i]! < 0.1 ? 0.1 : 0.95));
    const fresh = tuned(estimator, far, options);
    const least = options.parameters.filter((parameter) => parameter !== fresh.parameter);
    // What the parameter of another policy would have made of this one.
    const stale = estimateValue(
      estimator.terms(far, near.parameter === fresh.parameter ? least[0]! : near.parameter),
    );
    expect(Math.abs(stale - estimateValue(fresh.terms))).toBeGreaterThan(0.05);
    tuned(
      estimator,
      logOf((i) => 0.9 * propensity[i]!),
      options,
    );
    expect(estimateValue(tuned(estimator, far, options).terms)).toBe(estimateValue(fresh.terms));
  });

  test("the direct method's interval leaves out its model's error: doubly robust covers, and the two disagree", () => {
    // One action of interest with rewards of mean 1, a model that says 0.8 of it.
    const rows = 4000;
    const key = rootKey("direct");
    const took = (i: number): boolean => uniform(key, i, 0) < 0.5;
    const log = new ModelledBanditLog({
      reward: Float64Array.from(
        { length: rows },
        (_, i) => (took(i) ? 1 : 0) + 0.1 * normalQuantile(uniform(key, i, 2)),
      ),
      propensity: new Float64Array(rows).fill(0.5),
      actionProbability: Float64Array.from({ length: rows }, (_, i) => (took(i) ? 1 : 0)),
      directValue: Float64Array.from({ length: rows }, (_, i) => 0.8 + 0.05 * uniform(key, i, 4)),
      predictedReward: Float64Array.from({ length: rows }, (_, i) => (took(i) ? 0.8 : 0)),
    });
    const direct = defaultInterval(directMethod(log));
    const robust = defaultInterval(doublyRobust(log));
    expect(direct.upper).toBeLessThan(0.9);
    expect(robust.lower).toBeLessThan(1.03);
    expect(robust.upper).toBeGreaterThan(0.97);
    const { agree } = estimatorAgreement([
      { name: "direct", terms: directMethod(log) },
      { name: "doubly robust", terms: doublyRobust(log) },
    ]);
    expect(agree).toBe(false);
  });
});

describe("weighted loggers", () => {
  const input = (rounding: number, offset = 0): Parameters<typeof weightedLoggers>[0] => {
    const rows = 40;
    return {
      reward: Float64Array.from({ length: rows }, (_, i) => offset + (i < 20 ? 1 : i % 2)),
      propensity: Float64Array.from({ length: rows }, (_, i) => 0.3 + (i % 3 === 0 ? rounding : 0)),
      actionProbability: new Float64Array(rows).fill(0.3),
      logger: Int32Array.from({ length: rows }, (_, i) => (i < 20 ? 0 : 1)),
      loggerCount: 2,
    };
  };

  test("a logger whose terms are equal but for rounding is refused as one whose terms are equal", () => {
    for (const rounding of [0, 2 ** -54, 2 ** -53])
      expect(() => weightedLoggers(input(rounding))).toThrow(
        expect.objectContaining({ code: "NOT_COMPUTABLE" }),
      );
  });

  test("an offset of 10⁶ in the rewards shifts the estimate, and is not taken for rounding", () => {
    const noisy = (offset: number): Parameters<typeof weightedLoggers>[0] => ({
      ...input(0, offset),
      reward: Float64Array.from({ length: 40 }, (_, i) => offset + uniform(rootKey("offset"), i, 0)),
    });
    expectClose(
      estimateValue(weightedLoggers(noisy(1e6))) - 1e6,
      estimateValue(weightedLoggers(noisy(0))),
      1e-8,
    );
  });
});
