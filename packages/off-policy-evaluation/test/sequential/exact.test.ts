import { describe, expect, test } from "vitest";
import {
  bestDice,
  bestDiceRatios,
  columnMeans,
  doubleReinforcementLearning,
  estimateValue,
  influenceValues,
  magic,
  marginalRatiosOf,
  marginalizedDoublyRobust,
  marginalizedImportanceSampling,
  perDecisionCressieRead,
  perDecisionImportanceSampling,
  returnMean,
  SEQUENTIAL_ESTIMATORS,
  selfNormalizedMarginalizedDoublyRobust,
  selfNormalizedMarginalizedImportanceSampling,
  selfNormalizedPerDecisionImportanceSampling,
  selfNormalizedTrajectoryImportanceSampling,
  sequentialDirectMethod,
  sequentialDoublyRobust,
  tabularFittedQEvaluation,
  tabularMarginalRatios,
  TabularTrajectoryLog,
  tabularStateRatios,
  trajectoryImportanceSampling,
  weightedDoublyRobust,
  withTabularValues,
  type EstimatorTerms,
} from "../../src/index.ts";
import { expectClose } from "../bandit/golden.ts";
import { exactRatios, withExactValues } from "./exact-models.ts";
import {
  BEHAVIOUR,
  exactMarginals,
  exactReturn,
  HORIZON,
  population,
  sampleTrajectories,
  STATES,
  TARGET,
} from "./exact-process.ts";

const wrong = (value: number): number => 2 * value ** 2 - 1;

/** Standard error by influence. */
function standardError(terms: EstimatorTerms): number {
  const influence = influenceValues(terms);
  return Math.sqrt(influence.reduce((sum, v) => sum + v * v, 0)) / influence.length;
}

describe("over every trajectory of a process with ends", () => {
  const { log, behaviour, target, returns } = population();
  const truth = exactReturn(TARGET, 4);
  const bent = withExactValues(log, wrong);
  /** The estimate from the expected columns: what it tends to, and where the form is linear what it expects. */
  const limit = (terms: EstimatorTerms): number =>
    terms.value(terms.columns.map((column) => column.reduce((sum, v, i) => sum + behaviour[i]! * v, 0)));
  const ratios = exactRatios(log, "state-action");
  const stateRatios = exactRatios(log, "state");

  test("the process agrees with itself", () => {
    expectClose(
      behaviour.reduce((sum, p) => sum + p, 0),
      1,
      1e-12,
    );
    expectClose(
      target.reduce((sum, p, i) => sum + p * returns[i]!, 0),
      truth,
      1e-12,
    );
    expect(
      new Set(Array.from({ length: log.trajectoryCount }, (_, i) => log.offset[i + 1]! - log.offset[i]!)),
    ).toEqual(new Set([1, 2, 3, 4]));
  });

  const unbiased: Readonly<Record<string, EstimatorTerms>> = {
    "trajectory importance sampling": trajectoryImportanceSampling(log),
    "per-decision importance sampling": perDecisionImportanceSampling(log),
    "doubly robust, wrong model": sequentialDoublyRobust(bent),
    "marginalised, states": marginalizedImportanceSampling(log, stateRatios),
    "marginalised, states and actions": marginalizedImportanceSampling(log, ratios),
    "marginalised, states, two single actions": marginalizedImportanceSampling(log, stateRatios, {
      actionSteps: 2,
    }),
    "marginalised, states and actions, one single action": marginalizedImportanceSampling(log, ratios, {
      actionSteps: 1,
    }),
    "marginalised doubly robust, wrong model": marginalizedDoublyRobust(bent, ratios),
    "marginalised doubly robust by states, wrong model": marginalizedDoublyRobust(bent, stateRatios),
    "mean of the return, not normalised": returnMean(log, { selfNormalized: false }),
  };
  test.each(Object.keys(unbiased))("exactly unbiased: %s", (name) => {
    expectClose(limit(unbiased[name]!), truth, 1e-12);
  });

  const consistent: Readonly<Record<string, EstimatorTerms>> = {
    "self-normalised trajectories": selfNormalizedTrajectoryImportanceSampling(log),
    "self-normalised per decision": selfNormalizedPerDecisionImportanceSampling(log),
    "weighted doubly robust, wrong model, ragged": weightedDoublyRobust(bent),
    "self-normalised marginalised": selfNormalizedMarginalizedImportanceSampling(log, ratios),
    "self-normalised marginalised doubly robust, wrong model": selfNormalizedMarginalizedDoublyRobust(
      bent,
      stateRatios,
    ),
    "mean of the return": returnMean(log),
    "magic, wrong model, at the full correction": magic(bent, { correctedSteps: [4] }),
  };
  test.each(Object.keys(consistent))("tends to the truth: %s", (name) => {
    expectClose(limit(consistent[name]!), truth, 1e-12);
  });

  test("per-decision Cressie–Read tends to the truth as the log grows", () => {
    // Its one unseen unit weighs 1 / (n + 1).
    expectClose(limit(perDecisionCressieRead(log)), truth, 20 / log.trajectoryCount);
  });

  test("normalising over those that still run misses the truth where policies change lengths, as documented", () => {
    const terms = selfNormalizedPerDecisionImportanceSampling(log, { normalizedOver: "running" });
    expect(Math.abs(limit(terms) - truth)).toBeGreaterThan(0.005);
  });

  test("marginalised doubly robust is right with wrong ratios and the right model", () => {
    const half = { ...ratios, ratio: ratios.ratio.map((value) => value / 2 + 0.3) };
    expectClose(
      limit(
        marginalizedDoublyRobust(
          withExactValues(log, (v) => v),
          half,
        ),
      ),
      truth,
      1e-12,
    );
  });

  test("marginalised doubly robust telescopes into the other form of the paper", () => {
    const terms = marginalizedDoublyRobust(bent, ratios);
    for (let i = 0; i < log.trajectoryCount; i += 37) {
      let sum = 0;
      let before = 1;
      for (let step = log.offset[i]!, t = 0; step < log.offset[i + 1]!; step++, t++) {
        const w = ratios.ratio[step]!;
        sum +=
          log.discount[t]! *
          (w * (log.reward[step]! - bent.actionValue[step]!) + before * bent.stateValue[step]!);
        before = w;
      }
      expectClose(terms.columns[0]![i]!, sum, 1e-12);
    }
  });

  test("the registry says rightly what is unbiased", () => {
    for (const estimator of SEQUENTIAL_ESTIMATORS) {
      if (!estimator.unbiased) continue;
      const terms =
        estimator.needs === "propensities"
          ? estimator.terms(log)
          : estimator.needs === "model"
            ? estimator.terms(bent)
            : estimator.needs === "ratios"
              ? estimator.terms(log, ratios)
              : estimator.needs === "model and ratios"
                ? estimator.terms(bent, ratios)
                : estimator.terms(log);
      expectClose(limit(terms), truth, 1e-12);
      // A mean of one column is unbiased and not merely consistent.
      expect(terms.columns.length, estimator.id).toBe(1);
    }
    expect(new Set(SEQUENTIAL_ESTIMATORS.map(({ id }) => id)).size).toBe(SEQUENTIAL_ESTIMATORS.length);
  });

  const all: Readonly<Record<string, EstimatorTerms>> = {
    ...unbiased,
    ...consistent,
    "Cressie–Read": perDecisionCressieRead(log),
  };
  test.each(Object.keys(all))("gradient against differences: %s", (name) => {
    const terms = all[name]!;
    const means = columnMeans(terms);
    const gradient = new Float64Array(means.length);
    terms.gradientInto(gradient, means);
    means.forEach((mean, k) => {
      const h = 1e-6 * Math.max(1, Math.abs(mean));
      const up = terms.value(means.with(k, mean + h));
      const down = terms.value(means.with(k, mean - h));
      expectClose(gradient[k]!, (up - down) / (2 * h), 1e-6 * Math.max(1, Math.abs(gradient[k]!)));
    });
  });
});

describe("on 400,000 trajectories", () => {
  const log = sampleTrajectories(400_000, "large");
  const truth = exactReturn(TARGET);
  const near = (terms: EstimatorTerms): void => {
    expectClose(estimateValue(terms), truth, 0.01 * Math.abs(truth));
  };
  const within = (terms: EstimatorTerms): void => {
    near(terms);
    const z = (estimateValue(terms) - truth) / standardError(terms);
    expect(Math.abs(z), `z = ${z}`).toBeLessThanOrEqual(4);
  };

  test("the logging policy's value differs by far more than the tolerance", () => {
    expect(Math.abs(exactReturn(BEHAVIOUR) / truth - 1)).toBeGreaterThan(0.05);
  });

  test("double reinforcement learning: within 1 % and 4 standard errors", () => {
    within(doubleReinforcementLearning(log));
  });

  test("marginalised estimators with estimated ratios", () => {
    const ratios = tabularMarginalRatios(log);
    const modelled = withTabularValues(log, tabularFittedQEvaluation(log));
    within(marginalizedDoublyRobust(modelled, ratios));
    within(selfNormalizedMarginalizedDoublyRobust(modelled, ratios));
    within(marginalizedDoublyRobust(modelled, tabularMarginalRatios(log, "state")));
    within(selfNormalizedMarginalizedDoublyRobust(modelled, tabularMarginalRatios(log, "state")));
    // Of these the terms leave out the error of what was estimated: no z.
    near(marginalizedImportanceSampling(log, ratios));
    near(marginalizedImportanceSampling(log, tabularMarginalRatios(log, "state")));
    near(selfNormalizedMarginalizedImportanceSampling(log, ratios));
    near(sequentialDirectMethod(modelled));
  });

  test("means of the return's distribution", () => {
    within(returnMean(log));
    within(returnMean(log, { selfNormalized: false }));
  });

  test("estimated ratios of states and of having ended are near the exact ones", () => {
    const { state, ended } = tabularStateRatios(log);
    const of = exactMarginals(TARGET);
    const by = exactMarginals(BEHAVIOUR);
    for (let t = 0; t < HORIZON; t++) {
      for (let s = 0; s < STATES; s++)
        expectClose(state[t * STATES + s]!, of.state[t]![s]! / by.state[t]![s]!, 0.02);
      if (t > 0) expectClose(ended[t]!, of.ended[t]! / by.ended[t]!, 0.02);
    }
  });

  test("DICE values the infinite horizon, also of trajectories that were cut off", () => {
    const infinite = exactReturn(TARGET, 2000);
    expect(Math.abs(infinite / truth - 1)).toBeGreaterThan(0.05);
    const terms = bestDice(log);
    expectClose(estimateValue(terms), infinite, 0.01 * infinite);
    const modelled = withTabularValues(log, tabularFittedQEvaluation(log, { horizon: "infinite" }));
    // The dual and the primal of one linear program.
    expectClose(estimateValue(terms), estimateValue(sequentialDirectMethod(modelled)), 1e-9);
    within(sequentialDoublyRobust(withTabularValues(log, tabularFittedQEvaluation(log))));
    const doublyRobust = sequentialDoublyRobust(modelled);
    expectClose(estimateValue(doublyRobust), infinite, 4 * standardError(doublyRobust));
  });
});

describe("unbiased estimators on 40,000 trajectories: z <= 4 against the exact value", () => {
  const log = sampleTrajectories(40_000, "unbiased");
  const truth = exactReturn(TARGET);
  const ratios = exactRatios(log, "state-action");
  const stateRatios = exactRatios(log, "state");
  const bent = withExactValues(log, wrong);
  const unbiased: Readonly<Record<string, EstimatorTerms>> = {
    "trajectory importance sampling": trajectoryImportanceSampling(log),
    "per-decision importance sampling": perDecisionImportanceSampling(log),
    "doubly robust, wrong model": sequentialDoublyRobust(bent),
    "marginalised, exact ratios": marginalizedImportanceSampling(log, ratios),
    "marginalised by states, exact ratios": marginalizedImportanceSampling(log, stateRatios),
    "marginalised by states, two single actions": marginalizedImportanceSampling(log, stateRatios, {
      actionSteps: 2,
    }),
    "marginalised doubly robust, exact ratios and wrong model": marginalizedDoublyRobust(bent, ratios),
    "mean of the return, not normalised": returnMean(log, { selfNormalized: false }),
  };
  // Eight normal tails beyond 4, 6e-5 each.
  test.each(Object.keys(unbiased))("%s", (name) => {
    const terms = unbiased[name]!;
    const z = (estimateValue(terms) - truth) / standardError(terms);
    expect(Math.abs(z), `z = ${z}`).toBeLessThanOrEqual(4);
  });
});

describe("on samples", () => {
  test("double reinforcement learning scores each trajectory by what the others taught", () => {
    const log = sampleTrajectories(12, "folds");
    const column = doubleReinforcementLearning(log, { folds: 12 }).columns[0]!;
    column.forEach((value, left) => {
      const include = new Uint8Array(12).fill(1).with(left, 0);
      const ratios = marginalRatiosOf(log, tabularStateRatios(log, { include }), "state-action");
      const modelled = withTabularValues(log, tabularFittedQEvaluation(log, { include }));
      expectClose(value, marginalizedDoublyRobust(modelled, ratios).columns[0]![left]!, 1e-12);
    });
  });

  test("double reinforcement learning has the standard error that it says, at 300 worlds of 400", () => {
    const truth = exactReturn(TARGET);
    let squares = 0;
    let claimed = 0;
    let sum = 0;
    const worlds = 300;
    for (let world = 0; world < worlds; world++) {
      const terms = doubleReinforcementLearning(sampleTrajectories(400, `world ${world}`));
      const error = estimateValue(terms) - truth;
      sum += error;
      squares += error * error;
      claimed += standardError(terms) ** 2;
    }
    expect(Math.abs(sum / Math.sqrt(squares))).toBeLessThanOrEqual(4);
    expect(squares / claimed).toBeGreaterThan(0.75);
    expect(squares / claimed).toBeLessThan(1.35);
  });

  test("soft DICE tends to the exact one as its penalty tends to nothing", () => {
    const small = sampleTrajectories(2000, "dice");
    const exact = bestDiceRatios(small).ratio;
    const soft = bestDiceRatios(small, { primalRegularization: 1e-7 }).ratio;
    soft.forEach((value, pair) => expectClose(value, exact[pair]!, 1e-3));
    const value = (options: Parameters<typeof bestDice>[1]): number =>
      estimateValue(bestDice(small, options));
    expectClose(value({ primalRegularization: 1e-7, rewardCoefficient: 1 }), value({}), 1e-3);
  });

  test("soft DICE against its closed form in one state", () => {
    const reward = Float64Array.of(1, 3);
    const log = new TabularTrajectoryLog({
      offset: Int32Array.of(0, 1, 2),
      reward,
      propensity: Float64Array.of(0.5, 0.5),
      discountFactor: 0.75,
      state: Int32Array.of(0, 0),
      action: Int32Array.of(0, 1),
      finalState: Int32Array.of(0, 0),
      stateCount: 1,
      actionCount: 2,
      targetProbabilities: Float64Array.of(0.3, 0.7),
    });
    const [primalRegularization, rewardCoefficient, dualRegularization] = [0.5, 0.2, 1.5];
    const { occupancy } = bestDiceRatios(log, {
      primalRegularization,
      rewardCoefficient,
      dualRegularization,
    });
    // Stationary: min ½ α Σ d² / ½ + Σ (π − d)² c / 2 − β Σ d r with Σ d = 1.
    const c = 2 / primalRegularization;
    const multiplier = (rewardCoefficient * 4 - 2 * dualRegularization) / 2;
    [0.3, 0.7].forEach((p, a) => {
      const d = (c * p + rewardCoefficient * reward[a]! - multiplier) / (2 * dualRegularization + c);
      expectClose(occupancy[a]!, d / 0.25, 1e-9);
    });
  });

  test("DICE without support is an error, and soft with a penalty", () => {
    const never = Float64Array.of(1, 0, 0.5, 0.5, 0.7, 0.3);
    const unsupported = sampleTrajectories(500, "never", { behaviour: never });
    expect(() => bestDice(unsupported)).toThrow(expect.objectContaining({ code: "NO_SUPPORT" }));
    const { occupancy } = bestDiceRatios(unsupported, { primalRegularization: 0.01 });
    expect(occupancy[1]).toBe(0);
    expect(occupancy.every((value) => value >= 0)).toBe(true);
    expect(occupancy.reduce((sum, value) => sum + value, 0)).toBeLessThanOrEqual(10 + 1e-9);
  });
});
