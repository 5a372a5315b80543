import fc from "fast-check";
import { featureDriftSchema } from "@longview/formats";
import {
  kolmogorovSmirnovDistance,
  normalQuantile,
  populationStabilityIndex,
  quantileGrid,
  rootKey,
  sortedQuantile,
  uniformsInto,
} from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { decileBins } from "../../src/drift/decile-bins.ts";
import { DriftMonitor } from "../../src/drift/drift-monitor.ts";
import type { ReferenceDistribution } from "../../src/drift/feature-histograms.ts";

const key = rootKey("drift monitor");
const NONE = new Float32Array(0);

function normals(count: number, run: number): Float32Array {
  const draws = new Float64Array(count);
  uniformsInto(draws, 0, count, key.first, key.second, run, 0);
  return Float32Array.from(draws, normalQuantile);
}

function referenceOf(name: string, sample: ArrayLike<number>): ReferenceDistribution {
  const sorted = Float64Array.from(sample).sort();
  const quantiles = Array.from({ length: 101 }, (_, i) => sortedQuantile(sorted, i / 100));
  return { name, count: sorted.length, quantiles };
}

function watch(monitor: DriftMonitor, values: Iterable<number>): void {
  const row = new Float32Array(1);
  for (const value of values) {
    row[0] = value;
    monitor.observe(row, NONE, 0);
  }
}

const NORMAL = referenceOf("x", normals(20_000, 0));

describe("without drift", () => {
  test("false alarms stay under their level, thresholds out of the way", () => {
    const level = 0.05;
    const runs = 600;
    // One monitor of many features: each is one independent run of 1,000 decisions.
    const sample = normals(runs * 1000, 1);
    for (const only of ["populationStability", "kolmogorovSmirnov"] as const) {
      const monitor = new DriftMonitor(
        { context: Array.from({ length: runs }, (_, i) => ({ ...NORMAL, name: `x${i}` })), candidates: [] },
        {
          populationStability: 1e9,
          kolmogorovSmirnov: 0.999,
          [only]: 1e-6,
          falseAlarmLevel: level,
        },
      );
      for (let i = 0; i < 1000; i++) monitor.observe(sample.subarray(i * runs, (i + 1) * runs), NONE, 0);
      const alarms = monitor.figures("p").filter(({ exceeded }) => exceeded).length;
      // One reference is behind all runs, so its own error is common to them: 0.02 on top of 4 standard errors.
      expect(alarms / runs).toBeLessThan(level + 0.02 + 4 * Math.sqrt((level * (1 - level)) / runs));
      expect(alarms).toBeGreaterThan(0);
    }
  });

  test("nothing exceeds the usual thresholds in 200 features at any of 20 looks", () => {
    const monitor = new DriftMonitor({
      context: Array.from({ length: 200 }, (_, i) => ({ ...NORMAL, name: `x${i}` })),
      candidates: [],
    });
    const sample = normals(200 * 2000, 2);
    for (let i = 0; i < 2000; i++) {
      monitor.observe(sample.subarray(i * 200, (i + 1) * 200), NONE, 0);
      if (i % 100 === 99) expect(monitor.figures("p").filter(({ exceeded }) => exceeded)).toEqual([]);
    }
  });

  test("fewer observations than the least judge nothing, however far off", () => {
    const monitor = new DriftMonitor({ context: [NORMAL], candidates: [] });
    expect(monitor.figures("p")[0]).toEqual({
      policy: "p",
      feature: "x",
      population_stability: 0,
      kolmogorov_smirnov: 0,
      count: 0,
      exceeded: false,
    });
    watch(monitor, new Float32Array(999).fill(50));
    expect(monitor.figures("p")[0]).toMatchObject({ count: 999, exceeded: false });
    watch(monitor, [50]);
    expect(monitor.figures("p")[0]).toMatchObject({ count: 1000, exceeded: true });
  });
});

describe("drift", () => {
  test("a shift of half a standard deviation is found at 1,000 observations", () => {
    for (let run = 0; run < 50; run++) {
      const monitor = new DriftMonitor({ context: [NORMAL], candidates: [] });
      watch(
        monitor,
        normals(1000, 100 + run).map((z) => z + 0.5),
      );
      expect(monitor.figures("p")[0]!.exceeded).toBe(true);
    }
  });

  test("that begins after long quiet is found within two windows, wherever it falls in them", () => {
    for (const quiet of [10_000, 11_000, 12_500, 14_999]) {
      const monitor = new DriftMonitor({ context: [NORMAL], candidates: [] });
      watch(monitor, normals(quiet, 200));
      expect(monitor.figures("p")[0]!.exceeded).toBe(false);
      watch(
        monitor,
        normals(10_000, 201).map((z) => z + 0.5),
      );
      expect(monitor.figures("p")[0]!.exceeded).toBe(true);
    }
  });

  test("that ended is forgotten after two windows", () => {
    const monitor = new DriftMonitor({ context: [NORMAL], candidates: [] }, { window: 2000 });
    watch(
      monitor,
      normals(5000, 300).map((z) => z + 2),
    );
    expect(monitor.figures("p")[0]!.exceeded).toBe(true);
    watch(monitor, normals(4000, 301));
    expect(monitor.figures("p")[0]).toMatchObject({ exceeded: false });
    expect(monitor.figures("p")[0]!.kolmogorov_smirnov).toBeLessThan(0.06);
  });

  test("of the spread alone is found", () => {
    const monitor = new DriftMonitor({ context: [NORMAL], candidates: [] });
    watch(
      monitor,
      normals(3000, 400).map((z) => 2 * z),
    );
    expect(monitor.figures("p")[0]!.exceeded).toBe(true);
  });

  test("a constant that stays is quiet; one that changes, either way, is found", () => {
    // 0.1 is no float32: the reference must be met all the same.
    const constant = referenceOf("flag", new Array(5000).fill(0.1));
    for (const [value, exceeded] of [
      [0.1, false],
      [0, true],
      [0.2, true],
    ] as const) {
      const monitor = new DriftMonitor({ context: [constant], candidates: [] });
      watch(monitor, new Float32Array(2000).fill(value));
      const figures = monitor.figures("p")[0]!;
      expect(figures.exceeded).toBe(exceeded);
      if (exceeded) {
        expect(figures.kolmogorov_smirnov).toBe(1);
        expect(figures.population_stability).toBeGreaterThan(5);
      } else {
        expect(figures.kolmogorov_smirnov).toBe(0);
        expect(figures.population_stability).toBeLessThan(0.01);
      }
    }
  });

  test("values outside the range, infinite ones and NaN are counted and leave figures finite", () => {
    const monitor = new DriftMonitor({ context: [NORMAL], candidates: [] });
    const odd = [1e30, -1e30, Infinity, -Infinity, NaN];
    watch(
      monitor,
      Array.from({ length: 2000 }, (_, i) => odd[i % odd.length]!),
    );
    const figures = featureDriftSchema.parse(monitor.figures("p")[0]);
    expect(figures).toMatchObject({ count: 2000, exceeded: true });
    // Three of five lie below everything, two above.
    expect(figures.kolmogorov_smirnov).toBeCloseTo(0.6, 12);
  });

  test("a category's share and a new category show", () => {
    const binary = referenceOf(
      "mobile",
      Array.from({ length: 10_000 }, (_, i) => (i % 10 < 6 ? 0 : 1)),
    );
    const share = (ones: number, news: number): number[] =>
      Array.from({ length: 2000 }, (_, i) => (i % 100 < ones ? 1 : i % 100 < ones + news ? 2 : 0));
    for (const [ones, news, exceeded] of [
      [40, 0, false],
      [70, 0, true],
      [40, 12, true],
    ] as const) {
      const monitor = new DriftMonitor({ context: [binary], candidates: [] });
      watch(monitor, share(ones, news));
      expect(monitor.figures("p")[0]!.exceeded).toBe(exceeded);
    }
  });
});

describe("figures", () => {
  test("equal what the whole sample gives, within the grid's resolution", () => {
    const monitor = new DriftMonitor({ context: [NORMAL], candidates: [] });
    const window = normals(4000, 500).map((z) => 0.8 * z - 0.2);
    watch(monitor, window);
    const figures = monitor.figures("p")[0]!;
    const exact = kolmogorovSmirnovDistance(normals(20_000, 0).sort(), window.toSorted());
    expect(figures.kolmogorov_smirnov).toBeLessThanOrEqual(exact + 1e-4);
    expect(figures.kolmogorov_smirnov).toBeGreaterThanOrEqual(exact - 0.0101);
    const deciles = Array.from({ length: 9 }, (_, i) => Math.fround(NORMAL.quantiles[10 * (i + 1)]!));
    const counts = new Array<number>(10).fill(0);
    for (const value of window) counts[deciles.filter((decile) => decile < value).length]!++;
    expect(figures.population_stability).toBeCloseTo(
      populationStabilityIndex(new Array(10).fill(0.1), counts, { referenceCount: 20_000 }),
      10,
    );
  });

  test("one candidate a decision is counted, each place as often as another, with no period", () => {
    const places = 7;
    const place = { name: "place", count: 700, quantiles: Array.from({ length: 101 }, (_, i) => i) };
    const monitor = new DriftMonitor({ context: [NORMAL], candidates: [place, NORMAL] }, { window: 100_000 });
    // Row r of the candidates is (16 r, 0): each place is a quantile of the reference, so its cell counts the place.
    const rows = Float32Array.from({ length: 2 * places }, (_, i) => (i % 2 === 0 ? (i / 2) * 16 : 0));
    for (let i = 0; i < 7000; i++) monitor.observe(NONE, rows, places);
    const [, figures, second] = monitor.figures("p");
    expect(figures).toMatchObject({ feature: "place", count: 7000 });
    // Seven equal atoms at 0, 16 … 96: the farthest from the reference's levels is at 0, 1/7 against 0.
    expect(figures!.kolmogorov_smirnov).toBeGreaterThan(1 / 7 - 0.02);
    expect(figures!.kolmogorov_smirnov).toBeLessThan(1 / 7 + 0.001);
    expect(second!.feature).toBe("candidates.x");
    expect(second!.count).toBe(7000);
  });

  test("a decision without candidates counts its context alone", () => {
    const monitor = new DriftMonitor({ context: [NORMAL], candidates: [{ ...NORMAL, name: "y" }] });
    monitor.observe(Float32Array.of(0), NONE, 0);
    monitor.observe(Float32Array.of(0), Float32Array.of(1), 1);
    expect(monitor.figures("p").map(({ feature, count }) => [feature, count])).toEqual([
      ["x", 2],
      ["y", 1],
    ]);
  });

  test("bins hold the whole reference, at most twelve of them, and each cell in order", () => {
    const value = fc.oneof(fc.double({ min: -9, max: 9, noNaN: true }), fc.integer({ min: -2, max: 2 }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 300 }), (sample) => {
        const { binOfCell, shares } = decileBins(quantileGrid(referenceOf("x", sample).quantiles));
        expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
        expect(shares.every((share) => share >= 0)).toBe(true);
        expect(shares.length).toBeLessThanOrEqual(12);
        expect(binOfCell[0]).toBe(0);
        expect(binOfCell.at(-1)).toBe(shares.length - 1);
        expect(binOfCell.every((bin, i) => i === 0 || bin - binOfCell[i - 1]! <= 1)).toBe(true);
      }),
    );
  });

  test("options out of range are refused in one line", () => {
    const reference = { context: [NORMAL], candidates: [] };
    expect(() => new DriftMonitor(reference, { window: 10 })).toThrow("window");
    expect(() => new DriftMonitor(reference, { minimumCount: 0 })).toThrow("minimumCount");
    expect(() => new DriftMonitor(reference, { populationStability: 0 })).toThrow("populationStability");
    expect(() => new DriftMonitor(reference, { kolmogorovSmirnov: 1 })).toThrow("kolmogorovSmirnov");
    expect(() => new DriftMonitor(reference, { falseAlarmLevel: 0 })).toThrow("falseAlarmLevel");
  });
});
