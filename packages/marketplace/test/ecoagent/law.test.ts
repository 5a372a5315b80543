import { normalCumulative } from "@longview/statistics";
import { expect, test } from "vitest";
import {
  drawTopic,
  newDocuments,
  normalize,
  saturatedSatisfaction,
  userReward,
} from "../../src/ecoagent/ecoagent-law.ts";
import { documentCapacity, ecoagentOptions } from "../../src/ecoagent/options.ts";
import { truncatedNormalInPlace, writeTruncatedNormal } from "../../src/ecoagent/truncated-normal.ts";

test("a user's reward, computed by hand: 0.3·0.5 + 0.7·(−0.4) + 0.1 + 2", () => {
  expect(userReward(0.3, 0.5, -0.4, 0.1)).toBeCloseTo(1.97, 12);
  expect(userReward(0.3, -1, -1, -1)).toBe(0); // the lowest there is
});

test("saturated satisfaction is log(1 + s), at least the threshold; without saturation it is s", () => {
  expect(saturatedSatisfaction(true, 0, Math.E - 1)).toBeCloseTo(1, 12);
  expect(saturatedSatisfaction(true, 0, -3)).toBe(0);
  expect(saturatedSatisfaction(true, 0.7, 0)).toBeCloseTo(0.7, 12);
  expect(saturatedSatisfaction(false, 0.7, -3)).toBe(-3);
});

test("a document for each multiple of the margin crossed, as the original's own example: 1.8 → 2.1 by 2, 1.5 → 1.9 not", () => {
  expect(newDocuments(2, 1.8, 2.1)).toBe(1);
  expect(newDocuments(2, 1.5, 1.9)).toBe(0);
  expect(newDocuments(20, 5, 100)).toBe(5);
  expect(newDocuments(20, 45, 41)).toBe(0);
  expect(newDocuments(20, 45, 39)).toBe(0);
});

test("topics come from the softmax of the preferences", () => {
  const preferences = Float64Array.of(9, 0, Math.log(2), Math.log(5)); // of 3 topics, after another's number
  const share = (topic: number) => {
    let hits = 0;
    for (let i = 0; i < 8000; i++) if (drawTopic(preferences, 1, 3, (i + 0.5) / 8000) === topic) hits++;
    return hits / 8000;
  };
  expect([share(0), share(1), share(2)]).toEqual([1 / 8, 2 / 8, 5 / 8]);
});

test("normalising gives length 1 and leaves the neighbours alone", () => {
  const values = Float64Array.of(7, 3, 4, 7);
  normalize(values, 1, 2);
  expect([...values]).toEqual([7, expect.closeTo(0.6, 12), expect.closeTo(0.8, 12), 7]);
});

test("the truncated normal stays in its bounds and has the textbook mean m + s (φ(a) − φ(b)) / (Φ(b) − Φ(a))", () => {
  const density = (x: number) => Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI);
  const laws = new Float64Array(4);
  const value = new Float64Array(1);
  for (const [mean, deviation] of [
    [0.8, 0.1],
    [-0.3, 0.9],
    [0, 0.05],
  ] as const) {
    writeTruncatedNormal(laws, 0, mean, deviation, -1, 1);
    let sum = 0;
    let farthest = 0;
    const draws = 20_000; // a midpoint grid of the uniform: the integral of the quantile function
    for (let i = 0; i < draws; i++) {
      value[0] = (i + 0.5) / draws;
      truncatedNormalInPlace(value, 0, laws, 0);
      farthest = Math.max(farthest, Math.abs(value[0]));
      sum += value[0];
    }
    expect(farthest).toBeLessThanOrEqual(1);
    const a = (-1 - mean) / deviation;
    const b = (1 - mean) / deviation;
    const expected =
      mean + (deviation * (density(a) - density(b))) / (normalCumulative(b) - normalCumulative(a));
    expect(Math.abs(sum / draws - expected)).toBeLessThan(1e-5);
  }
});

test("the capacity holds the documents of a creator whom everybody takes at every step", () => {
  // 50 users: 50 · (2 + 0.1 + 4) = 305 a step crosses at most 15 + 1 multiples of 20.
  expect(documentCapacity(ecoagentOptions.parse({}))).toBe(20 + 20 * 16);
  // log(1 + 305) = 5.72 crosses at most 11 + 1 multiples of 0.5.
  expect(documentCapacity(ecoagentOptions.parse({ saturation: true, newDocumentMargin: 0.5 }))).toBe(260);
});
