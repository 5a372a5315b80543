import fc from "fast-check";
import { expect, test } from "vitest";
import { scheduleValue, trainConfiguration } from "../src/index.ts";
import { addToMoments, emptyMoments, mergeMoments, momentsDeviation } from "../src/moments.ts";
import { packMoments, unpackMoments } from "../src/normalisers.ts";

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 30 });

test("moments of parts, merged, are the moments of the whole, and meet the two-pass formulas", () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      const parts = [a, b].map((part) => {
        const moments = emptyMoments(1);
        for (const value of part) addToMoments(moments, [value], 0);
        return moments;
      });
      mergeMoments(parts[0]!, parts[1]!);
      const all = [...a, ...b];
      if (all.length < 2) return;
      const mean = all.reduce((sum, v) => sum + v, 0) / all.length;
      const variance = all.reduce((sum, v) => sum + (v - mean) ** 2, 0) / all.length;
      expect(parts[0]!.count).toBe(all.length);
      expect(Math.abs(parts[0]!.mean[0]! - mean)).toBeLessThan(1e-8 * Math.max(1, ...all.map(Math.abs)));
      expect(Math.abs(momentsDeviation(parts[0]!, 0) - Math.sqrt(variance))).toBeLessThan(
        1e-6 * Math.max(1, Math.sqrt(variance)),
      );
    }),
  );
});

test("packed moments come back bit for bit, and only into the same size", () => {
  const moments = emptyMoments(2);
  for (let i = 0; i < 9; i++) addToMoments(moments, [Math.sin(i), Math.cos(i) * 1e5], 0);
  const copy = emptyMoments(2);
  unpackMoments(copy, packMoments(moments));
  expect(copy).toEqual(moments);
  expect(() => unpackMoments(emptyMoments(3), packMoments(moments))).toThrow(/need 7 numbers, got 5/);
});

test("schedules are constant or straight, and stay at their end", () => {
  expect(scheduleValue(0.3, 0.9)).toBe(0.3);
  expect(scheduleValue({ from: 1, to: 0 }, 0.25)).toBe(0.75);
  expect(scheduleValue({ from: 1, to: 0.5 }, 1.2)).toBe(0.5);
});

test("a configuration fills in its defaults and refuses unknown keys, names and ranges", () => {
  const configuration = trainConfiguration.parse({ environment: { id: "CartPole-v1" } });
  expect(configuration.algorithm.name).toBe("ppo");
  expect(configuration.training.rolloutLength).toBe(128);
  for (const wrong of [
    { environment: { id: "CartPole-v1" }, algorithm: { name: "ppo", gamma: 0.9 } },
    { environment: { id: "CartPole-v1" }, algorithm: { name: "trpo" } },
    { environment: { id: "CartPole-v1" }, training: { steps: 0 } },
    { environment: {} },
  ])
    expect(trainConfiguration.safeParse(wrong).success).toBe(false);
});
