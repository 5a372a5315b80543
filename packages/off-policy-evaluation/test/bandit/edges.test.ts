import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  BanditLog,
  ModelledBanditLog,
  OffPolicyEvaluationError,
  TUNABLE_ESTIMATORS,
  balancedInversePropensity,
  banditLogFromTables,
  clippedInversePropensity,
  directMethod,
  doublyRobust,
  estimateValue,
  influenceValues,
  inversePropensity,
  mixturePropensities,
  moreRobustWeights,
  naiveLoggers,
  offPolicyConjunctEffect,
  pairedLift,
  replay,
  selectEmbedding,
  selfNormalizedDoublyRobust,
  selfNormalizedInversePropensity,
  shrunkDoublyRobust,
  slope,
  subGaussianDoublyRobust,
  subGaussianInversePropensity,
  switchDoublyRobust,
  termsDifference,
  tuned,
  weightedLoggers,
  weightsFromClassifier,
  type EstimatorTerms,
  type OffPolicyEvaluationErrorCode,
} from "../../src/index.ts";
import { expectClose } from "./golden.ts";

const f = (...values: number[]): Float64Array => Float64Array.from(values);

/** The error of `run`, held against code and message, and checked to be one line. */
function expectRefused(
  run: () => unknown,
  code: OffPolicyEvaluationErrorCode,
  message: string | RegExp,
): void {
  let caught: unknown;
  try {
    run();
  } catch (error) {
    caught = error;
  }
  if (!(caught instanceof OffPolicyEvaluationError)) throw new Error(`not refused: ${String(caught)}`);
  expect(caught.code).toBe(code);
  expect(caught.message).toMatch(message);
  expect(caught.message).not.toContain("\n");
}

const sound = { reward: f(1, 0, 1), propensity: f(0.5, 0.25, 1), actionProbability: f(0.25, 0.75, 0) };
const tables = {
  reward: f(1, 0),
  propensity: f(0.5, 0.5),
  action: Int32Array.of(0, 1),
  actionCount: 2,
  targetProbabilities: f(0.5, 0.5, 1, 0),
  predictedRewards: f(1, 2, 3, 4),
};

describe("bad input is refused in one line that names the first bad row", () => {
  test.each([
    [{ ...sound, reward: f() }, "EMPTY", /log has no rows/],
    [{ ...sound, propensity: f(1) }, "BAD_LENGTH", /propensity has 1 entries: 3 are needed/],
    [{ ...sound, actionProbability: f(1, 1) }, "BAD_LENGTH", /actionProbability has 2/],
    [{ ...sound, reward: f(1, NaN, NaN) }, "BAD_VALUE", /reward\[1\] is NaN/],
    [{ ...sound, reward: f(1, 1, -Infinity) }, "BAD_VALUE", /reward\[2\] is -Infinity/],
    [{ ...sound, propensity: f(1, 1.7, 1) }, "BAD_VALUE", /propensity\[1\] is 1.7/],
    [{ ...sound, propensity: f(0, 1, 1) }, "BAD_VALUE", /propensity\[0\] is 0/],
    [{ ...sound, propensity: f(1, 1, -0.1) }, "BAD_VALUE", /propensity\[2\] is -0.1/],
    [{ ...sound, propensity: f(1, NaN, 1) }, "BAD_VALUE", /propensity\[1\] is NaN/],
    [{ ...sound, actionProbability: f(-1.8, 1, 1) }, "BAD_VALUE", /actionProbability\[0\] is -1.8/],
    [{ ...sound, actionProbability: f(0, 1.01, 1) }, "BAD_VALUE", /actionProbability\[1\] is 1.01/],
    [{ ...sound, actionProbability: f(0, 1, NaN) }, "BAD_VALUE", /actionProbability\[2\] is NaN/],
    [{ ...sound, propensity: f(1, 1e-320, 1) }, "BAD_VALUE", /propensity\[1\] is .*overflows/],
  ] as const)("bandit log %#", (input, code, message) => {
    expectRefused(() => new BanditLog(input), code, message);
  });

  test.each([
    [{ ...tables, action: Int32Array.of(0) }, "BAD_LENGTH", /action has 1/],
    [
      { ...tables, action: Int32Array.of(0, 2) },
      "BAD_VALUE",
      /action\[1\] is 2: it must be a whole number from 0 to 1/,
    ],
    [{ ...tables, action: Int32Array.of(-1, 0) }, "BAD_VALUE", /action\[0\] is -1/],
    [
      { ...tables, targetProbabilities: f(0.5, 0.5, 1) },
      "BAD_LENGTH",
      /targetProbabilities has 3 entries: 4/,
    ],
    [
      { ...tables, targetProbabilities: f(0.5, 0.5, 1, 0.1) },
      "BAD_VALUE",
      /targetProbabilities row 1 sums to 1.1/,
    ],
    [
      { ...tables, targetProbabilities: f(1.5, -0.5, 1, 0) },
      "BAD_VALUE",
      /targetProbabilities row 0, entry 1 is -0.5/,
    ],
    [{ ...tables, targetProbabilities: f(0.5, NaN, 1, 0) }, "BAD_VALUE", /row 0, entry 1 is NaN/],
    [{ ...tables, predictedRewards: f(1, 2, NaN, 1) }, "BAD_VALUE", /predictedRewards\[2\] is NaN/],
    [{ ...tables, actionCount: 1.5 }, "BAD_OPTION", /actionCount is 1.5/],
  ] as const)("action tables %#", (input, code, message) => {
    expectRefused(() => banditLogFromTables(input), code, message);
  });

  test("rows whose probabilities miss 1 by less than 1e-6 pass", () => {
    const log = banditLogFromTables({ ...tables, targetProbabilities: f(0.5, 0.5000005, 1, 0) });
    expect(log.directValue[0]).toBeCloseTo(1.5, 6);
  });

  test("options outside their range", () => {
    const log = banditLogFromTables(tables);
    expectRefused(
      () => clippedInversePropensity(log, { maximumWeight: -1 }),
      "BAD_OPTION",
      /maximumWeight is -1/,
    );
    expectRefused(() => doublyRobust(log, { maximumWeight: NaN }), "BAD_OPTION", /maximumWeight is NaN/);
    expectRefused(() => switchDoublyRobust(log, { threshold: -1 }), "BAD_OPTION", /threshold is -1/);
    expectRefused(() => shrunkDoublyRobust(log, { shrinkage: NaN }), "BAD_OPTION", /shrinkage is NaN/);
    expectRefused(() => subGaussianDoublyRobust(log, { smoothing: 1.1 }), "BAD_OPTION", /smoothing is 1.1/);
    expectRefused(
      () =>
        tuned(TUNABLE_ESTIMATORS.clippedInversePropensity, log, {
          parameters: [],
          method: { kind: "slope" },
        }),
      "BAD_OPTION",
      /parameters is empty/,
    );
    expectRefused(() => slope([]), "BAD_OPTION", /at least one candidate/);
    expectRefused(() => slope([{ estimate: NaN, halfWidth: 1 }]), "BAD_VALUE", /candidate 0 is NaN/);
  });

  test("impossible records of several loggers, clusters and classifiers", () => {
    const loggers = { ...sound, logger: Int32Array.of(0, 1, 2), loggerCount: 2 };
    expectRefused(() => naiveLoggers(loggers), "BAD_VALUE", /logger\[2\] is 2/);
    expectRefused(
      () =>
        mixturePropensities({
          logger: Int32Array.of(0, 0),
          loggerCount: 2,
          propensityByLogger: f(0.5, 0.5, 0, 0.5),
        }),
      "BAD_VALUE",
      /mixturePropensity\[1\] is 0/,
    );
    expectRefused(() => weightsFromClassifier(f(0.5, 1)), "BAD_VALUE", /targetProbability\[1\] is 1/);
    expectRefused(
      () =>
        offPolicyConjunctEffect({
          ...tables,
          loggingProbabilities: f(0, 1, 0.5, 0.5),
          cluster: Int32Array.of(0, 0),
          clusterCount: 1,
        }),
      "BAD_VALUE",
      /loggingProbabilities row 0: the logged action 0 has probability 0/,
    );
  });
});

describe("no overlap is an error and not 0 ± 0", () => {
  const none = new ModelledBanditLog({
    reward: f(1, 0, 1),
    propensity: f(0.5, 0.5, 0.5),
    actionProbability: f(0, 0, 0),
    directValue: f(1, 1, 1),
    predictedReward: f(0, 0, 0),
  });
  const loggers = {
    reward: none.reward,
    propensity: none.propensity,
    actionProbability: none.actionProbability,
    logger: Int32Array.of(0, 0, 1),
    loggerCount: 2,
  };
  test.each<[string, () => unknown]>([
    ["inverse propensity", () => inversePropensity(none)],
    ["clipped", () => clippedInversePropensity(none, { maximumWeight: 3 })],
    ["self-normalised", () => selfNormalizedInversePropensity(none)],
    ["doubly robust", () => doublyRobust(none)],
    ["self-normalised doubly robust", () => selfNormalizedDoublyRobust(none)],
    ["Switch-DR", () => switchDoublyRobust(none, { threshold: 0 })],
    ["DRos", () => shrunkDoublyRobust(none, { shrinkage: 0 })],
    ["sub-Gaussian", () => subGaussianInversePropensity(none, { smoothing: 1 })],
    ["sub-Gaussian DR", () => subGaussianDoublyRobust(none, { smoothing: 1 })],
    ["MRDR weights", () => moreRobustWeights(none)],
    ["balanced", () => balancedInversePropensity({ reward: none.reward, estimatedWeight: f(0, 0, 0) })],
    ["replay", () => replay({ reward: f(1), action: Int32Array.of(0), targetAction: Int32Array.of(1) })],
    ["naive loggers", () => naiveLoggers(loggers)],
    ["weighted loggers", () => weightedLoggers(loggers)],
    [
      "lift",
      () => pairedLift({ ...loggers, candidateProbability: f(0, 0, 0), incumbentProbability: f(1, 1, 1) }),
    ],
    [
      "lift",
      () => pairedLift({ ...loggers, candidateProbability: f(1, 1, 1), incumbentProbability: f(0, 0, 0) }),
    ],
  ])("%s", (_, run) => {
    expectRefused(run, "NO_SUPPORT", /./);
  });

  test("the direct method needs none", () => {
    expect(estimateValue(directMethod(none))).toBe(1);
  });
});

describe("limits at the edges", () => {
  const log = new ModelledBanditLog({
    reward: f(1, 0.5, -1, 2),
    propensity: f(0.5, 0.25, 0.5, 0.1),
    actionProbability: f(0.25, 0.75, 0, 1),
    directValue: f(0.2, 0.4, 0.6, 0.8),
    predictedReward: f(0.1, 0.3, -0.5, 0.7),
  });
  const same = (left: EstimatorTerms, right: EstimatorTerms): void => {
    expect([...left.columns[0]!]).toEqual([...right.columns[0]!]);
  };

  test("λ = 0 leaves the direct method, λ = ∞ doubly robust, with a weight of 0 in the log", () => {
    same(shrunkDoublyRobust(log, { shrinkage: 0 }), directMethod(log));
    same(shrunkDoublyRobust(log, { shrinkage: Infinity }), doublyRobust(log));
    same(switchDoublyRobust(log, { threshold: Infinity }), doublyRobust(log));
    same(doublyRobust(log, { maximumWeight: 0 }), directMethod(log));
    same(subGaussianDoublyRobust(log, { smoothing: 0 }), doublyRobust(log));
    same(subGaussianInversePropensity(log, { smoothing: 0 }), inversePropensity(log));
    same(clippedInversePropensity(log, { maximumWeight: Infinity }), inversePropensity(log));
    expect(estimateValue(clippedInversePropensity(log, { maximumWeight: 0 }))).toBe(0);
    // Switch-DR at 0 keeps only weights of 0, whose correction is 0.
    same(switchDoublyRobust(log, { threshold: 0 }), directMethod(log));
  });

  test("λ = 1 makes sub-Gaussian weights 1, and 0 where the target never acts so", () => {
    expect([...subGaussianInversePropensity(log, { smoothing: 1 }).columns[0]!]).toEqual([1, 0.5, -0, 2]);
    expect(estimateValue(subGaussianDoublyRobust(log, { smoothing: 1 }))).toBeCloseTo(
      (0.2 + 0.9 + 0.4 + 0.2 + 0.6 + 0.8 + 1.3) / 4,
      12,
    );
  });

  test("limits are approached, not jumped to", () => {
    const near = (left: EstimatorTerms, right: EstimatorTerms): void =>
      expectClose(estimateValue(left), estimateValue(right), 1e-6);
    near(shrunkDoublyRobust(log, { shrinkage: 1e-9 }), shrunkDoublyRobust(log, { shrinkage: 0 }));
    near(shrunkDoublyRobust(log, { shrinkage: 1e12 }), shrunkDoublyRobust(log, { shrinkage: Infinity }));
    near(
      subGaussianDoublyRobust(log, { smoothing: 1 - 1e-9 }),
      subGaussianDoublyRobust(log, { smoothing: 1 }),
    );
    const balanced = { reward: log.reward, estimatedWeight: log.weight };
    near(
      balancedInversePropensity(balanced, { maximumWeight: 1e-9 }),
      balancedInversePropensity(balanced, { maximumWeight: 0 }),
    );
  });

  test("no parameter makes a term that is not finite", () => {
    const parameter = fc.oneof(
      fc.constantFrom(0, 1, Infinity, Number.MIN_VALUE, Number.MAX_VALUE),
      fc.double({ min: 0, noNaN: true }),
    );
    const weightRow = fc.record({
      propensity: fc.double({ min: 1e-12, max: 1, noNaN: true }),
      probability: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
    });
    fc.assert(
      fc.property(fc.array(weightRow, { minLength: 1, maxLength: 6 }), parameter, (rows, lambda) => {
        const any = new ModelledBanditLog({
          reward: Float64Array.from(rows, (_, i) => i - 1),
          propensity: Float64Array.from(rows, (row) => row.propensity),
          actionProbability: Float64Array.from([1, ...rows.slice(1).map((row) => row.probability)]),
          directValue: new Float64Array(rows.length).fill(0.3),
          predictedReward: new Float64Array(rows.length).fill(-0.2),
        });
        for (const terms of [
          clippedInversePropensity(any, { maximumWeight: lambda }),
          switchDoublyRobust(any, { threshold: lambda }),
          shrunkDoublyRobust(any, { shrinkage: lambda }),
          subGaussianDoublyRobust(any, { smoothing: Math.min(1, lambda) }),
        ])
          expect(Number.isFinite(estimateValue(terms))).toBe(true);
      }),
    );
  });

  test("self-normalised values ignore a factor on the weights and carry a shift of the rewards", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 2, maxLength: 8 }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        (probabilities, shift) => {
          const rows = probabilities.length;
          const of = (scale: number, added: number): number =>
            estimateValue(
              selfNormalizedInversePropensity(
                new BanditLog({
                  reward: Float64Array.from({ length: rows }, (_, i) => i + added),
                  propensity: new Float64Array(rows).fill(scale),
                  actionProbability: Float64Array.from(probabilities),
                }),
              ),
            );
          expectClose(of(0.5, shift), of(0.25, 0) + shift, 1e-9);
        },
      ),
    );
  });

  test("a logger whose terms are all equal does not take all the weight", () => {
    const input = {
      reward: f(1, 0, 0, 0),
      propensity: f(0.5, 0.5, 0.5, 0.5),
      actionProbability: f(0.5, 0.5, 0.5, 0.5),
      logger: Int32Array.of(0, 0, 1, 1),
      loggerCount: 2,
    };
    expectRefused(
      () => weightedLoggers(input),
      "NOT_COMPUTABLE",
      /logger 1 are all 0.*balanced or the naive/,
    );
    // All loggers constant: they count alike. One logger: plain inverse propensity.
    expect(estimateValue(weightedLoggers({ ...input, reward: f(1, 1, 0, 0) }))).toBe(0.5);
    expect(estimateValue(weightedLoggers({ ...input, logger: Int32Array.of(0, 0, 0, 0) }))).toBe(0.25);
    const varied = weightedLoggers({ ...input, reward: f(1, 0, 1, 0.5) });
    // A resample that drew only row 0 of logger 0 and both of logger 1.
    const means = varied.columns.map((column) => (2 * column[0]! + column[2]! + column[3]!) / 4);
    expect(varied.value(means)).toBeCloseTo(1, 12);
    const gradient = new Float64Array(means.length);
    varied.gradientInto(gradient, means);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });
});

describe("defects of other libraries", () => {
  test("a parameter chosen for one policy does not reach the next", () => {
    const rows = 400;
    const logOf = (probability: number): BanditLog =>
      new BanditLog({
        reward: Float64Array.from({ length: rows }, (_, i) => (i * 7) % 3),
        propensity: Float64Array.from({ length: rows }, (_, i) => (i % 20 === 0 ? 0.02 : 0.5)),
        actionProbability: new Float64Array(rows).fill(probability),
      });
    const options = { parameters: [Infinity, 20, 5, 1], method: { kind: "slope" } } as const;
    const estimator = TUNABLE_ESTIMATORS.clippedInversePropensity;
    const first = tuned(estimator, logOf(0.05), options);
    const between = tuned(estimator, logOf(0.9), options);
    const again = tuned(estimator, logOf(0.05), options);
    expect(again.parameter).toBe(first.parameter);
    expect(estimateValue(again.terms)).toBe(estimateValue(first.terms));
    expect(between.tried[0]!.estimate).not.toBe(first.tried[0]!.estimate);
  });

  test("a self-normaliser is a column that a resample changes, with its influence", () => {
    // Weights 1 and 3 with equal rewards: the ratio never moves, a frozen normaliser would make it.
    const log = new BanditLog({
      reward: f(2, 2),
      propensity: f(0.25, 0.25),
      actionProbability: f(0.25, 0.75),
    });
    const terms = selfNormalizedInversePropensity(log);
    expect(terms.value([terms.columns[0]![1]!, terms.columns[1]![1]!])).toBe(2);
    expect([...influenceValues(terms)].every((value) => Math.abs(value) < 1e-15)).toBe(true);
  });

  test("SLOPE takes the last that agrees with all wider ones", () => {
    const at = (estimate: number, halfWidth: number): { estimate: number; halfWidth: number } => ({
      estimate,
      halfWidth,
    });
    expect(slope([at(0, 1), at(0.5, 0.5), at(0.9, 0.2), at(3, 0.1)])).toEqual({
      chosen: 2,
      accepted: [0, 1, 2],
    });
    // Order given does not matter; a stop is final, though a narrower one would agree again.
    expect(slope([at(0.1, 0.05), at(3, 0.1), at(0, 1)])).toEqual({ chosen: 2, accepted: [2] });
  });

  test("an exact embedding search over too many dimensions is refused", () => {
    const dimensionCount = 13;
    expectRefused(
      () =>
        selectEmbedding(
          {
            reward: f(1, 0),
            embedding: new Int32Array(2 * dimensionCount),
            dimensionCount,
            categoryCount: 1,
            actionCount: 1,
            embeddingProbabilities: new Float64Array(dimensionCount).fill(1),
            targetProbabilities: f(1, 1),
            loggingProbabilities: f(1, 1),
          },
          { search: "exact" },
        ),
      "BAD_OPTION",
      /at most 12 dimensions, got 13: use "greedy"/,
    );
  });
});

describe("paired lift", () => {
  test("candidate = incumbent is exactly 0, for the estimate, its influences and any resample", () => {
    const log = { reward: f(1, 0, 3), propensity: f(0.5, 0.3, 0.7) };
    const probability = f(0.1, 0.9, 0.33);
    const terms = pairedLift({
      ...log,
      candidateProbability: probability,
      incumbentProbability: Float64Array.from(probability),
    });
    expect(estimateValue(terms)).toBe(0);
    expect([...influenceValues(terms)].map((value) => value + 0)).toEqual([0, 0, 0]);
    expect(terms.value(terms.columns.map((column) => column[2]!))).toBe(0);
    const snips = selfNormalizedInversePropensity(new BanditLog({ ...log, actionProbability: probability }));
    expect(estimateValue(termsDifference(snips, snips))).toBe(0);
    expect([...influenceValues(termsDifference(snips, snips))].every((value) => value === 0)).toBe(true);
  });

  test("a constant reward has no lift, whatever the weights: the baseline takes it", () => {
    const terms = pairedLift({
      reward: f(5, 5, 5),
      propensity: f(0.5, 0.25, 0.5),
      candidateProbability: f(0.9, 0.1, 0.3),
      incumbentProbability: f(0.2, 0.2, 0.6),
    });
    expectClose(estimateValue(terms), 0, 1e-12);
    expect([...influenceValues(terms)].every((value) => Math.abs(value) < 1e-12)).toBe(true);
  });
});
