import { existsSync, readFileSync } from "node:fs";
import { rootKey, uniformsInto } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import {
  calibration,
  compareGroups,
  estimatorAgreement,
  paretoTail,
  positionEffects,
  rewardDrift,
  sampleRatioByDay,
  supportDeficit,
  weightDiagnostics,
  WeightSums,
} from "../../src/index.ts";
import { meanTerms } from "../intervals/terms-of.ts";

function draws(count: number, label: string): Float64Array {
  const key = rootKey(label);
  const out = new Float64Array(count);
  uniformsInto(out, 0, count, key.first, key.second, 0, 0);
  return out;
}

interface Golden {
  readonly inputs: {
    readonly action: number[];
    readonly position: number[] | null;
    readonly pscore: number[];
    /** `[row][action][position]`, or `[action][position]` where the policy has no context. */
    readonly action_dist: (number | number[])[][][] | number[][];
  };
  readonly diagnostics: Readonly<Record<string, number>>;
}

describe("weights", () => {
  for (const name of [
    "obp_bandit_200_binary",
    "obp_bandit_200_continuous_reward_nopos",
    "obd_men_random_bts_2000",
  ]) {
    const url = new URL(`../../../../../shared/golden/ope/${name}.json`, import.meta.url);
    test.skipIf(!existsSync(url))(
      `${name}'s golden block to 1e-9 (skipped where ../shared is absent)`,
      () => {
        const golden: Golden = JSON.parse(readFileSync(url, "utf8"));
        const { action, position, pscore, action_dist } = golden.inputs;
        const shared = action_dist.length !== action.length;
        const weights = action.map((a, i) => {
          const row = shared ? action_dist[a]! : action_dist[i]![a]!;
          const entry = Array.isArray(row) ? row[position?.[i] ?? 0] : row;
          return Number(entry) / pscore[i]!;
        });
        const found = weightDiagnostics(weights);
        const ours: Record<string, number> = {
          weight_mean: found.mean,
          weight_max: found.maximum,
          weight_min: found.minimum,
          weight_var_ddof0: found.variance,
          ess: found.effectiveSampleSize,
          n_zero_weight: found.zeroCount,
        };
        let compared = 0;
        for (const [key, expected] of Object.entries(golden.diagnostics))
          if (ours[key] !== undefined) {
            expect(Math.abs(ours[key] - expected)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected)));
            compared++;
          }
        expect(compared).toBeGreaterThanOrEqual(3);
      },
    );
  }

  test("equal weights are whole evidence; one weight is one row's; none is an error", () => {
    const even = weightDiagnostics(new Float64Array(50).fill(1));
    expect(even.effectiveSampleSize).toBeCloseTo(50, 12);
    expect(even.meanIsOnePValue).toBe(1);
    expect(even.paretoTail.verdict).toBe("unknown");
    const single = weightDiagnostics([50, ...new Array<number>(49).fill(0)]);
    expect(single.effectiveSampleSize).toBe(1);
    expect(single.largestShare).toBe(1);
    expect(single.zeroCount).toBe(49);
    expect(() => weightDiagnostics([0, 0])).toThrow(expect.objectContaining({ code: "NO_SUPPORT" }));
    expect(() => weightDiagnostics([1, -1])).toThrow("weight 1 must be finite and from 0");
  });

  test("wrong propensities fail E[w] = 1, right ones pass", () => {
    const u = draws(8000, "weights");
    const weights = Float64Array.from({ length: 4000 }, (_, i) => {
      const p = 0.2 + 0.6 * u[2 * i]!;
      return u[2 * i + 1]! < p ? 1 / p : 0;
    });
    expect(weightDiagnostics(weights).meanIsOnePValue).toBeGreaterThan(0.001);
    expect(weightDiagnostics(weights.map((w) => 1.2 * w)).meanIsOnePValue).toBeLessThan(1e-6);
  });

  test("a stream in shards says what the whole log says, also when only its largest weights are kept", () => {
    const u = draws(90_000, "stream");
    const weights = u.map((x, i) => (i % 4 === 0 ? 0 : x ** -0.4));
    const whole = weightDiagnostics(weights);
    const first = new WeightSums().add(weights.subarray(0, 50_000)).add(weights.subarray(50_000, 60_000));
    const streamed = new WeightSums().add(weights.subarray(60_000)).merge(first).diagnostics();
    expect(streamed.count).toBe(90_000);
    expect(streamed.zeroCount).toBe(whole.zeroCount);
    expect(streamed.maximum).toBe(whole.maximum);
    for (const key of [
      "mean",
      "variance",
      "effectiveSampleSize",
      "largestShare",
      "largestVarianceShare",
    ] as const)
      expect(streamed[key] / whole[key]).toBeCloseTo(1, 10);
    expect(streamed.meanInterval[0]).toBeCloseTo(whole.meanInterval[0], 10);
    expect(streamed.meanIsOnePValue).toBeCloseTo(whole.meanIsOnePValue, 10);
    expect(streamed.paretoTail.shape).toBeCloseTo(whole.paretoTail.shape, 12);
    expect(streamed.paretoTail.count).toBe(whole.paretoTail.count);
    expect(() => new WeightSums().add([0, 0]).diagnostics()).toThrow(
      expect.objectContaining({ code: "NO_SUPPORT" }),
    );
    expect(() => new WeightSums().diagnostics()).toThrow("at least 2 rows");
  });

  test("weights of a few values have no tail to judge, nor those that rounding alone keeps apart", () => {
    const few = [
      [0.28, 700],
      [0.49, 390],
      [1.33, 300],
      [2.6, 500],
      [2.66, 110],
    ].flatMap(([weight, times]) => new Array<number>(times!).fill(weight!));
    expect(paretoTail(few)).toMatchObject({ verdict: "unknown", shape: NaN });
    const apart = few.map((weight, i) => weight * (1 + 1e-15 * (i % 7)));
    expect(paretoTail(apart).verdict).toBe("unknown");
  });

  test("Pareto k̂ finds tail index 1/k", () => {
    const u = draws(20_000, "tail");
    for (const [k, verdict] of [
      [0.3, "good"],
      [0.6, "fair"],
      [1, "bad"],
    ] as const) {
      const tail = paretoTail(u.map((x) => x ** -k));
      expect(Math.abs(tail.shape - k)).toBeLessThan(0.12);
      expect(tail.verdict).toBe(verdict);
    }
    expect(paretoTail(u).shape).toBeLessThan(0);
  });
});

test("support deficit is the exact missing mass, and its worst case the rewards' range of it", () => {
  const found = supportDeficit({
    loggingProbabilities: [0.5, 0.5, 0, 1, 0, 0],
    targetProbabilities: [0.5, 0.3, 0.2, 0.4, 0.6, 0],
    actionCount: 3,
    rewardRange: [-1, 2],
  });
  expect(found.deficit).toBeCloseTo(0.4, 12);
  expect(found.rowsWithDeficit).toBe(2);
  expect(found.largestRowDeficit).toBeCloseTo(0.6, 12);
  expect(found.actionsNeverLogged).toEqual([2]);
  expect(found.valueShift[0]).toBeCloseTo(-0.4, 12);
  expect(found.valueShift[1]).toBeCloseTo(0.8, 12);
  expect(() =>
    supportDeficit({
      loggingProbabilities: [1, 0],
      targetProbabilities: [0, 1],
      actionCount: 2,
      rewardRange: [0, 1],
    }),
  ).toThrow(expect.objectContaining({ code: "NO_SUPPORT" }));
  expect(() =>
    supportDeficit({
      loggingProbabilities: [1, 0],
      targetProbabilities: [0, 1],
      actionCount: 3,
      rewardRange: [0, 1],
    }),
  ).toThrow("actionCount must divide");
});

test("calibration passes true probabilities and catches halved ones", () => {
  const u = draws(12_000, "calibration");
  const predicted = Float64Array.from({ length: 6000 }, (_, i) => 0.1 + 0.8 * u[2 * i]!);
  const observed = predicted.map((p, i) => (u[2 * i + 1]! < p ? 1 : 0));
  const right = calibration(predicted, observed, { kind: "probability" });
  expect(right.bins).toHaveLength(10);
  expect(right.pValue).toBeGreaterThan(0.001);
  expect(right.expectedError).toBeLessThan(0.03);
  const wrong = calibration(
    predicted.map((p) => p / 2),
    observed,
    { kind: "probability" },
  );
  expect(wrong.pValue).toBeLessThan(1e-9);
  expect(wrong.bias).toBeCloseTo(0.25, 1);
  // Ties stay together: one prediction, one bin.
  expect(calibration([0.5, 0.5, 0.5, 0.5], [0, 1, 0, 1]).bins).toHaveLength(1);
  expect(() => calibration([1.2], [1], { kind: "probability" })).toThrow("prediction 0");
  expect(calibration([1, 2, 3], [1, 2, 3]).pValue).toBe(1);
});

test("drift: equal days pass, a slope is found with its size", () => {
  const u = draws(7000, "drift");
  const days = Int32Array.from(u, (_, i) => i % 7);
  const still = u.map((x) => (x < 0.3 ? 1 : 0));
  expect(rewardDrift(still, days).pValue).toBeGreaterThan(0.001);
  const moving = u.map((x, i) => (x < 0.2 + 0.03 * days[i]! ? 1 : 0));
  const found = rewardDrift(moving, days);
  expect(found.slope).toBeGreaterThan(0.02);
  expect(found.slope).toBeLessThan(0.04);
  expect(found.slopePValue).toBeLessThan(1e-6);
  expect(found.groups.map((g) => g.group)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  // Cochran's statistic of two groups is the squared z of their difference.
  const two = compareGroups([0, 1, 0, 3, 4, 2], [0, 0, 0, 1, 1, 1]);
  const [a, b] = two.groups;
  expect(two.statistic).toBeCloseTo(
    (a!.mean - b!.mean) ** 2 / (a!.standardError ** 2 + b!.standardError ** 2),
    12,
  );
});

test("sample ratio by day names the day that broke", () => {
  const groups: number[] = [];
  const days: number[] = [];
  for (let day = 0; day < 5; day++)
    for (let i = 0; i < 2000; i++) {
      groups.push(day === 3 ? (i % 20 < 11 ? 1 : 0) : i % 2);
      days.push(day);
    }
  const found = sampleRatioByDay(groups, days, [1, 1]);
  expect(found.mismatchedDays).toEqual([3]);
  expect(found.days).toHaveLength(5);
  expect(sampleRatioByDay(groups.slice(0, 4000), days.slice(0, 4000), [1, 1]).overall.pValue).toBe(1);
  expect(() => sampleRatioByDay([0, 2], [0, 0], [1, 1])).toThrow(
    "group 1 must be finite and from 0 to 1, got 2",
  );
  expect(() => sampleRatioByDay([0, 0.5], [0, 0], [1, 1])).toThrow("group 1 must be a whole number");
});

test("positions that earn less, and whose weights are off, show", () => {
  const u = draws(6000, "positions");
  const positions = Int32Array.from(u, (_, i) => i % 3);
  const rewards = u.map((x, i) => (x < 0.4 / (1 + positions[i]!) ? 1 : 0));
  const weights = Float64Array.from(positions, (p) => (p === 2 ? 1.5 : 1));
  const found = positionEffects(rewards, positions, weights);
  expect(found.pValue).toBeLessThan(1e-9);
  expect(found.positions[1]!.relativeToFirst).toBeGreaterThan(0.4);
  expect(found.positions[1]!.relativeToFirst).toBeLessThan(0.6);
  expect(found.positions[2]!.meanWeight).toBeCloseTo(1.5, 12);
  expect(found.positions[0]!.effectiveSampleSize).toBeCloseTo(2000, 6);
});

test("estimators that differ by noise agree, one with a wrong model does not, and a pair's error is paired", () => {
  const u = draws(4000, "agreement");
  const one = meanTerms(u);
  const noisy = meanTerms(u.map((x, i) => x + 0.01 * (u[(i + 1) % 4000]! - 0.5)));
  const biased = meanTerms(u.map((x, i) => x + 0.01 * u[(i + 1) % 4000]!));
  expect(
    estimatorAgreement([
      { name: "one", terms: one },
      { name: "noisy", terms: noisy },
    ]).agree,
  ).toBe(true);
  const found = estimatorAgreement([
    { name: "one", terms: one },
    { name: "biased", terms: biased },
    { name: "again", terms: one },
  ]);
  expect(found.agree).toBe(false);
  expect(found.pairs).toHaveLength(3);
  expect(found.pairs[1]!.adjustedPValue).toBe(1);
  expect(found.pairs[0]!.standardError).toBeLessThan(1e-4);
  expect(() => estimatorAgreement([{ name: "one", terms: one }])).toThrow("at least 2");
});
