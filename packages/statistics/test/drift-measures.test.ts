import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  expectedPopulationStability,
  gridKolmogorovSmirnov,
  kolmogorovSmirnovDistance,
  kolmogorovSmirnovPValue,
  kolmogorovUpperTail,
  normalCumulative,
  normalQuantile,
  populationStabilityIndex,
  quantileCell,
  quantileGrid,
  rootKey,
  sortedQuantile,
  uniformsInto,
} from "../src/index.ts";

/** `count` uniforms of one seeded run. */
function uniforms(count: number, run: number): Float64Array {
  const key = rootKey("drift measures");
  const out = new Float64Array(count);
  uniformsInto(out, 0, count, key.first, key.second, run, 0);
  return out;
}

/** Quantiles at 0 %, 1 % … 100 %, by linear interpolation. */
function percentiles(sorted: ArrayLike<number>): number[] {
  return Array.from({ length: 101 }, (_, i) => sortedQuantile(sorted, i / 100));
}

function countCells(values: Float64Array, sample: Iterable<number>): Uint32Array {
  const counts = new Uint32Array(2 * values.length + 1);
  for (const value of sample) counts[quantileCell(values, 0, values.length, value)]!++;
  return counts;
}

describe("population stability index", () => {
  test("meets its closed form, with and without smoothing", () => {
    expect(populationStabilityIndex([0.5, 0.5], [25, 75], { smoothing: 0 })).toBeCloseTo(
      0.25 * Math.log(3),
      14,
    );
    // (0 + ½) / (100 + 1) beside (50 + ½) / (100 + 1), both ways round: Σ (o − e) ln(o / e) over the two bins.
    const e = 0.5;
    const o = 0.5 / 101;
    expect(populationStabilityIndex([1, 1], [0, 100])).toBeCloseTo(
      (o - e) * Math.log(o / e) + (e - o) * Math.log((1 - o) / (1 - e)),
      14,
    );
    const reference = 0.5 / 1000;
    const low = reference / (1 + 2 * reference);
    expect(populationStabilityIndex([0, 1], [60, 40], { referenceCount: 1000, smoothing: 0.5 })).toBeCloseTo(
      (60.5 / 101 - low) * Math.log(60.5 / 101 / low) +
        (40.5 / 101 - (1 - low)) * Math.log(40.5 / 101 / (1 - low)),
      14,
    );
  });

  test("is never negative, 0 for the same histogram, symmetric, and blind to the order of bins", () => {
    const bins = fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 })), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(bins, (pairs) => {
        const a = pairs.map(([x]) => x);
        const b = pairs.map(([, y]) => y);
        const index = populationStabilityIndex(a, b, { smoothing: 0 });
        expect(index).toBeGreaterThanOrEqual(-1e-15);
        expect(populationStabilityIndex(a, a, { smoothing: 0 })).toBeCloseTo(0, 14);
        expect(populationStabilityIndex(b, a, { smoothing: 0 })).toBeCloseTo(index, 12);
        expect(populationStabilityIndex(a.toReversed(), b.toReversed(), { smoothing: 0 })).toBeCloseTo(
          index,
          12,
        );
      }),
    );
  });

  test("has its expected mean when nothing drifts", () => {
    const runs = 2000;
    const [bins, count, referenceCount] = [10, 1000, 4000];
    let sum = 0;
    let squares = 0;
    for (let run = 0; run < runs; run++) {
      const draws = uniforms(count + referenceCount, run);
      const observed = new Float64Array(bins);
      const reference = new Float64Array(bins);
      draws.forEach((u, i) => (i < count ? observed : reference)[Math.floor(u * bins)]!++);
      const index = populationStabilityIndex(reference, observed, { referenceCount });
      sum += index;
      squares += index * index;
    }
    const mean = sum / runs;
    const error = Math.sqrt((squares / runs - mean * mean) / runs);
    // The chi-squared limit leaves out terms of second order: 1 % at these counts.
    const expected = expectedPopulationStability(bins, count, referenceCount);
    expect(Math.abs(mean - expected)).toBeLessThan(4 * error + 0.01 * expected);
  });

  test("refuses what it cannot compute", () => {
    expect(() => populationStabilityIndex([0.5, 0.5], [1])).toThrow("1 counts and 2 shares");
    expect(() => populationStabilityIndex([], [])).toThrow("at least 1");
    expect(() => populationStabilityIndex([0.5, -1], [1, 1])).toThrow("share 1");
    expect(() => populationStabilityIndex([0, 0], [1, 1])).toThrow("a share above 0");
    expect(() => populationStabilityIndex([1, 1], [1, NaN])).toThrow("count 1");
    expect(() => populationStabilityIndex([1, 0], [1, 1])).toThrow("share 1 is 0");
    expect(() => populationStabilityIndex([1, 1], [1, 1], { smoothing: -1 })).toThrow("smoothing");
    expect(() => populationStabilityIndex([1, 1], [1, 1], { referenceCount: 0 })).toThrow("referenceCount");
    expect(populationStabilityIndex([1, 1], [0, 0])).toBe(0);
    expect(() => expectedPopulationStability(0, 1)).toThrow("bins");
    expect(() => expectedPopulationStability(10, 0)).toThrow("count");
  });
});

describe("Kolmogorov–Smirnov", () => {
  test("limiting distribution equals scipy.special.kolmogorov", () => {
    const published: [number, number][] = [
      [0.3, 0.9999906941986655],
      [0.5, 0.9639452436648751],
      [0.8, 0.5441424115741981],
      [1, 0.26999967167735456],
      [1.2, 0.11224966667072497],
      [1.3580986393225507, 0.05],
      [2, 0.0006709252557796953],
      [3, 3.045995948942526e-8],
    ];
    for (const [x, tail] of published) expect(kolmogorovUpperTail(x) / tail).toBeCloseTo(1, 12);
    expect(kolmogorovUpperTail(0)).toBe(1);
    expect(kolmogorovUpperTail(1e-3)).toBe(1);
    expect(kolmogorovUpperTail(Infinity)).toBe(0);
    expect(kolmogorovUpperTail(1 - 1e-12)).toBeCloseTo(kolmogorovUpperTail(1), 10);
    expect(() => kolmogorovUpperTail(-1)).toThrow("got -1");
  });

  test("p-value is within 1 % of the exact law of scipy.stats.kstwo", () => {
    const exact: [number, number, number][] = [
      [10, 0.4, 0.05898924519999926],
      [20, 0.29408, 0.04999416027203962],
      [50, 0.2, 0.03143877776953241],
      [100, 0.13403, 0.049994312400810384],
      [1000, 0.0428, 0.04979841229529136],
      [5000, 0.02, 0.03613941395325637],
    ];
    for (const [count, distance, tail] of exact)
      expect(Math.abs(kolmogorovSmirnovPValue(distance, count) / tail - 1)).toBeLessThan(0.01);
    expect(kolmogorovSmirnovPValue(0.1, 300, 600)).toBeCloseTo(kolmogorovSmirnovPValue(0.1, 200), 14);
    expect(() => kolmogorovSmirnovPValue(1.1, 5)).toThrow("from 0 to 1");
    expect(() => kolmogorovSmirnovPValue(0.1, 0)).toThrow("count");
    expect(() => kolmogorovSmirnovPValue(0.1, 1, -1)).toThrow("otherCount");
  });

  test("two-sample distance equals scipy.stats.ks_2samp, ties included", () => {
    expect(kolmogorovSmirnovDistance([0.1, 0.4, 0.7, 1.2, 2.5, 3.1], [0.2, 0.4, 0.4, 2, 4])).toBeCloseTo(
      0.26666666666666666,
      14,
    );
    expect(kolmogorovSmirnovDistance([1, 2], [3])).toBe(1);
    expect(kolmogorovSmirnovDistance([1, 1, 2], [1, 1, 2])).toBe(0);
    expect(() => kolmogorovSmirnovDistance([], [1])).toThrow("at least 1");
  });

  test("distance from a grid bounds the distance from the sample behind it within one step, whatever the ties", () => {
    const value = fc.oneof(
      fc.double({ min: -3, max: 3, noNaN: true }),
      fc.integer({ min: -2, max: 2 }),
      fc.constant(0),
    );
    const sample = fc.array(value, { minLength: 2, maxLength: 400 });
    fc.assert(
      fc.property(sample, sample, (reference, window) => {
        const sorted = Float64Array.from(reference).sort();
        const grid = quantileGrid(percentiles(sorted));
        const distance = gridKolmogorovSmirnov(grid, countCells(grid.values, window));
        const exact = kolmogorovSmirnovDistance(sorted, Float64Array.from(window).sort());
        // Interpolated quantiles of m values are off by up to 1/m.
        expect(distance).toBeLessThanOrEqual(exact + 1 / sorted.length + 1e-12);
        expect(exact).toBeLessThanOrEqual(distance + grid.step + 1 / sorted.length + 1e-12);
      }),
      { numRuns: 500 },
    );
  });

  test("distance of a shifted normal approaches 2 Φ(δ/2) − 1, and its p-value keeps its level without a shift", () => {
    const grid = quantileGrid(
      Array.from({ length: 101 }, (_, i) => normalQuantile(Math.min(Math.max(i / 100, 1e-6), 1 - 1e-6))),
    );
    const shifted = Array.from(uniforms(100_000, 1), (u) => normalQuantile(u) + 0.5);
    const distance = gridKolmogorovSmirnov(grid, countCells(grid.values, shifted));
    // The empirical distribution function of 100,000 is within 0.006 of its law with probability 0.998.
    expect(Math.abs(distance - (2 * normalCumulative(0.25) - 1))).toBeLessThan(0.006 + grid.step / 10);

    const runs = 2000;
    let alarms = 0;
    for (let run = 0; run < runs; run++) {
      const cells = countCells(grid.values, Array.from(uniforms(500, 10 + run), normalQuantile));
      if (kolmogorovSmirnovPValue(gridKolmogorovSmirnov(grid, cells), 500) <= 0.05) alarms++;
    }
    expect(alarms / runs).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / runs));
    expect(alarms / runs).toBeGreaterThan(0.02);
  });

  test("a constant, a value outside the range and a changed binary feature are seen", () => {
    const constant = quantileGrid(new Float64Array(101).fill(3));
    expect(Array.from(constant.values)).toEqual([3]);
    expect(gridKolmogorovSmirnov(constant, countCells(constant.values, [3, 3, 3]))).toBe(0);
    expect(gridKolmogorovSmirnov(constant, countCells(constant.values, [3, 3, 3.5, 2]))).toBe(0.25);
    const binary = quantileGrid(Array.from({ length: 101 }, (_, i) => (i <= 60 ? 0 : 1)));
    const observed = Array.from({ length: 1000 }, (_, i) => (i < 400 ? 0 : 1));
    expect(gridKolmogorovSmirnov(binary, countCells(binary.values, observed))).toBeCloseTo(0.2, 12);
    expect(gridKolmogorovSmirnov(binary, countCells(binary.values, [-5, -5, 0, 1]))).toBe(0.5);
  });

  test("cells tell values from what lies between them", () => {
    const values = Float64Array.of(99, 1, 2, 4, 99);
    const cells = [0, 1, 1.5, 2, 3, 4, 5, NaN, -Infinity, Infinity].map((x) => quantileCell(values, 1, 3, x));
    expect(cells).toEqual([0, 1, 2, 3, 4, 5, 6, 0, 0, 6]);
  });

  test("a grid refuses quantiles that are none", () => {
    expect(() => quantileGrid([1])).toThrow("at least 2");
    expect(() => quantileGrid([1, NaN])).toThrow("quantile 1");
    expect(() => quantileGrid([2, 1])).toThrow("predecessor 2");
    const grid = quantileGrid([0, 1]);
    expect(() => gridKolmogorovSmirnov(grid, [1, 2])).toThrow("5 cells");
    expect(() => gridKolmogorovSmirnov(grid, [0, 0, 0, 0, 0])).toThrow("above 0");
  });
});
