import { normalQuantile, rootKey, uniform } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { groupMean } from "../../src/gaps/group-mean.ts";
import { demandDispersion, gammaInterval, shrinkDemand } from "../../src/gaps/shrink-demand.ts";
import { shrinkMeans } from "../../src/gaps/shrink-means.ts";

const key = rootKey("shrinkage");
const normal = (entity: number, draw: number): number => normalQuantile(uniform(key, entity, draw));

/** A Poisson count by inversion. */
function poisson(mean: number, u: number): number {
  let probability = Math.exp(-mean);
  let rest = u;
  let count = 0;
  while (rest > probability && count < 10_000) {
    rest -= probability;
    probability *= mean / ++count;
  }
  return count;
}

describe("Gamma–Poisson shrinkage of demand", () => {
  const rows = 40;
  const columns = 12;
  /** Counts whose cells deviate from the margins' product by a Gamma factor of squared variation 1 / shape. */
  function drawn(shape: number, seed = "table"): { counts: Float64Array; rates: Float64Array } {
    const key = rootKey(seed);
    const rates = new Float64Array(rows * columns);
    const counts = new Float64Array(rows * columns);
    for (let k = 0; k < counts.length; k++) {
      let gamma = 0;
      for (let part = 0; part < shape; part++) gamma -= Math.log(uniform(key, k, 2 + 2 * part)) / shape;
      const row = Math.floor(k / columns);
      rates[k] = ((12 * 2) / (1 + row * 0.2) / (1 + (k % columns) * 0.3)) * gamma;
      counts[k] = poisson(rates[k]!, uniform(key, k, 200));
    }
    return { counts, rates };
  }

  test("finds the spread of the cells, and comes nearer to the true rates than counts and than margins", () => {
    const { counts, rates } = drawn(4);
    const { mean, spread } = shrinkDemand(counts, columns, 1);
    // 480 cells: the standard error of the fitted 1/4 is about 0.04.
    expect(Math.abs(spread - 0.25)).toBeLessThan(0.12);
    const error = (estimate: ArrayLike<number>): number =>
      rates.reduce((sum, rate, k) => sum + (estimate[k]! - rate) ** 2, 0);
    const margins = shrinkDemand(counts, columns, 1e9).mean;
    expect(error(mean)).toBeLessThan(0.85 * error(counts));
    expect(error(mean)).toBeLessThan(0.85 * error(margins));
  });

  test("gives intervals that cover nearly as often as they say, though they leave out the fitted spread's own error", () => {
    let covered = 0;
    let cells = 0;
    for (let table = 0; table < 12; table++) {
      const { counts, rates } = drawn(4, `table ${table}`);
      const { mean, variance } = shrinkDemand(counts, columns, 1);
      for (let k = 0; k < rates.length; k++) {
        const [low, high] = gammaInterval(mean[k]!, variance[k]!, 0.95);
        cells++;
        if (low <= rates[k]! && rates[k]! <= high) covered++;
      }
    }
    expect(covered / cells).toBeGreaterThan(0.92);
  });

  test("leaves a table that is the product of its margins, and every total", () => {
    const counts = Float64Array.from({ length: 12 }, (_, k) => (1 + Math.floor(k / 4)) * (1 + (k % 4)));
    const { mean, spread } = shrinkDemand(counts, 4, 1);
    expect(spread).toBe(0);
    mean.forEach((value, k) => expect(value).toBeCloseTo(counts[k]!, 12));
  });

  test("an interval of a Gamma is that of published quantiles", () => {
    // Chi-squared of 10 degrees of freedom: mean 10, variance 20; 2.5 and 97.5 % points 3.247 and 20.483.
    const [low, high] = gammaInterval(10, 20, 0.95);
    expect(Math.abs(low - 3.247)).toBeLessThan(0.001);
    expect(Math.abs(high - 20.483)).toBeLessThan(0.001);
    expect(gammaInterval(3, 0, 0.95)).toEqual([3, 3]);
  });

  test("is the posterior mean of the conjugate pair at the fitted spread", () => {
    const { counts } = drawn(3);
    const { mean, spread } = shrinkDemand(counts, columns, 2);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const rowSum = counts.subarray(0, columns).reduce((sum, count) => sum + count, 0);
    let columnSum = 0;
    for (let row = 0; row < rows; row++) columnSum += counts[row * columns + 5]!;
    const expected = (rowSum * columnSum) / total;
    const shape = 1 / spread;
    expect(mean[5]).toBeCloseTo((expected * (shape + counts[5]! / 2)) / (shape + expected / 2), 9);
  });

  test("dispersion is 1 for users who decide once, and users who decide n times raise it to n", () => {
    const cells = (times: number): Float64Array[] =>
      Array.from({ length: 60 }, (_, cell) =>
        Float64Array.from({ length: 64 }, (__, g) => times * poisson(3, uniform(key, 1000 + cell, 2 * g))),
      );
    expect(Math.abs(demandDispersion(cells(1)) - 1)).toBeLessThan(0.06);
    expect(demandDispersion(cells(5))).toBeCloseTo(5 * demandDispersion(cells(1)), 9);
  });

  test("counts out of range are refused by place", () => {
    expect(() => shrinkDemand(Float64Array.of(1, -1), 2, 1)).toThrow("count 1 must be >= 0");
    expect(() => shrinkDemand(Float64Array.of(1, 1, 1), 2, 1)).toThrow("3 counts do not fill rows of 2");
    expect(() => shrinkDemand(Float64Array.of(0, 0), 2, 1)).toThrow("every count is 0");
    expect(() => shrinkDemand(Float64Array.of(1, 1), 2, 0)).toThrow("dispersion must be > 0");
  });
});

describe("empirical-Bayes shrinkage of losses", () => {
  const count = 300;
  const outliers = 20;
  const truth = Array.from({ length: count }, (_, k) => (k < outliers ? 0.5 : 0.05 + 0.01 * normal(k, 0)));
  const errors = Array.from({ length: count }, (_, k) => 0.02 + 0.1 * uniform(key, k, 4));
  const estimates = truth.map((value, k) => value + errors[k]! * normal(k, 2));

  test("gathers the many that are alike and leaves the few that stand out", () => {
    const { mean, low, high, center } = shrinkMeans(estimates, errors, 0.95);
    expect(Math.abs(center - 0.05)).toBeLessThan(0.01);
    const squares = (of: ArrayLike<number>): number =>
      truth.reduce((sum, value, k) => sum + (of[k]! - value) ** 2, 0);
    // The best that one normal prior could do, told the truth's own mean and variance.
    const average = truth.reduce((sum, value) => sum + value, 0) / count;
    const spread = truth.reduce((sum, value) => sum + (value - average) ** 2, 0) / count;
    const oneNormal = estimates.map(
      (estimate, k) => average + (spread / (spread + errors[k]! ** 2)) * (estimate - average),
    );
    expect(squares(mean)).toBeLessThan(0.5 * squares(oneNormal));
    expect(squares(mean)).toBeLessThan(0.5 * squares(estimates));
    const covered = truth.filter((value, k) => low[k]! <= value && value <= high[k]!).length;
    // 95 % of 300 has a standard deviation of 1.3 %: three of them.
    expect(covered / count).toBeGreaterThan(0.91);
  });

  test("is the textbook normal posterior where the truth is one normal", () => {
    const many = 1000;
    const error = 0.5;
    const drawn = Array.from({ length: many }, (_, k) => 2 + normal(k, 6) + error * normal(k, 8));
    const { mean, low, high } = shrinkMeans(
      drawn,
      drawn.map(() => error),
      0.95,
    );
    // θ ~ N(2, 1), s = 0.5: posterior mean 2 + 0.8 (x − 2), variance 0.2.
    let bias = 0;
    let width = 0;
    for (let k = 0; k < many; k++) {
      bias += Math.abs(mean[k]! - (2 + 0.8 * (drawn[k]! - 2))) / many;
      width += (high[k]! - low[k]!) / many;
    }
    // The fitted centre and spread of 1,000 draws have errors of about 3 %.
    expect(bias).toBeLessThan(0.06);
    expect(Math.abs(width / (2 * 1.96 * Math.sqrt(0.2)) - 1)).toBeLessThan(0.05);
  });

  test("of equal estimates nothing moves, and one estimate is its own centre", () => {
    for (const value of shrinkMeans([3, 3, 3], [0, 0, 0], 0.95).mean) expect(value).toBeCloseTo(3, 9);
    expect(shrinkMeans([0.4], [0.1], 0.95).mean[0]).toBeCloseTo(0.4, 12);
    for (const value of shrinkMeans([0, 0], [0, 0], 0.95).high) expect(value).toBeCloseTo(0, 12);
  });
});

describe("the mean over groups of users", () => {
  test("is Student's of plain values where all groups weigh alike", () => {
    const values = [1, 4, 2, 6, 3];
    const { mean, standardError, degreesOfFreedom } = groupMean(
      Float64Array.from(values, () => 2),
      Float64Array.from(values, (value) => 2 * value),
    );
    const average = 16 / 5;
    const squares = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
    expect(mean).toBeCloseTo(average, 12);
    expect(standardError).toBeCloseTo(Math.sqrt(squares / 4 / 5), 12);
    expect(degreesOfFreedom).toBeCloseTo(4, 12);
  });

  test("has the error that repeated draws of correlated, unequal users show", () => {
    const groups = 30;
    const weights = Float64Array.from({ length: groups }, (_, g) => Math.exp(0.7 * normal(g, 10)));
    let squares = 0;
    let claimed = 0;
    const worlds = 4000;
    for (let world = 0; world < worlds; world++) {
      const values = weights.map((weight, g) => weight * normal(5000 + world * groups + g, 0));
      const { mean, standardError } = groupMean(weights, values);
      squares += mean * mean;
      claimed += standardError ** 2;
    }
    expect(Math.abs(claimed / squares - 1)).toBeLessThan(0.08);
  });

  test("a heavy group does not pass for many", () => {
    const weights = Float64Array.from({ length: 40 }, (_, g) => (g === 0 ? 100 : 1));
    expect(groupMean(weights, weights).degreesOfFreedom).toBeLessThan(0.5);
  });
});
