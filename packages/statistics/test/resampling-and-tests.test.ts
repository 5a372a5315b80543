import fc from "fast-check";
import { expect, test } from "vitest";
import {
  adjustedPValues,
  BootstrapSums,
  bootstrapCountsInto,
  chiSquaredUpperTail,
  empiricalBernsteinMeanInterval,
  empiricalLikelihoodInterval,
  empiricalLikelihoodStatistic,
  fitGeneralizedPareto,
  hoeffdingMeanInterval,
  normalCumulative,
  normalQuantile,
  rootKey,
  sampleRatioTest,
  simultaneousConfidence,
  skewedMeanInterval,
  sortedQuantile,
  studentQuantile,
  studentTwoSidedTail,
  uniformsInto,
} from "../src/index.ts";

test("tail probabilities invert their quantiles and meet closed forms", () => {
  for (const p of [1e-9, 0.01, 0.3, 0.975])
    expect(normalCumulative(normalQuantile(p)) / p).toBeCloseTo(1, 11);
  for (const x of [0.1, 2, 9]) expect(chiSquaredUpperTail(x, 2)).toBeCloseTo(Math.exp(-x / 2), 13);
  expect(chiSquaredUpperTail(3.841458820694124, 1)).toBeCloseTo(0.05, 12);
  for (const df of [1, 4.5, 200])
    expect(studentTwoSidedTail(studentQuantile(0.99, df), df)).toBeCloseTo(0.02, 10);
  expect(studentTwoSidedTail(-1, 1)).toBeCloseTo(0.5, 12);
});

test("bootstrap counts have mean 1, variance 1, third central moment about 1, and no correlation of units or resamples", () => {
  const replicates = 64;
  const units = 4000;
  const counts = new Uint8Array(replicates);
  const next = new Uint8Array(replicates);
  let mean = 0;
  let variance = 0;
  let third = 0;
  let acrossUnits = 0;
  let acrossReplicates = 0;
  for (let u = 0; u < units; u++) {
    bootstrapCountsInto(counts, replicates, rootKey(5), u);
    bootstrapCountsInto(next, replicates, rootKey(5), u + 2 ** 33);
    for (let b = 0; b < replicates; b++) {
      const d = counts[b]! - 1;
      mean += counts[b]!;
      variance += d * d;
      third += d ** 3;
      acrossUnits += d * (next[b]! - 1);
      acrossReplicates += d * (counts[(b + 1) % replicates]! - 1);
    }
  }
  const n = replicates * units;
  // Standard errors: 1/√n, √2.8/√n, about 7/√n; bounds at 4 of them.
  expect(Math.abs(mean / n - 1)).toBeLessThan(4 / Math.sqrt(n));
  expect(Math.abs(variance / n - 1)).toBeLessThan((4 * 1.7) / Math.sqrt(n));
  expect(Math.abs(third / n - 1)).toBeLessThan((4 * 7) / Math.sqrt(n) + 0.01);
  expect(Math.abs(acrossUnits / n)).toBeLessThan(4 / Math.sqrt(n));
  expect(Math.abs(acrossReplicates / n)).toBeLessThan(4 / Math.sqrt(n));
});

test("a count depends on key, replicate and unit alone: shards in any order merge to the whole", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 20 })), {
        minLength: 2,
        maxLength: 40,
      }),
      fc.integer({ min: 1, max: 39 }),
      (rows, at) => {
        const options = { columns: 2, replicates: 19, key: rootKey("merge") };
        const cut = Math.min(at, rows.length - 1);
        const columns = (part: typeof rows): [number[], number[]] => [
          part.map((r) => r[1]),
          part.map(() => 1),
        ];
        const ids = (part: typeof rows): number[] => part.map((r) => r[0]);
        const whole = new BootstrapSums(options);
        whole.add(columns(rows), ids(rows));
        const first = new BootstrapSums(options);
        const second = new BootstrapSums({ ...options });
        first.add(columns(rows.slice(0, cut)), ids(rows.slice(0, cut)));
        second.add(columns(rows.slice(cut)), ids(rows.slice(cut)));
        second.merge(first);
        expect(second.sums).toEqual(whole.sums);
        expect(second.counts).toEqual(whole.counts);
        // The column of ones counts rows, so a cluster's rows went together.
        for (let b = 0; b < 19; b++) expect(whole.sums[2 * b + 1]).toBe(whole.counts[b]);
      },
    ),
    { numRuns: 40 },
  );
});

test("sums of any shape are those of the counts, added row by row", () => {
  const rows = 300;
  const draw = (i: number): number => (Math.sin(12.9898 * i) * 43758.5453) % 1;
  for (const width of [1, 2, 3, 5])
    for (const replicates of [1, 4, 7, 10, 33]) {
      const columns = Array.from({ length: width }, (_, k) =>
        Float64Array.from({ length: rows }, (_row, i) => draw(i * width + k)),
      );
      const units = Array.from({ length: rows }, (_, i) => (i % 5 === 0 ? 2 ** 40 : Math.floor(i / 4)));
      const found = new BootstrapSums({ columns: width, replicates, key: rootKey("shapes") });
      found.add(columns, units);
      const sums = new Float64Array(width * replicates);
      const counts = new Float64Array(replicates);
      const drawn = new Uint8Array(replicates);
      for (let i = 0; i < rows; i++) {
        bootstrapCountsInto(drawn, replicates, rootKey("shapes"), units[i]!);
        for (let b = 0; b < replicates; b++) {
          counts[b] = counts[b]! + drawn[b]!;
          for (let k = 0; k < width; k++)
            sums[b * width + k] = sums[b * width + k]! + drawn[b]! * columns[k]![i]!;
        }
      }
      expect(found.sums).toEqual(sums);
      expect(found.counts).toEqual(counts);
    }
});

test("Hoeffding's interval is the textbook one; a value outside the declared range is refused", () => {
  const values = Float64Array.from({ length: 200 }, (_, i) => (i % 4 === 0 ? 1 : 0));
  const { interval } = hoeffdingMeanInterval(values, { range: [0, 1] });
  expect(interval[1] - 0.25).toBeCloseTo(0.09603227913199208, 12);
  expect(() => hoeffdingMeanInterval([0, 2], { range: [0, 1] })).toThrow(
    "value 1 must be from 0 to 1, got 2",
  );
  expect(() => empiricalBernsteinMeanInterval([0, 1], { range: [0, Infinity] })).toThrow(
    "two finite numbers",
  );
  const bernstein = empiricalBernsteinMeanInterval(values, { range: [0, 1], confidence: 0.9 });
  const expected =
    Math.sqrt((2 * ((200 / 199) * 0.1875) * Math.log(40)) / 200) + (7 * Math.log(40)) / (3 * 199);
  expect(bernstein.interval[1] - 0.25).toBeCloseTo(expected, 12);
});

test("corrections give the textbook values", () => {
  const p = [0.01, 0.04, 0.03, 0.005];
  // R: p.adjust(p, "holm"), "BH", "bonferroni".
  expect([...adjustedPValues(p, "holm")].map((x) => +x.toFixed(12))).toEqual([0.03, 0.06, 0.06, 0.02]);
  expect([...adjustedPValues(p, "benjamini-hochberg")].map((x) => +x.toFixed(12))).toEqual([
    0.02, 0.04, 0.04, 0.02,
  ]);
  expect([...adjustedPValues(p, "bonferroni")].map((x) => +x.toFixed(12))).toEqual([0.04, 0.16, 0.12, 0.02]);
  expect([...adjustedPValues(p, "none")]).toEqual(p);
  expect(() => adjustedPValues([1.2], "holm")).toThrow("p-value 0");
  expect(simultaneousConfidence(0.95, 5)).toBeCloseTo(0.99, 12);
});

test("sample-ratio test: Pearson's value, and an anytime p-value that a true split seldom lowers", () => {
  const result = sampleRatioTest([821588, 815482], [1, 1]); // Fabijan et al. (2019): p = 1.8e-6
  expect(result.pValue / 1.8e-6).toBeGreaterThan(0.9);
  expect(result.pValue / 1.8e-6).toBeLessThan(1.1);
  expect(sampleRatioTest([500, 500], [1, 1]).anytimePValue).toBe(1);
  expect(sampleRatioTest([60_000, 40_000], [1, 1]).anytimePValue).toBeLessThan(1e-9);
  expect(() => sampleRatioTest([1.5, 2], [1, 1])).toThrow("count 0");
  expect(() => sampleRatioTest([0, 0], [1, 1])).toThrow("at least one");
  // 300 fair streams looked at 40 times: false alarms at 5 % stay below 27 (5.5 standard errors are not needed: a bound of 1/α).
  let alarms = 0;
  const uniforms = new Float64Array(4000);
  for (let s = 0; s < 300; s++) {
    uniformsInto(uniforms, 0, 4000, 77, s, 0, 0);
    let ones = 0;
    let alarmed = false;
    for (let i = 0; i < 4000; i++) {
      if (uniforms[i]! < 0.3) ones++;
      if ((i + 1) % 100 === 0 && sampleRatioTest([ones, i + 1 - ones], [0.3, 0.7]).anytimePValue < 0.05)
        alarmed = true;
    }
    if (alarmed) alarms++;
  }
  expect(alarms).toBeLessThan(27);
});

test("the generalised Pareto fit finds the shape of quantile grids, bounded and heavy", () => {
  for (const shape of [-0.5, 0.2, 0.7, 1.2]) {
    const count = 4000;
    const exceedances = Float64Array.from(
      { length: count },
      (_, i) => (Math.pow(1 - (i + 0.5) / count, -shape) - 1) / shape,
    );
    const fit = fitGeneralizedPareto(exceedances);
    expect(Math.abs(fit.shape - shape)).toBeLessThan(0.03);
    expect(Math.abs(fit.scale - 1)).toBeLessThan(0.05);
  }
  expect(() => fitGeneralizedPareto([1, 2])).toThrow("at least 5");
});

test("empirical likelihood: two points have their closed form, the interval inverts the statistic", () => {
  // Of values 0 and 1 in shares k/n, maximising Π pᵢ at mean m gives 2 n [p̂ ln(p̂/m) + (1−p̂) ln((1−p̂)/(1−m))].
  const values = [0, 0, 0, 1, 1];
  for (const m of [0.05, 0.2, 0.4, 0.9]) {
    const expected = 10 * (0.4 * Math.log(0.4 / m) + 0.6 * Math.log(0.6 / (1 - m)));
    expect(empiricalLikelihoodStatistic(values, m)).toBeCloseTo(expected, 9);
  }
  expect(empiricalLikelihoodStatistic(values, 1)).toBe(Infinity);
  const { interval } = empiricalLikelihoodInterval(values);
  for (const edge of interval)
    expect(empiricalLikelihoodStatistic(values, edge)).toBeCloseTo(studentQuantile(0.975, 4) ** 2, 6);
  expect(empiricalLikelihoodInterval([2, 2, 2]).interval).toEqual([2, 2]);
});

test("the skewness-aware interval holds the t interval's place, reaches further on the long side, and mirrors", () => {
  const values = [0, 0, 0, 0, 0, 0, 0, 1, 1, 9];
  const { mean, interval } = skewedMeanInterval(values);
  const mirrored = skewedMeanInterval(values.map((v) => -v)).interval;
  expect(interval[1] - mean).toBeGreaterThan(mean - interval[0]);
  expect(mirrored[0]).toBeCloseTo(-interval[1], 10);
  expect(mirrored[1]).toBeCloseTo(-interval[0], 10);
  expect(skewedMeanInterval([3, 3, 3]).interval).toEqual([3, 3]);
  // k events in very many rows: Garwood's upper limit, chi-squared(2k + 2) / 2 (k = 4: 10.24159).
  const rows = new Float64Array(200_000);
  rows.fill(1, 0, 4);
  const events = skewedMeanInterval(rows);
  expect(200_000 * events.interval[1]).toBeCloseTo(10.24159, 3);
  // Σd² of n rows with k events is k − k²/n: exact only as n grows.
  expect(200_000 * events.interval[0]).toBeLessThanOrEqual(1.0899);
});

test("sample quantiles interpolate as NumPy does", () => {
  expect(sortedQuantile([1, 2, 4, 8], 0.5)).toBe(3);
  expect(sortedQuantile([1, 2, 4, 8], 0.9)).toBeCloseTo(6.8, 12);
  expect(sortedQuantile([5], 0.3)).toBe(5);
  expect(() => sortedQuantile([], 0.5)).toThrow("at least one");
});
