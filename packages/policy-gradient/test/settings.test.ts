import { expect, test } from "vitest";
import { scheduleValue, trainConfiguration } from "../src/index.ts";

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
