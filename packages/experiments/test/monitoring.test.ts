import {
  foldIn,
  normalMixtureRadius,
  normalMixtureTuning,
  normalQuantile,
  rootKey,
  uniform,
  uniformsInto,
} from "@longview/statistics";
import { describe, expect, test } from "vitest";
import {
  differenceInMeans,
  DifferenceMonitor,
  EffectMonitor,
  OUTSIDE,
  sampleRatioScan,
} from "../src/index.ts";
import { coins, moments, normals, replication } from "./helpers/draws.ts";

interface Peeks {
  /** Share of experiments that ever said better or worse. */
  readonly stopped: number;
  /** The same by Welch's fixed-look interval. */
  readonly fixed: number;
  /** Share of experiments whose interval missed the effect at any look. */
  readonly missed: number;
}

/** Looks after each of 100 periods of 100 new units. */
function peek(
  name: string,
  experiments: number,
  outcomeOf: (normalDraw: number) => number,
  effect: number,
): Peeks {
  let [stopped, fixed, missed] = [0, 0, 0];
  const draws = new Float64Array(2);
  const outcome = new Float64Array(100);
  const arm = new Uint8Array(100);
  for (let run = 0; run < experiments; run++) {
    const key = replication(name, run);
    const monitor = new EffectMonitor({ expectedUnits: 5000 });
    let [stops, fixedStops, misses] = [false, false, false];
    const welch = [0, 1].map(() => ({ count: 0, sum: 0, squares: 0 }));
    for (let period = 0; period < 100; period++) {
      const today = foldIn(key, period);
      for (let i = 0; i < 100; i++) {
        uniformsInto(draws, 0, 2, today.first, today.second, i, 0);
        arm[i] = draws[1]! < 0.5 ? 1 : 0;
        outcome[i] = outcomeOf(normalQuantile(draws[0]!)) + effect * arm[i]!;
      }
      monitor.add(outcome, arm);
      for (let i = 0; i < 100; i++) {
        const side = welch[arm[i]!]!;
        side.count++;
        side.sum += outcome[i]!;
        side.squares += outcome[i]! ** 2;
      }
      const [control, treated] = welch.map(({ count, sum, squares }) => ({
        mean: sum / count,
        variance: (squares / count - (sum / count) ** 2) / count,
      }));
      if (Math.abs(treated!.mean - control!.mean) > 1.96 * Math.sqrt(treated!.variance + control!.variance))
        fixedStops = true;
      const { verdict, interval } = monitor.look();
      if (verdict !== "continue") stops = true;
      if (interval[0] > effect || interval[1] < effect) misses = true;
    }
    stopped += Number(stops) / experiments;
    fixed += Number(fixedStops) / experiments;
    missed += Number(misses) / experiments;
  }
  return { stopped, fixed, missed };
}

// Seconds on an idle core, and many times that on a busy one.
describe("effect monitor", { timeout: 60_000 }, () => {
  test("without an effect, 100 looks: at most 5 % stop, where a fixed interval stops 38 % (normal outcomes)", () => {
    const { stopped, fixed } = peek("null", 250, (z) => z, 0);
    // Of 250 at 5 %, more than 9.6 % have a chance below 0.1 %.
    expect(stopped).toBeLessThan(0.096);
    expect(fixed).toBeGreaterThan(0.28);
  });

  test("the same with skewed outcomes (squares of normal ones)", () => {
    expect(peek("skewed null", 200, (z) => z * z, 0).stopped).toBeLessThan(0.1);
  });

  test("with an effect it stops, and the interval covers the effect at all looks at once", () => {
    const { stopped, missed } = peek("effect", 120, (z) => z, 0.12);
    expect(stopped).toBeGreaterThan(0.95);
    expect(missed).toBeLessThan(0.115);
  });

  test("a look is the boundary's radius at Welch's error", () => {
    const key = replication("look", 0);
    const outcome = normals(key, 600).map((z, i) => z + (i % 3 === 0 ? 1 : 0));
    const arm = Uint8Array.from({ length: 600 }, (_, i) => (i % 3 === 0 ? 1 : 0));
    const monitor = new EffectMonitor({ expectedUnits: 1000, treatmentShare: 1 / 3, confidence: 0.9 });
    monitor.add(outcome.subarray(0, 250), arm.subarray(0, 250));
    monitor.add(outcome.subarray(250), arm.subarray(250));
    const look = monitor.look();
    const { effect, standardError } = differenceInMeans({ outcome, arm });
    const radius = normalMixtureRadius(600, normalMixtureTuning(1000, 0.9), 0.9);
    expect(look.effect).toBeCloseTo(effect, 12);
    expect(look.interval[1] - effect).toBeCloseTo((standardError * radius) / Math.sqrt(600), 12);
    expect(look.verdict).toBe("better");
    expect(look.pValue).toBeLessThan(0.1);
  });

  test("better, worse, equivalent, continue, invalid", () => {
    const verdict = (effect: number, margin: number, share = 0.5): string => {
      const key = replication("verdicts", 0);
      const arm = coins(key, 4000, 0.5);
      const monitor = new EffectMonitor({
        expectedUnits: 4000,
        equivalenceMargin: margin,
        treatmentShare: share,
      });
      monitor.add(
        normals(key, 4000).map((z, i) => z + effect * arm[i]!),
        arm,
      );
      return monitor.look().verdict;
    };
    expect(verdict(0.5, 0)).toBe("better");
    expect(verdict(-0.5, 0)).toBe("worse");
    expect(verdict(0, 0)).toBe("continue");
    expect(verdict(0, 0.3)).toBe("equivalent");
    expect(verdict(0.5, 0, 0.6)).toBe("invalid");
  });

  test("says nothing before enough units, and leaves out those outside", () => {
    const monitor = new EffectMonitor({ expectedUnits: 100 });
    expect(monitor.look()).toMatchObject({ verdict: "continue", pValue: 1, sampleRatioPValue: 1 });
    monitor.add([1e9, 1, 2], [OUTSIDE, 0, 1]);
    expect(monitor.look()).toMatchObject({ verdict: "continue", effect: 1, interval: [-Infinity, Infinity] });
    expect(() => monitor.add([NaN], [0])).toThrow("outcome 0 must be finite, got NaN");
    expect(() => monitor.add([1], [])).toThrow("needs one arm an outcome, got 0 for 1");
  });
});

test("difference monitor: at most 5 % of 400 streams of 200 pairs stop without an effect, and most do with one", () => {
  const stops = (effect: number): number => {
    let stopped = 0;
    for (let run = 0; run < 400; run++) {
      const monitor = new DifferenceMonitor({ expectedDifferences: 100 });
      let ever = false;
      // The size of a difference swings; its sign is the coin's.
      normals(replication("pairs of intervals", run), 200).forEach((z, i) => {
        monitor.add(effect + z * (1 + 0.5 * Math.sin(i / 5)));
        if (monitor.look().verdict !== "continue") ever = true;
      });
      stopped += Number(ever);
    }
    return stopped / 400;
  };
  expect(stops(0)).toBeLessThan(0.086);
  expect(stops(0.5)).toBeGreaterThan(0.95);
  expect(() => new DifferenceMonitor({ expectedDifferences: 10 }).add(Infinity)).toThrow("must be finite");
});

describe("sample-ratio scan", () => {
  /** Units by week and arm; between the weeks given, control loses some. */
  function weeks(run: number, from: number, to: number, share: number): Float64Array {
    const key = foldIn(rootKey("allocation"), run);
    const counts = new Float64Array(160);
    for (let week = 0; week < 80; week++)
      for (let unit = 0; unit < 400; unit++)
        counts[2 * week + Number(uniform(key, week, unit) < (week >= from && week < to ? share : 0.5))]!++;
    return counts;
  }

  test("finds a planted year of wrong allocation within two weeks, and says that weeks before are right", () => {
    for (let run = 0; run < 10; run++) {
      const { worst, periodPValues, pValue } = sampleRatioScan(weeks(run, 26, 57, 0.6), [1, 1]);
      expect(Math.abs(worst.start - 26)).toBeLessThanOrEqual(2);
      expect(Math.abs(worst.end - 57)).toBeLessThanOrEqual(2);
      expect(worst.shares[1]).toBeCloseTo(0.6, 1.5);
      expect(worst.pValue).toBeLessThan(1e-6);
      expect(pValue).toBeLessThan(0.001);
      expect(Math.min(...periodPValues.subarray(0, 24))).toBeGreaterThan(0.001);
    }
  });

  test("without a fault at most 5 % of 200 scans and of 200 sets of weeks are below 0.05", () => {
    let scans = 0;
    let sets = 0;
    for (let run = 0; run < 200; run++) {
      const { worst, periodPValues } = sampleRatioScan(weeks(1000 + run, 0, 0, 0.5), [0.5, 0.5]);
      scans += Number(worst.pValue < 0.05);
      sets += Number(Math.min(...periodPValues) < 0.05);
    }
    // 10 expected at most; 22 or more have a chance below 0.1 %.
    expect(scans).toBeLessThan(22);
    expect(sets).toBeLessThan(22);
  });

  test("one period is the plain test, and empty periods are right", () => {
    const { worst, pValue, periodPValues } = sampleRatioScan([0, 0, 60, 40], [1, 1]);
    expect(pValue).toBeCloseTo(0.0455, 4);
    expect([...periodPValues]).toEqual([1, 2 * pValue]);
    expect([worst.start, worst.end]).toEqual([0, 2]);
    expect(moments(worst.shares).mean).toBeCloseTo(0.5, 12);
  });

  test("bad input is refused", () => {
    expect(() => sampleRatioScan([1, 2, 3], [1, 1])).toThrow("must be a whole number >= 1, got 1.5");
    expect(() => sampleRatioScan([1, -2], [1, 1])).toThrow("count 1 must be a whole number >= 0, got -2");
    expect(() => sampleRatioScan([0, 0], [1, 1])).toThrow("needs at least one observation");
  });
});
