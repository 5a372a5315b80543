import { rootKey, uniformsInto } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { calibration, compareGroups, rewardDrift, weightDiagnostics, WeightSums } from "../../src/index.ts";

function draws(count: number, label: string): Float64Array {
  const key = rootKey(label);
  const out = new Float64Array(count);
  uniformsInto(out, 0, count, key.first, key.second, 0, 0);
  return out;
}

test("weights that are 1 but for rounding do not refute that their mean is 1", () => {
  const ulp = 1 + 2 ** -52;
  for (const weights of [
    new Float64Array(100).fill(ulp),
    Float64Array.from({ length: 100 }, (_, i) => (i % 3 === 0 ? 1 : ulp)),
    draws(100, "float32").map((u) => Math.fround(0.1 + 0.8 * u) / (0.1 + 0.8 * u)),
  ]) {
    expect(weightDiagnostics(weights).meanIsOnePValue).toBe(1);
    expect(new WeightSums().add(weights).diagnostics().meanIsOnePValue).toBe(1);
  }
  expect(weightDiagnostics(new Float64Array(100).fill(1.01)).meanIsOnePValue).toBe(0);
});

describe("calibration of a reward model", () => {
  test("true predictions of a reward of 1 % are seldom refuted at 1 % (200 logs of 1,000 rows)", () => {
    let refuted = 0;
    for (let world = 0; world < 200; world++) {
      const u = draws(2000, `calibrated ${world}`);
      const predicted = Float64Array.from({ length: 1000 }, (_, i) => 0.005 + 0.01 * u[2 * i]!);
      const observed = predicted.map((p, i) => (u[2 * i + 1]! < p ? 1 : 0));
      if (calibration(predicted, observed).pValue < 0.01) refuted++;
    }
    // 2 are expected; 8 or more have a chance of 0.1 %.
    expect(refuted).toBeLessThan(8);
  });

  test("three rows refute nothing; predictions of half the truth are refuted", () => {
    expect(calibration([0.5, 0.6, 0.7], [0, 1, 1]).pValue).toBeGreaterThan(0.05);
    const u = draws(20_000, "halved");
    const predicted = Float64Array.from({ length: 10_000 }, (_, i) => 0.02 + 0.04 * u[2 * i]!);
    const observed = predicted.map((p, i) => (u[2 * i + 1]! < p ? 1 : 0));
    expect(
      calibration(
        predicted.map((p) => p / 2),
        observed,
      ).pValue,
    ).toBeLessThan(1e-9);
  });
});

test("a day without any reward is a difference; days of few rewards are none (300 logs)", () => {
  const rewards = Float64Array.from({ length: 3000 }, (_, i) => (i < 1000 ? 0 : i % 2));
  const days = rewards.map((_, i) => Math.floor(i / 1000));
  expect(compareGroups(rewards, days).pValue).toBeLessThan(1e-9);
  expect(rewardDrift(rewards, days).pValue).toBeLessThan(1e-9);
  const users = rewards.map((_, i) => Math.floor(i / 2));
  expect(compareGroups(rewards, days, users).pValue).toBeLessThan(1e-9);
  expect(compareGroups([2, 2, 2, 2], [0, 0, 1, 1]).pValue).toBe(1);
  let alarms = 0;
  for (let world = 0; world < 300; world++) {
    const u = draws(7 * 30, `sparse days ${world}`);
    const sparse = u.map((x) => (x < 0.02 ? 1 : 0));
    if (
      compareGroups(
        sparse,
        u.map((_, i) => i % 7),
      ).pValue < 0.01
    )
      alarms++;
  }
  // 3 are expected; 10 or more have a chance of 0.1 %.
  expect(alarms).toBeLessThan(10);
});
