import { describe, expect, test } from "vitest";
import {
  foldIn,
  normalMixturePValue,
  normalMixtureRadius,
  normalMixtureTuning,
  normalQuantileInPlace,
  rootKey,
  uniformsInto,
} from "../src/index.ts";

/** `∫ exp(θ S − θ² V / 2) dN(θ; 0, 1/ρ)` by the trapezium rule: the wealth whose inverse the p-value is. */
function integratedWealth(sum: number, variance: number, tuning: number): number {
  const steps = 20_000;
  const width = 12 / Math.sqrt(tuning);
  let total = 0;
  for (let i = -steps; i <= steps; i++) {
    const theta = (i * width) / steps;
    total += Math.exp(theta * sum - (theta * theta * variance) / 2 - (tuning * theta * theta) / 2);
  }
  return (total * width * Math.sqrt(tuning / (2 * Math.PI))) / steps;
}

describe("normal mixture", () => {
  test.each([
    [3, 10, 1],
    [-20, 100, 25],
    [2, 1, 4],
  ])("the p-value is the inverse of the integrated wealth: S %d, V %d, rho %d", (sum, variance, tuning) => {
    const inverse = 1 / integratedWealth(sum, variance, tuning);
    expect(normalMixturePValue(sum, variance, tuning)).toBeCloseTo(Math.min(1, inverse), 9);
  });

  test("the p-value falls below alpha exactly where the sum leaves the boundary", () => {
    for (const confidence of [0.8, 0.95, 0.999])
      for (const variance of [0.5, 10, 4000]) {
        const radius = normalMixtureRadius(variance, 7, confidence);
        expect(normalMixturePValue(radius, variance, 7)).toBeCloseTo(1 - confidence, 12);
        expect(normalMixturePValue(radius * 1.001, variance, 7)).toBeLessThan(1 - confidence);
      }
  });

  test("the tuning is the narrowest at its variance, against a search", () => {
    for (const confidence of [0.9, 0.95, 0.99]) {
      const best = normalMixtureTuning(500, confidence);
      const radius = normalMixtureRadius(500, best, confidence);
      for (let i = -40; i <= 40; i++)
        expect(normalMixtureRadius(500, best * 1.1 ** i, confidence)).toBeGreaterThanOrEqual(radius - 1e-12);
    }
    expect(normalMixtureRadius(100, normalMixtureTuning(100)) / 10).toBeCloseTo(3.08, 1);
  });

  test("bad input is refused", () => {
    expect(() => normalMixtureRadius(-1, 1)).toThrow("variance must be >= 0, got -1");
    expect(() => normalMixtureRadius(1, 0)).toThrow("tuning must be finite and > 0, got 0");
    expect(() => normalMixtureTuning(0)).toThrow("variance must be finite and > 0, got 0");
    expect(() => normalMixtureRadius(1, 1, 1)).toThrow("confidence must be between 0 and 1");
  });
});

test("looking after each of 100 to 10,000 normal values rejects in 49.6 % of fixed looks and in at most 5 % of mixtures", () => {
  const streams = 400;
  const count = 10_000;
  const values = new Float64Array(count);
  const tuning = normalMixtureTuning(1000);
  let fixed = 0;
  let mixture = 0;
  const radii = Float64Array.from({ length: count + 1 }, (_, n) => normalMixtureRadius(n, tuning));
  for (let stream = 0; stream < streams; stream++) {
    const key = foldIn(rootKey("peeking"), stream);
    uniformsInto(values, 0, count, key.first, key.second, 0, 0);
    for (let i = 0; i < count; i++) normalQuantileInPlace(values, i);
    let sum = 0;
    let squares = 0;
    let fixedRejects = false;
    let mixtureRejects = false;
    for (let i = 0; i < count; i++) {
      sum += values[i]!;
      squares += values[i]! ** 2;
      const n = i + 1;
      if (n < 100) continue;
      const deviation = Math.sqrt((squares - (sum * sum) / n) / (n - 1));
      const size = Math.abs(sum) / deviation;
      if (size > 1.96 * Math.sqrt(n)) fixedRejects = true;
      if (size > radii[n]!) mixtureRejects = true;
    }
    fixed += Number(fixedRejects);
    mixture += Number(mixtureRejects);
  }
  // 49.6 % of 400 are 198; 99.9 % of runs are within 33 of it. 5 % are 20; 36 or more have a chance below 0.1 %.
  expect(Math.abs(fixed - 198)).toBeLessThanOrEqual(33);
  expect(mixture).toBeLessThan(36);
  expect(mixture).toBeGreaterThan(0);
});
