import { expect, test } from "vitest";
import { makeVectorEnvironment, normalizeObservation, normalizeReward, timeLimit } from "../src/index.ts";

test("a time limit truncates, keeps the last observation, and starts the next episode", () => {
  const environment = timeLimit(makeVectorEnvironment("CartPole-v1", { rowCount: 2 }), 3);
  environment.reset({ seed: 1 });
  const seen: number[][] = [];
  for (let tick = 0; tick < 3; tick++) {
    environment.action.fill(tick & 1);
    environment.step();
    seen.push([...environment.truncated, ...environment.terminated]);
  }
  expect(seen).toEqual([
    [0, 0, 0, 0],
    [0, 0, 0, 0],
    [1, 1, 0, 0],
  ]);
  const start = environment.observation["observation"]!;
  expect([...start].every((value) => Math.abs(value) <= 0.05)).toBe(true);
  expect(environment.finalObservation["observation"]![1]).not.toBe(start[1]);
  expect(() => timeLimit(environment, 0)).toThrow("must be a whole number >= 1");
});

test("observations are scaled by Gymnasium's running mean and variance, which start as 1e-4 vectors of mean 0, variance 1", () => {
  const raw = makeVectorEnvironment("Pendulum-v1", { rowCount: 3 });
  const scaled = normalizeObservation(makeVectorEnvironment("Pendulum-v1", { rowCount: 3 }));
  raw.reset({ seed: 1 });
  scaled.reset({ seed: 1 });
  // Gymnasium's RunningMeanStd, written as there: batch mean and variance merged into the running ones.
  let count = 1e-4;
  const mean = [0, 0, 0];
  const variance = [1, 1, 1];
  for (let tick = 0; tick < 60; tick++) {
    const rows = [...raw.observation["observation"]!];
    const total = count + 3;
    for (let i = 0; i < 3; i++) {
      const batch = [rows[i]!, rows[i + 3]!, rows[i + 6]!];
      const batchMean = (batch[0]! + batch[1]! + batch[2]!) / 3;
      const batchVariance = batch.reduce((sum, value) => sum + (value - batchMean) ** 2, 0) / 3;
      const delta = batchMean - mean[i]!;
      variance[i] = (variance[i]! * count + batchVariance * 3 + (delta ** 2 * count * 3) / total) / total;
      mean[i] = mean[i]! + (delta * 3) / total;
    }
    count = total;
    rows.forEach((value, j) => {
      const i = j % 3;
      const expected = (value - mean[i]!) / Math.sqrt(variance[i]! + 1e-8);
      expect(Math.abs(scaled.observation["observation"]![j]! - expected)).toBeLessThan(1e-5);
    });
    raw.action.fill(1);
    scaled.action.fill(1);
    raw.step();
    scaled.step();
  }
});

test("rewards are divided by the deviation of the discounted running return, as Gymnasium does", () => {
  const raw = makeVectorEnvironment("CartPole-v1", { rowCount: 2 });
  const scaled = normalizeReward(makeVectorEnvironment("CartPole-v1", { rowCount: 2 }), {
    discountFactor: 0.9,
    clip: 1.5,
  });
  raw.reset({ seed: 1 });
  scaled.reset({ seed: 1 });
  const values: number[] = [];
  const running = [0, 0];
  let ends = 0;
  let clipped = 0;
  for (let tick = 0; tick < 100; tick++) {
    raw.action.fill(1);
    scaled.action.fill(1);
    raw.step();
    scaled.step();
    for (let row = 0; row < 2; row++) {
      running[row] = running[row]! * 0.9 * (1 - raw.terminated[row]!) + raw.reward[row]!;
      values.push(running[row]!);
      ends += raw.terminated[row]!;
    }
    // The start of 1e-4 vectors (mean 0, variance 1) beside all returns so far.
    const n = values.length + 1e-4;
    const mean = values.reduce((a, b) => a + b, 0) / n;
    const variance = (1e-4 * (1 + mean ** 2) + values.reduce((sum, v) => sum + (v - mean) ** 2, 0)) / n;
    const unclipped = raw.reward[0]! / Math.sqrt(variance + 1e-8);
    if (unclipped > 1.5) clipped++;
    expect(scaled.reward[0]).toBeCloseTo(Math.min(1.5, unclipped), 9);
  }
  // Both branches were seen: the return starts anew at an end, and the clip bites.
  expect(ends).toBeGreaterThan(10);
  expect(clipped).toBeGreaterThan(0);
  expect(clipped).toBeLessThan(20);
});

test("frozen statistics stay, and a snapshot carries statistics, flag and buffers to the byte", () => {
  const make = () =>
    normalizeReward(normalizeObservation(makeVectorEnvironment("CartPole-v1", { rowCount: 2 })));
  const environment = make();
  environment.reset({ seed: 1 });
  for (let tick = 0; tick < 30; tick++) environment.step();
  const snapshot = environment.snapshot();
  const copy = make();
  copy.restore(snapshot);
  for (let tick = 0; tick < 30; tick++) {
    environment.step();
    copy.step();
    expect(copy.observation).toEqual(environment.observation);
    expect(copy.reward).toEqual(environment.reward);
  }
  expect(copy.snapshot()).toEqual(environment.snapshot());
  environment.updating = false;
  const before = environment.moments.snapshot();
  environment.step();
  expect(environment.moments.snapshot()).toEqual(before);
  copy.restore(environment.snapshot());
  expect(copy.updating).toBe(false);
  expect(() => makeVectorEnvironment("CartPole-v1").restore(snapshot)).toThrow("this environment");
});
