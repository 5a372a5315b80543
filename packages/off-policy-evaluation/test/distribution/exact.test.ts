import { rootKey, uniformsInto } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import {
  columnMeans,
  estimateValue,
  influenceValues,
  returnCumulative,
  returnMean,
  returnQuantile,
  returnQuartiles,
  returnTailMean,
  returnVariance,
  TrajectoryLog,
  type EstimatorTerms,
} from "../../src/index.ts";
import { expectClose } from "../bandit/golden.ts";
import { exactReturn, population, sampleTrajectories, TARGET } from "../sequential/exact-process.ts";

/** Standard error by influence. */
function standardError(terms: EstimatorTerms): number {
  const influence = influenceValues(terms);
  return Math.sqrt(influence.reduce((sum, v) => sum + v * v, 0)) / influence.length;
}

describe("over every trajectory of a process with ends", () => {
  const { log, behaviour, target, returns } = population();
  const limit = (terms: EstimatorTerms): number =>
    terms.value(terms.columns.map((column) => column.reduce((sum, v, i) => sum + behaviour[i]! * v, 0)));

  test("distribution of the return: probabilities, variance", () => {
    const exactly = (f: (g: number) => number): number =>
      target.reduce((sum, p, i) => sum + p * f(returns[i]!), 0);
    for (const z of [0, 1, 1.7, 2.5, 4]) {
      const p = exactly((g) => (g <= z ? 1 : 0));
      expectClose(limit(returnCumulative(log, z, { selfNormalized: false })), p, 1e-12);
      expectClose(limit(returnCumulative(log, z)), p, 1e-12);
      const half = new Float64Array(log.trajectoryCount).fill(0.5);
      expectClose(limit(returnCumulative(log, z, { model: { direct: half, logged: half } })), p, 1e-12);
    }
    const mean = exactly((g) => g);
    const variance = exactly((g) => (g - mean) ** 2);
    expectClose(limit(returnVariance(log)), variance, 1e-12);
    expectClose(limit(returnVariance(log, { selfNormalized: false })), variance, 1e-12);
  });

  const model = {
    direct: Float64Array.from(target, (_, i) => (i % 7) / 7),
    logged: Float64Array.from(target, (_, i) => (i % 5) / 5),
  };
  const all: Readonly<Record<string, EstimatorTerms>> = {
    cumulative: returnCumulative(log, 1.7),
    "cumulative, doubly robust": returnCumulative(log, 1.7, { model }),
    "cumulative, not normalised": returnCumulative(log, 1.7, { selfNormalized: false, model }),
    variance: returnVariance(log),
    "variance, not normalised": returnVariance(log, { selfNormalized: false }),
    quantile: returnQuantile(log, 0.3),
    "tail mean": returnTailMean(log, 0.3),
  };
  test.each(Object.keys(all))("gradient against differences: %s", (name) => {
    const terms = all[name]!;
    const means = columnMeans(terms);
    const gradient = new Float64Array(means.length);
    terms.gradientInto(gradient, means);
    means.forEach((mean, k) => {
      const up = terms.value(means.with(k, mean + 1e-6));
      const down = terms.value(means.with(k, mean - 1e-6));
      expectClose(gradient[k]!, (up - down) / 2e-6, 1e-6 * Math.max(1, Math.abs(gradient[k]!)));
    });
  });
});

describe("on 40,000 trajectories", () => {
  const { target, returns } = population(4);
  const log = sampleTrajectories(40_000, "quantiles", { horizon: 4 });
  const order = Array.from(returns.keys()).sort((a, b) => returns[a]! - returns[b]!);
  const exactQuantile = (p: number): number => {
    let sum = 0;
    for (const i of order) {
      sum += target[i]!;
      if (sum >= p) return returns[i]!;
    }
    return NaN;
  };

  test.each([0.25, 0.5, 0.75])("quantile %d is where the exact distribution passes it", (p) => {
    const estimate = estimateValue(returnQuantile(log, p));
    const se = standardError(returnCumulative(log, estimate));
    const cumulative = (z: number): number =>
      target.reduce((sum, q, i) => (returns[i]! <= z ? sum + q : sum), 0);
    expect(cumulative(estimate)).toBeGreaterThanOrEqual(p - 4 * se);
    expect(cumulative(estimate - 1e-9)).toBeLessThanOrEqual(p + 4 * se);
  });

  test.each([0.05, 0.25, 0.5, 1])("mean of the worst %d", (level) => {
    const at = exactQuantile(level === 1 ? 1 - 1e-12 : level);
    const exact = at - target.reduce((sum, q, i) => sum + q * Math.max(0, at - returns[i]!), 0) / level;
    const terms = returnTailMean(log, level);
    const z = (estimateValue(terms) - exact) / standardError(terms);
    expect(Math.abs(z), `z = ${z}`).toBeLessThanOrEqual(4);
  });

  test("the mean of the distribution is that of the process: the first reward is not discounted", () => {
    const terms = returnMean(log);
    expectClose(estimateValue(terms), exactReturn(TARGET, 4), 4 * standardError(terms));
    expectClose(estimateValue(returnTailMean(log, 1)), estimateValue(terms), 1e-9);
  });

  test("variance within 4 standard errors", () => {
    const mean = target.reduce((sum, q, i) => sum + q * returns[i]!, 0);
    const exact = target.reduce((sum, q, i) => sum + q * (returns[i]! - mean) ** 2, 0);
    const terms = returnVariance(log);
    expectClose(estimateValue(terms), exact, 4 * standardError(terms));
  });

  test("quartiles are in order", () => {
    const [low, middle, high] = returnQuartiles(log).map(estimateValue);
    expect(low!).toBeLessThanOrEqual(middle!);
    expect(middle!).toBeLessThanOrEqual(high!);
  });
});

test("a quantile's standard error is that of its asymptotics: √(p (1 − p) / n) ÷ density, on uniform returns", () => {
  const count = 20_000;
  const reward = new Float64Array(count);
  const key = rootKey("uniform");
  uniformsInto(reward, 0, count, key.first, key.second, 0, 0);
  const ones = new Float64Array(count).fill(1);
  const log = new TrajectoryLog({
    offset: Int32Array.from({ length: count + 1 }, (_, i) => i),
    reward,
    propensity: ones,
    actionProbability: ones,
    discountFactor: 1,
  });
  for (const p of [0.25, 0.5, 0.75]) {
    const terms = returnQuantile(log, p);
    const expected = Math.sqrt((p * (1 - p)) / count);
    expectClose(estimateValue(terms), p, 4 * expected);
    expectClose(standardError(terms), expected, 0.05 * expected);
  }
});
