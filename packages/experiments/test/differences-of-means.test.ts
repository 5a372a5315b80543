import { uniform } from "@longview/statistics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cupedEffect, differenceInMeans, OUTSIDE, ratioEffect } from "../src/index.ts";
import { coins, moments, normals, replication } from "./helpers/draws.ts";

/** Bounds that hits out of `runs` at 95 % leave with probability below 0.1 %. */
function hitBounds(runs: number): [number, number] {
  const half = 3.3 * Math.sqrt(runs * 0.95 * 0.05);
  return [0.95 * runs - half, 0.95 * runs + half];
}

describe("difference in means", { timeout: 60_000 }, () => {
  test("Welch's published example: t 2.4554, 24.9885 degrees of freedom, p 0.021378", () => {
    const control = [27.5, 21, 19, 23.6, 17, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19, 21.7, 21.4];
    const treated = [27.1, 22, 20.8, 23.4, 23.4, 23.5, 25.8, 22, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4];
    const result = differenceInMeans({
      outcome: [...control, ...treated],
      arm: [...control.map(() => 0), ...treated.map(() => 1)],
    });
    // SciPy 1.17.1, ttest_ind(treated, control, equal_var=False).
    expect(result.effect / result.standardError).toBeCloseTo(2.455356398286006, 12);
    expect(result.degreesOfFreedom).toBeCloseTo(24.988529290231416, 10);
    expect(result.pValue).toBeCloseTo(0.021378001462866992, 12);
    expect(result.lift).toBeCloseTo(moments(treated).mean / moments(control).mean - 1, 12);
  });

  test("rows outside are left out, whatever they hold", () => {
    const inside = differenceInMeans({ outcome: [1, 2, 3, 5], arm: [0, 0, 1, 1] });
    const all = differenceInMeans({ outcome: [1, 99, 2, 3, 5], arm: [0, OUTSIDE, 0, 1, 1] });
    expect(all).toEqual(inside);
  });

  test("clusters of equal size give the interval of their means, and of size one that of the rows", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), {
          minLength: 6,
          maxLength: 20,
        }),
        (pairs) => {
          const armOf = (i: number): number => i % 2;
          const clustered = differenceInMeans({
            outcome: pairs.flat(),
            arm: pairs.flatMap((_, i) => [armOf(i), armOf(i)]),
            cluster: pairs.flatMap((_, i) => [i, i]),
          });
          const means = differenceInMeans({
            outcome: pairs.map(([x, y]) => (x + y) / 2),
            arm: pairs.map((_, i) => armOf(i)),
          });
          expect(clustered.effect).toBeCloseTo(means.effect, 9);
          expect(clustered.standardError).toBeCloseTo(means.standardError, 9);
          expect(clustered.control.units).toBe(means.control.units);
        },
      ),
    );
  });

  test("whole clusters cover in 95 % of 1,000 experiments in which rows by themselves do not", () => {
    const runs = 1000;
    let clustered = 0;
    let naive = 0;
    for (let run = 0; run < runs; run++) {
      const key = replication("clusters", run);
      const clusters = 60;
      const shared = normals(key, clusters);
      const cluster: number[] = [];
      const outcome: number[] = [];
      const arm: number[] = [];
      for (let c = 0; c < clusters; c++) {
        const size = 3 + Math.floor(8 * uniform(key, c, 4));
        for (let i = 0; i < size; i++) {
          cluster.push(c);
          arm.push(c % 2);
          outcome.push(shared[c]! + (uniform(key, c, 6 + i) - 0.5));
        }
      }
      const contains = ({ interval }: { interval: readonly [number, number] }): number =>
        Number(interval[0] <= 0 && 0 <= interval[1]);
      clustered += contains(differenceInMeans({ outcome, arm, cluster }));
      naive += contains(differenceInMeans({ outcome, arm }));
    }
    const [low, high] = hitBounds(runs);
    expect(clustered).toBeGreaterThan(low);
    expect(clustered).toBeLessThan(high);
    expect(naive).toBeLessThan(0.7 * runs);
  });

  test("a cluster in two arms, a short arm and columns that do not fit are refused", () => {
    expect(() => differenceInMeans({ outcome: [1, 2], arm: [0, 1], cluster: [5, 5] })).toThrow(
      "row 1 of group 5 must have the group's arm 0, got 1",
    );
    expect(() => differenceInMeans({ outcome: [1, 2, 3], arm: [0, 0, 1] })).toThrow(
      "needs at least 2 units in treatment, got 1",
    );
    expect(() => differenceInMeans({ outcome: [1, NaN], arm: [0, 1] })).toThrow(
      "value 1 must be finite, got NaN",
    );
    expect(() => differenceInMeans({ outcome: [1, 2], arm: [0] })).toThrow(
      "one arm for each of 2 rows, got 1",
    );
    expect(() => differenceInMeans({ outcome: [1, 2], arm: [0, 2] })).toThrow("arm 1 must be 0 (control)");
    expect(() => differenceInMeans({ outcome: [1, 2, 1, 2], arm: [0, 0, 1, 1] }, { confidence: 2 })).toThrow(
      "confidence must be between 0 and 1, got 2",
    );
  });
});

describe("ratio metrics", { timeout: 60_000 }, () => {
  test("the delta method's error is that of the jackknife to second order", () => {
    const key = replication("ratio", 0);
    const n = 400;
    const denominator = Float64Array.from({ length: n }, (_, i) => 1 + Math.floor(20 * uniform(key, i, 0)));
    const numerator = denominator.map((d, i) => d * (0.2 + 0.1 * uniform(key, i, 1)));
    const arm = coins(key, n);
    const result = ratioEffect({ numerator, denominator, arm });
    let variance = 0;
    for (const side of [0, 1]) {
      const rows = [...arm.keys()].filter((i) => arm[i] === side);
      const total = (column: Float64Array, without: number): number =>
        rows.reduce((sum, i) => sum + (i === without ? 0 : column[i]!), 0);
      const left = rows.map((i) => total(numerator, i) / total(denominator, i));
      const mean = left.reduce((sum, x) => sum + x, 0) / left.length;
      variance += ((left.length - 1) / left.length) * left.reduce((sum, x) => sum + (x - mean) ** 2, 0);
    }
    expect(result.standardError / Math.sqrt(variance)).toBeCloseTo(1, 2);
  });

  test("effect and lift cover in 95 % of 1,000 experiments with users of uneven activity", () => {
    const runs = 1000;
    const n = 300;
    let effectHits = 0;
    let liftHits = 0;
    for (let run = 0; run < runs; run++) {
      const key = replication("ratio coverage", run);
      const arm = coins(key, n);
      const denominator = new Float64Array(n);
      const numerator = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        const activity = uniform(key, i, 0);
        denominator[i] = 1 + Math.floor(10 * activity ** 2);
        // Active users have other rates; given activity the rate is 0.2 + 0.1 activity, 20 % more in treatment.
        numerator[i] =
          denominator[i]! * (0.2 + 0.1 * activity) * (arm[i] === 1 ? 1.2 : 1) * 2 * uniform(key, i, 4);
      }
      let truth = 0;
      let weights = 0;
      for (let i = 0; i < 2000; i++) {
        const activity = (i + 0.5) / 2000;
        const d = 1 + Math.floor(10 * activity ** 2);
        truth += d * (0.2 + 0.1 * activity);
        weights += d;
      }
      const control = truth / weights;
      const result = ratioEffect({ numerator, denominator, arm });
      effectHits += Number(result.interval[0] <= 0.2 * control && 0.2 * control <= result.interval[1]);
      liftHits += Number(result.liftInterval[0] <= 0.2 && 0.2 <= result.liftInterval[1]);
    }
    const [low, high] = hitBounds(runs);
    for (const hits of [effectHits, liftHits]) {
      expect(hits).toBeGreaterThan(low);
      expect(hits).toBeLessThan(high);
    }
  });

  test("an arm without denominator is refused", () => {
    expect(() =>
      ratioEffect({ numerator: [1, 1, 1, 1], denominator: [0, 0, 1, 1], arm: [0, 0, 1, 1] }),
    ).toThrow("denominators of control must have a sum > 0, got 0");
  });
});

describe("CUPED", { timeout: 60_000 }, () => {
  test.each([0, 0.5, 0.9])(
    "variance over 2,000 experiments is 1 − ρ² of the plain one's, ρ = %d, and 95 % cover",
    (rho) => {
      const runs = 2000;
      const n = 100;
      const plain = new Float64Array(runs);
      const adjusted = new Float64Array(runs);
      let hits = 0;
      let reported = 0;
      for (let run = 0; run < runs; run++) {
        const key = replication(`cuped ${rho}`, run);
        const draws = normals(key, 2 * n);
        const covariate = draws.subarray(0, n);
        const arm = coins(key, n);
        const outcome = Float64Array.from(
          { length: n },
          (_, i) => 0.3 * arm[i]! + rho * covariate[i]! + Math.sqrt(1 - rho * rho) * draws[n + i]!,
        );
        plain[run] = differenceInMeans({ outcome, arm }).effect;
        const result = cupedEffect({ outcome, covariate, arm });
        adjusted[run] = result.effect;
        reported += result.varianceRatio / runs;
        hits += Number(result.interval[0] <= 0.3 && 0.3 <= result.interval[1]);
      }
      // The ratio of two correlated variances over 2,000 runs has an error of at most 4.5 %; the coefficient's own noise adds 1/n.
      const ratio = moments(adjusted).variance / moments(plain).variance;
      expect(Math.abs(ratio / (1 - rho * rho) - 1)).toBeLessThan(0.1);
      expect(Math.abs(moments(adjusted).mean - 0.3)).toBeLessThan(
        4 * Math.sqrt(moments(adjusted).variance / runs),
      );
      expect(reported).toBeCloseTo(1 - rho * rho, 1);
      expect(hits / runs).toBeGreaterThan(0.94);
      expect(hits / runs).toBeLessThan(0.96);
    },
  );

  test("a covariate that is the outcome's own past to a constant leaves the plain effect's shift", () => {
    const covariate = [1, 2, 3, 4, 6, 9];
    const arm = [0, 0, 0, 1, 1, 1];
    const outcome = covariate.map((x, i) => 10 + 2 * x + 0.5 * arm[i]!);
    const result = cupedEffect({ outcome, covariate, arm });
    expect(result.effect).toBeCloseTo(0.5, 12);
    expect(result.coefficient).toBeCloseTo(2, 12);
    expect(result.varianceRatio).toBeCloseTo(0, 12);
  });

  test("a covariate without variation is refused", () => {
    expect(() => cupedEffect({ outcome: [1, 2, 3, 4], covariate: [1, 1, 1, 1], arm: [0, 0, 1, 1] })).toThrow(
      "the covariate must vary",
    );
  });
});
