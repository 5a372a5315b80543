import { foldIn } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { createDesign, differenceInMeans, switchbackEffect } from "../src/index.ts";
import { longRunVariance } from "../src/estimators/long-run-variance.ts";
import { moments, normals, replication } from "./helpers/draws.ts";

describe("long-run variance", () => {
  test("of an autoregression is its closed form, tapered", () => {
    const draws = normals(replication("autoregression", 0), 40_000);
    const values = new Float64Array(draws.length);
    for (let i = 1; i < values.length; i++) values[i] = 0.5 * values[i - 1]! + draws[i]!;
    let expected = 4 / 3;
    for (let lag = 1; lag <= 10; lag++) expected += 2 * (1 - lag / 11) * 0.5 ** lag * (4 / 3);
    // The estimate's own error is √(4 · 10 / (3 · 40,000)) of it: 1.8 %.
    expect(Math.abs(longRunVariance(values, 10) / expected - 1)).toBeLessThan(4 * 0.018);
    expect(Math.abs((longRunVariance(values, 0) * 3) / 4 - 1)).toBeLessThan(0.05);
  });

  test("lag 1 written out", () => {
    expect(longRunVariance([1, -2, 3], 1)).toBeCloseTo((14 + 2 * 0.5 * (-2 - 6)) / 3, 12);
    expect(() => longRunVariance([1, 2], 2)).toThrow("lags must be below the 2 values, got 2");
  });
});

/** A day's rhythm and slow noise; the effect grows into 1 over the first periods of a switch and fades likewise. */
function market(name: string, run: number, order: "independent" | "paired", intervals: number) {
  const key = replication(name, run);
  const length = 6;
  const design = createDesign({ kind: "switchback", length, washout: 3, order }, foldIn(key, 1));
  const periods = length * intervals;
  const rows = { count: periods, time: Float64Array.from({ length: periods }, (_, t) => t) };
  const arm = new Uint8Array(periods);
  const kept = new Uint8Array(periods);
  const interval = new Int32Array(periods);
  design.armsInto(arm, rows);
  design.keptInto(kept, rows);
  design.intervalsInto(interval, rows);
  const draws = normals(foldIn(key, 2), periods);
  const outcome = new Float64Array(periods);
  let noise = 0;
  let reached = 0;
  for (let t = 0; t < periods; t++) {
    noise = 0.9 * noise + 0.3 * draws[t]!;
    // Two thirds of the way to the arm's level each period: after three periods 3.7 % are missing.
    reached += (arm[t]! - reached) * (2 / 3);
    outcome[t] = 10 + 2 * Math.sin((2 * Math.PI * t) / 24) + noise + reached;
  }
  return { outcome, arm, kept, interval };
}

describe("switchback", { timeout: 60_000 }, () => {
  test.each(["independent", "paired"] as const)(
    "%s order: the washout takes the carry-over out, and 95 %% of 800 experiments cover",
    (order) => {
      const runs = 800;
      const effects = new Float64Array(runs);
      const withCarryOver = new Float64Array(runs);
      let hits = 0;
      for (let run = 0; run < runs; run++) {
        const { kept, ...rows } = market(`switchback ${order}`, run, order, 48);
        const estimate = switchbackEffect({ ...rows, kept }, { order });
        effects[run] = estimate.effect;
        withCarryOver[run] = switchbackEffect(rows, { order }).effect;
        hits += Number(estimate.interval[0] <= 1 && 1 <= estimate.interval[1]);
      }
      const { mean, variance } = moments(effects);
      // What the washout leaves: after a switch (every second interval, or more within pairs) (1/3)^4 + (1/3)^5 + (1/3)^6 over 3.
      const left = ((1 / 3) ** 4 + (1 / 3) ** 5 + (1 / 3) ** 6) / 3;
      expect(mean).toBeGreaterThan(1 - 2 * left - 4 * Math.sqrt(variance / runs));
      expect(mean).toBeLessThan(1 + 4 * Math.sqrt(variance / runs));
      expect(moments(withCarryOver).mean).toBeLessThan(0.96);
      expect(hits / runs).toBeGreaterThan(0.95 - 3.3 * Math.sqrt(0.0475 / runs));
      expect(hits / runs).toBeLessThan(0.98);
    },
  );

  test("pairs are narrower where a slow trend runs through", () => {
    const width = (order: "independent" | "paired"): number => {
      let total = 0;
      for (let run = 0; run < 50; run++) {
        const rows = market("trend", run, order, 24);
        const outcome = rows.outcome.map((y, t) => y + 0.1 * t);
        const { interval } = switchbackEffect({ ...rows, outcome }, { order });
        total += interval[1] - interval[0];
      }
      return total;
    };
    expect(width("paired")).toBeLessThan(0.5 * width("independent"));
  });

  test("without washout and with one period an interval it is the plain difference", () => {
    const outcome = [3, 1, 4, 1, 5, 9];
    const arm = [0, 1, 1, 0, 1, 0];
    const interval = [0, 1, 2, 3, 4, 5];
    const plain = differenceInMeans({ outcome, arm });
    expect(switchbackEffect({ outcome, arm, interval })).toEqual(plain);
    expect(switchbackEffect({ outcome, arm, interval }, { lags: 1 }).effect).toBeCloseTo(plain.effect, 12);
  });

  test("lags widen the interval where neighbours' errors go together", () => {
    // A fixed alternation in fours against slow noise.
    const draws = normals(replication("alternation", 0), 400);
    const outcome = new Float64Array(400);
    for (let t = 1; t < 400; t++) outcome[t] = 0.9 * outcome[t - 1]! + draws[t]!;
    const arm = Uint8Array.from({ length: 400 }, (_, t) => (t >> 4) & 1);
    const interval = Int32Array.from({ length: 400 }, (_, t) => t);
    const width = (lags: number): number =>
      switchbackEffect({ outcome, arm, interval }, { lags }).standardError;
    expect(width(12)).toBeGreaterThan(1.8 * width(0));
  });

  test("weights make it the effect on a ratio of sums", () => {
    const estimate = switchbackEffect({
      outcome: [2, 6, 1, 9],
      weight: [4, 4, 2, 6],
      interval: [0, 1, 2, 3],
      arm: [0, 1, 0, 1],
    });
    expect(estimate.effect).toBeCloseTo(15 / 10 - 3 / 6, 12);
  });

  test("an interval in two arms and incomplete pairs are refused", () => {
    expect(() => switchbackEffect({ outcome: [1, 2], interval: [0, 0], arm: [0, 1] })).toThrow(
      "row 1 of group 0 must have the group's arm 0, got 1",
    );
    expect(() =>
      switchbackEffect({ outcome: [1, 2, 3], interval: [0, 1, 3], arm: [0, 1, 0] }, { order: "paired" }),
    ).toThrow("needs at least 2 complete pairs, got 1");
    expect(() =>
      switchbackEffect({ outcome: [1, 2], interval: [0, 1], arm: [0, 0] }, { order: "paired" }),
    ).toThrow("intervals 0 and 1 must be one of each arm");
  });
});
