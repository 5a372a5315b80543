import { rootKey } from "@longview/statistics";
import { expect, test } from "vitest";
import { simulateAtScale, type ScaleResult, type SimulateAtScaleOptions } from "../src/index.ts";

const run = (more: Partial<SimulateAtScaleOptions>): Promise<ScaleResult> =>
  simulateAtScale({
    users: 300,
    days: 9,
    key: rootKey("scale"),
    policy: "heuristic",
    options: { creators: { capacity: 60 }, items: { capacity: 400 } },
    ...more,
  });

test(
  "a world has the same bytes for no worker, 1, 2 and 4, and for any block size",
  { timeout: 60_000 },
  async () => {
    const alone = await run({});
    expect(alone.decisions).toBeGreaterThan(1000);
    expect(await run({ blockRows: 7 })).toEqual(alone);
    for (const workers of [1, 2, 4]) expect(await run({ workers })).toEqual(alone);
  },
);

test("another key or policy is another world", async () => {
  const { stateHash } = await run({});
  expect((await run({ key: rootKey("other") })).stateHash).not.toBe(stateHash);
  expect((await run({ policy: "random" })).stateHash).not.toBe(stateHash);
});

test("days are told as they end, and add up", async () => {
  const told: number[] = [];
  const { days, decisions } = await run({ onDay: ({ day }) => told.push(day) });
  expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(days.reduce((sum, day) => sum + day.decisions, 0)).toBe(decisions);
  for (const { objectives, reward } of days)
    expect(reward).toBeLessThan(10 * objectives["engagement"]! + 1e6);
});

test("a policy that cannot decide ends the simulation with its error", async () => {
  await expect(run({ workers: 1, weights: { nothing: 1 } })).rejects.toThrow(/nothing/);
});
