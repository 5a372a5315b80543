import { rootKey } from "@longview/statistics";
import { expect, test } from "vitest";
import { shareInterval } from "../src/measures/share-interval.ts";
import { worstTailMeanInPlace } from "../src/measures/worst-tail.ts";
import { jackknifeSpread } from "../src/resampling/jackknife.ts";
import { groupOf, GROUPS } from "../src/resampling/user-groups.ts";

test("Wilson's interval: the published 10 of 20, and none of 10, whose upper bound is z²/(n + z²)", () => {
  const [lower, upper] = shareInterval(10, 20);
  expect(lower).toBeCloseTo(0.2993, 4);
  expect(upper).toBeCloseTo(0.7007, 4);
  const square = 1.959963984540054 ** 2;
  expect(shareInterval(0, 10)).toEqual([0, expect.closeTo(square / (10 + square), 12)]);
  expect(shareInterval(10, 10)[1]).toBe(1);
});

test("the worst tail by hand, with a part of a value", () => {
  expect(worstTailMeanInPlace(Float64Array.of(5, 1, 3, 2), 0.5)).toBe(1.5);
  expect(worstTailMeanInPlace(Float64Array.of(5, 1, 3, 2), 0.375)).toBeCloseTo((1 + 0.5 * 2) / 1.5, 14);
  expect(() => worstTailMeanInPlace(Float64Array.of(1), 0)).toThrow(
    "share is 0, allowed: above 0, at most 1",
  );
});

test("leaving one value out of a mean gives the standard error of the mean, and Student's interval", () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const mean = values.reduce((sum, value) => sum + value, 0) / 8;
  const without = Float64Array.from(values, (value) => (8 * mean - value) / 7);
  const spread = jackknifeSpread(
    { value: mean, without },
    values.map(() => 1),
  )!;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 7;
  expect(spread.standardError).toBeCloseTo(Math.sqrt(variance / 8), 12);
  // t of 7 degrees of freedom at .975.
  expect(spread.interval[1] - mean).toBeCloseTo(2.364624 * Math.sqrt(variance / 8), 6);
});

test("groups without users are not read; nothing to learn from gives no spread", () => {
  expect(jackknifeSpread({ value: 1, without: Float64Array.of(1, NaN, 1) }, [1, 0, 1])).toBeUndefined();
  expect(jackknifeSpread({ value: 1, without: Float64Array.of(1, 2) }, [1, 0])).toBeUndefined();
  expect(jackknifeSpread({ value: 1, without: Float64Array.of(0, NaN, 2) }, [1, 0, 1])).toBeDefined();
});

test("users fall evenly into the groups, whatever their numbers (χ² of 63 below its .999 quantile, 103.4)", () => {
  for (const spread of [1, 2 ** 32, 1e6 + 1]) {
    const counts = new Float64Array(GROUPS);
    for (let i = 0; i < 6400; i++) counts[groupOf(rootKey("groups"), i * spread)]!++;
    expect(counts.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0)).toBeLessThan(103.4);
  }
});
