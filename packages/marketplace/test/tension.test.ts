import { foldIn, meanInterval, rootKey } from "@longview/statistics";
import { expect, test } from "vitest";
import {
  DEFAULT_COST_LIMITS,
  gini,
  heuristicActor,
  myopicActor,
  oracleActor,
  popularActor,
  randomActor,
  simulateWorld,
  tuneHeuristic,
  type Actor,
  type WorldResult,
} from "../src/index.ts";

async function worldsOf(make: () => Actor, worlds: number): Promise<WorldResult[]> {
  const results: WorldResult[] = [];
  for (let world = 0; world < worlds; world++)
    results.push(await simulateWorld({ key: foldIn(rootKey("tension"), world), actor: make(), users: 128 }));
  return results;
}

const means = (results: readonly WorldResult[], of: (result: WorldResult) => number) =>
  results.reduce((sum, result) => sum + of(result), 0) / results.length;

// 6 paired worlds of 128 users; each claim is a one-sided 99 % Student interval, so a true claim fails rarely by the
// choice of seed and never again once it has passed
test(
  "being myopic wins the first week's engagement and loses the sixty days",
  { timeout: 60_000 },
  async () => {
    const heuristic = await worldsOf(() => heuristicActor(), 6);
    const myopic = await worldsOf(myopicActor, 6);
    const lead = (of: (result: WorldResult) => number) =>
      meanInterval(
        heuristic.map((result, w) => of(result) - of(myopic[w]!)),
        { confidence: 0.98 },
      ).interval;
    expect(lead((result) => result.weeklyEngagement[0]!)[1]).toBeLessThan(0);
    expect(lead((result) => result.value)[0]).toBeGreaterThan(0.1 * means(myopic, (result) => result.value));
    expect(lead((result) => result.undiscountedValue)[0]).toBeGreaterThan(
      0.3 * means(myopic, (r) => r.undiscountedValue),
    );
  },
);

test("the heuristic keeps the limits; random, popular and myopic do not", { timeout: 60_000 }, async () => {
  const feasible = (results: readonly WorldResult[]) =>
    Object.entries(DEFAULT_COST_LIMITS).every(
      ([name, limit]) => means(results, (r) => r.costs[name]!) <= limit,
    );
  expect(feasible(await worldsOf(() => heuristicActor(), 3))).toBe(true);
  for (const make of [randomActor, popularActor, myopicActor])
    expect(feasible(await worldsOf(make, 3))).toBe(false);
});

test("the privileged oracle is far above the heuristic", { timeout: 60_000 }, async () => {
  const oracle = await worldsOf(() => oracleActor(), 2);
  const heuristic = await worldsOf(() => heuristicActor(), 2);
  expect(means(oracle, (r) => r.value)).toBeGreaterThan(1.3 * means(heuristic, (r) => r.value));
});

test("a world is the same whenever it is simulated", async () => {
  const run = () => simulateWorld({ key: rootKey(5), actor: randomActor(), users: 24, days: 9 });
  expect(await run()).toEqual(await run());
});

test("weeks, days and sums agree", async () => {
  const result = await simulateWorld({
    key: rootKey(6),
    actor: randomActor(),
    users: 24,
    days: 9,
    discountFactor: 1,
  });
  expect(result.value).toBeCloseTo(result.undiscountedValue, 12);
  expect(result.weeklyValue.reduce((a, b) => a + b)).toBeCloseTo(result.undiscountedValue, 10);
  expect(result.weeklyValue).toHaveLength(2);
  expect(result.daily.map((day) => day.day)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(result.daily.reduce((sum, day) => sum + day.decisions, 0)).toBe(result.decisions);
});

test(
  "tuning is deterministic and never worse on its own worlds than where it starts",
  { timeout: 60_000 },
  async () => {
    const tune = { trials: 4, worlds: 1, key: rootKey("tune"), users: 32, days: 12 };
    const scores: number[] = [];
    const first = await tuneHeuristic({ ...tune, onTrial: (_, score) => scores.push(score) });
    expect(first).toEqual(await tuneHeuristic(tune));
    expect(scores).toHaveLength(4);
    expect(first.score).toBe(Math.max(...scores));
  },
);

test("the Gini coefficient of known shares", () => {
  expect(gini([1, 1, 1, 1])).toBeCloseTo(0, 12);
  expect(gini([0, 0, 0, 1])).toBeCloseTo(0.75, 12);
  expect(gini([1, 2, 3])).toBeCloseTo(2 / 9, 12);
  expect(gini([])).toBe(0);
});
