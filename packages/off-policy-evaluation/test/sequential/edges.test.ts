import { describe, expect, test } from "vitest";
import {
  bestDice,
  columnMeans,
  estimateValue,
  loggedReturn,
  magic,
  marginalizedDoublyRobust,
  marginalizedImportanceSampling,
  ModelledTrajectoryLog,
  perDecisionCressieRead,
  perDecisionImportanceSampling,
  returnMean,
  returnQuantile,
  returnTailMean,
  selfNormalizedMarginalizedImportanceSampling,
  selfNormalizedPerDecisionImportanceSampling,
  selfNormalizedTrajectoryImportanceSampling,
  sequentialDirectMethod,
  sequentialDoublyRobust,
  tabularFittedQEvaluation,
  TabularTrajectoryLog,
  trajectoryImportanceSampling,
  TrajectoryLog,
  weightedDoublyRobust,
  withTabularValues,
  type EstimatorTerms,
  type TrajectoryLogInput,
} from "../../src/index.ts";
import { expectClose } from "../bandit/golden.ts";
import { sampleTrajectories } from "./exact-process.ts";

const input: TrajectoryLogInput = {
  offset: Int32Array.of(0, 2, 3),
  reward: Float64Array.of(1, 2, 4),
  propensity: Float64Array.of(0.5, 0.5, 0.25),
  actionProbability: Float64Array.of(0.25, 1, 0.75),
  discountFactor: 0.5,
};
const modelled = (change: Partial<TrajectoryLogInput> = {}): ModelledTrajectoryLog =>
  new ModelledTrajectoryLog({
    ...input,
    ...change,
    actionValue: Float64Array.of(1, 1, 1),
    stateValue: Float64Array.of(2, 3, 5),
  });

const withModel: Readonly<Record<string, (log: ModelledTrajectoryLog) => EstimatorTerms>> = {
  trajectoryImportanceSampling,
  selfNormalizedTrajectoryImportanceSampling,
  perDecisionImportanceSampling,
  selfNormalizedPerDecisionImportanceSampling,
  sequentialDoublyRobust,
  weightedDoublyRobust,
  magic,
  perDecisionCressieRead,
  returnMean,
  quantile: (log) => returnQuantile(log, 0.5),
  tailMean: (log) => returnTailMean(log, 0.1),
};

describe("by hand, on trajectories of two steps and one", () => {
  // Weights 0.5, 1 and 3; returns 2 and 4.
  const log = modelled();
  test.each([
    ["logged return", loggedReturn(log), 3],
    ["trajectory importance sampling", trajectoryImportanceSampling(log), (1 * 2 + 3 * 4) / 2],
    ["self-normalised trajectories", selfNormalizedTrajectoryImportanceSampling(log), 14 / 4],
    ["per decision", perDecisionImportanceSampling(log), (0.5 + 0.5 * 2 + 12) / 2],
    [
      "self-normalised per decision",
      selfNormalizedPerDecisionImportanceSampling(log),
      12.5 / 3.5 + (0.5 * 2) / 4,
    ],
    [
      "self-normalised over those that run",
      selfNormalizedPerDecisionImportanceSampling(log, { normalizedOver: "running" }),
      12.5 / 3.5 + (0.5 * 2) / 1 / 2,
    ],
    ["direct method", sequentialDirectMethod(log), 3.5],
    ["doubly robust", sequentialDoublyRobust(log), (2 + 0.5 * (1 + 1.5 - 1) + 0.5 * (2 - 1) + 5 + 3 * 3) / 2],
    [
      "weighted doubly robust",
      weightedDoublyRobust(log),
      3.5 + (0.5 * 0 + 3 * 3) / 3.5 + (0.5 * (0.5 * 3)) / 3.5 + (0.5 * 1) / 4,
    ],
    ["median, of weights 1 and 3", returnQuantile(log, 0.5), 4],
    ["first quartile, at the jump", returnQuantile(log, 0.25), 2],
    ["mean of the worst half", returnTailMean(log, 0.5), 3],
    ["mean of the worst tenth", returnTailMean(log, 0.1), 2],
  ] as const)("%s", (_, terms, expected) => {
    expectClose(estimateValue(terms), expected, 1e-12);
  });

  test("the value of a final state enters where a trajectory was cut off", () => {
    const cut = new ModelledTrajectoryLog({
      ...input,
      actionValue: log.actionValue,
      stateValue: log.stateValue,
      finalStateValue: Float64Array.of(8, 0),
    });
    const added = 0.25 * 1 * 8;
    expectClose(
      estimateValue(sequentialDoublyRobust(cut)) - estimateValue(sequentialDoublyRobust(log)),
      added / 2,
      1e-12,
    );
    expectClose(
      estimateValue(weightedDoublyRobust(cut)) - estimateValue(weightedDoublyRobust(log)),
      added / 4,
      1e-12,
    );
  });
});

describe("limits", () => {
  test("on the log's own policy every estimator without a model is the logged return", () => {
    const log = sampleTrajectories(300, "own", { target: Float64Array.of(0.6, 0.4, 0.5, 0.5, 0.7, 0.3) });
    const expected = estimateValue(loggedReturn(log));
    for (const estimator of [
      trajectoryImportanceSampling,
      selfNormalizedTrajectoryImportanceSampling,
      perDecisionImportanceSampling,
      selfNormalizedPerDecisionImportanceSampling,
      perDecisionCressieRead,
      returnMean,
    ])
      expectClose(estimateValue(estimator(log)), expected, 1e-9);
  });

  test("trajectories that returned 0 count: a sparse reward on the log's own policy is not its share of winners", () => {
    const count = 1000;
    const reward = Float64Array.from({ length: count }, (_, i) => (i % 20 === 0 ? 1 : 0));
    const log = new ModelledTrajectoryLog({
      offset: Int32Array.from({ length: count + 1 }, (_, i) => i),
      reward,
      propensity: reward.map(() => 0.5),
      actionProbability: reward.map(() => 0.5),
      discountFactor: 1,
      actionValue: new Float64Array(count),
      stateValue: new Float64Array(count),
    });
    expectClose(estimateValue(sequentialDoublyRobust(log)), 0.05, 1e-12);
    expectClose(estimateValue(weightedDoublyRobust(log)), 0.05, 1e-12);
  });

  test("discount 0 leaves the first reward, in full", () => {
    const log = modelled({ discountFactor: 0 });
    expectClose(estimateValue(returnMean(log, { selfNormalized: false })), (1 + 12) / 2, 1e-12);
    expectClose(estimateValue(perDecisionImportanceSampling(log)), (0.5 + 12) / 2, 1e-12);
  });

  test("marginal weights with as many single actions as steps are per-decision importance sampling", () => {
    const log = sampleTrajectories(200, "spectrum");
    const ratio = new Float64Array(log.stepCount).fill(7);
    const expected = estimateValue(perDecisionImportanceSampling(log));
    for (const actionSteps of [5, Infinity])
      for (const kind of ["state", "state-action"] as const)
        expectClose(
          estimateValue(marginalizedImportanceSampling(log, { kind, ratio }, { actionSteps })),
          expected,
          1e-12,
        );
  });

  test("a zero weight beside others is no NaN", () => {
    const log = modelled({ actionProbability: Float64Array.of(0, 1, 0.75) });
    for (const [name, estimator] of Object.entries(withModel)) {
      const terms = estimator(log);
      const gradient = new Float64Array(terms.columns.length);
      terms.gradientInto(gradient, columnMeans(terms));
      expect(Number.isFinite(estimateValue(terms)), name).toBe(true);
      expect(gradient.every(Number.isFinite), name).toBe(true);
    }
  });

  test("one trajectory is enough for every estimator", () => {
    const one = new ModelledTrajectoryLog({
      offset: Int32Array.of(0, 1),
      reward: Float64Array.of(2),
      propensity: Float64Array.of(0.5),
      actionProbability: Float64Array.of(0.25),
      discountFactor: 1,
      actionValue: Float64Array.of(1),
      stateValue: Float64Array.of(1),
    });
    for (const [name, estimator] of Object.entries(withModel))
      expect(Number.isFinite(estimateValue(estimator(one))), name).toBe(true);
  });

  test("fitted Q evaluation of one step adds nothing after it on a finite horizon, and the final state's value on an infinite", () => {
    const log = new TabularTrajectoryLog({
      offset: Int32Array.of(0, 1, 2),
      reward: Float64Array.of(1, 1),
      propensity: Float64Array.of(1, 1),
      discountFactor: 0.5,
      state: Int32Array.of(0, 0),
      action: Int32Array.of(0, 0),
      finalState: Int32Array.of(0, 0),
      stateCount: 1,
      actionCount: 1,
      targetProbabilities: Float64Array.of(1),
    });
    const value = (horizon: "finite" | "infinite"): number =>
      estimateValue(
        sequentialDirectMethod(withTabularValues(log, tabularFittedQEvaluation(log, { horizon }))),
      );
    expectClose(value("finite"), 1, 1e-12);
    expectClose(value("infinite"), 2, 1e-12);
    expectClose(estimateValue(bestDice(log)), 2, 1e-12);
  });
});

describe("refusals", () => {
  test.each(Object.keys(withModel))("no support is an error, not 0: %s", (name) => {
    const nothing = modelled({ actionProbability: Float64Array.of(1, 0, 0) });
    expect(() => withModel[name]!(nothing)).toThrow(expect.objectContaining({ code: "NO_SUPPORT" }));
    expect(() => withModel[name]!(nothing)).toThrow(/step 1/);
  });

  test("no support by marginal ratios is an error too", () => {
    const ratios = { kind: "state-action", ratio: Float64Array.of(1, 0, 0) } as const;
    expect(() => marginalizedImportanceSampling(modelled(), ratios)).toThrow(
      expect.objectContaining({ code: "NO_SUPPORT" }),
    );
    expect(() => marginalizedDoublyRobust(modelled(), ratios)).toThrow(
      expect.objectContaining({ code: "NO_SUPPORT" }),
    );
  });

  test("self-normalised marginal estimators of ragged trajectories need the ratio of having ended", () => {
    const ratios = { kind: "state-action", ratio: Float64Array.of(1, 1, 1) } as const;
    expect(() => selfNormalizedMarginalizedImportanceSampling(modelled(), ratios)).toThrow(
      expect.objectContaining({ code: "NOT_COMPUTABLE" }),
    );
  });

  test.each<[Partial<TrajectoryLogInput>, string, RegExp]>([
    [{ offset: Int32Array.of(0) }, "EMPTY", /offset/],
    [{ offset: Int32Array.of(1, 3) }, "BAD_VALUE", /offset\[0\] is 1/],
    [{ offset: Int32Array.of(0, 2, 2, 3) }, "BAD_VALUE", /offset\[2\] is 2/],
    [{ offset: Int32Array.of(0, 2, 4) }, "BAD_LENGTH", /ends at 4/],
    [{ propensity: Float64Array.of(1, 1) }, "BAD_LENGTH", /propensity/],
    [{ propensity: Float64Array.of(1, 0, 1) }, "BAD_VALUE", /propensity\[1\] is 0/],
    [{ propensity: Float64Array.of(1, 1.7, 1) }, "BAD_VALUE", /propensity\[1\] is 1.7/],
    [{ actionProbability: Float64Array.of(1, 1, -1.8) }, "BAD_VALUE", /actionProbability\[2\]/],
    [{ reward: Float64Array.of(1, NaN, 1) }, "BAD_VALUE", /reward\[1\] is NaN/],
    [{ reward: Float64Array.of() }, "EMPTY", /no rows/],
    [{ discountFactor: 1.1 }, "BAD_OPTION", /discountFactor is 1.1/],
    [{ propensity: Float64Array.of(1e-200, 1e-200, 1) }, "BAD_VALUE", /trajectory 0 overflow/],
  ])("bad input %#: one line that says what and where", (change, code, message) => {
    expect(() => new TrajectoryLog({ ...input, ...change })).toThrow(expect.objectContaining({ code }));
    expect(() => new TrajectoryLog({ ...input, ...change })).toThrow(message);
  });

  test("bad options", () => {
    const bad = expect.objectContaining({ code: "BAD_OPTION" });
    expect(() => magic(modelled(), { correctedSteps: [0, 3] })).toThrow(bad);
    expect(() => magic(modelled(), { correctedSteps: [1, 1] })).toThrow(bad);
    expect(() => magic(modelled(), { confidence: 1 })).toThrow(bad);
    expect(() => perDecisionCressieRead(modelled(), { maximumWeight: 1 })).toThrow(bad);
    expect(() => returnQuantile(modelled(), 0)).toThrow(bad);
    expect(() => returnTailMean(modelled(), 0)).toThrow(bad);
    const ratio = Float64Array.of(1, 1, 1);
    expect(() =>
      marginalizedImportanceSampling(modelled(), { kind: "state", ratio }, { actionSteps: 0.5 }),
    ).toThrow(bad);
  });
});
