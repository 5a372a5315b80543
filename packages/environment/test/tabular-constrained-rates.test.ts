import { expect, test } from "vitest";
import { creatorHealthProcess, type TabularMarkovDecisionProcess } from "../src/index.ts";
import { exchangeRates, solveConstrained, type CostLimits } from "../src/tabular/constrained/index.ts";
import { allPolicies, randomWorld } from "./tabular-constrained-worlds.ts";

async function value(process: TabularMarkovDecisionProcess, limits: CostLimits): Promise<number> {
  const solution = await solveConstrained(process, limits);
  return solution.status === "optimal" ? solution.value : NaN;
}

test(
  "in random worlds each rate is the one-sided difference of the optimum solved again, to 1e-6, up to where it is said to end and not beyond",
  { timeout: 30_000 },
  async () => {
    let rates = 0;
    let ends = 0;
    for (let world = 0; world < 12; world++) {
      const count = 1 + (world % 4);
      const process = randomWorld(`rates ${world}`, 5, 3, (table) =>
        Object.fromEntries(Array.from({ length: count }, (_, i) => [`cost${i}`, table()])),
      );
      const free = await solveConstrained(process, {});
      if (free.status === "infeasible") throw new Error(free.statement);
      const limits = Object.fromEntries(process.costNames.map((name) => [name, 0.97 * free.costs[name]!]));
      const solution = await solveConstrained(process, limits);
      const found = await exchangeRates(process, limits);
      if (solution.status === "infeasible") {
        expect(found).toBeUndefined();
        continue;
      }
      for (const [name, { limit, looser, tighter, unique }] of Object.entries(found ?? {})) {
        const at = (moved: number): Promise<number> => value(process, { ...limits, [name]: moved });
        if (unique) expect(solution.multipliers[name]!).toBeCloseTo(looser.rate, 7);
        for (const [sign, side] of [
          [1, looser],
          [-1, tighter],
        ] as const) {
          if (side === undefined) continue;
          rates++;
          const near = limit + sign * 1e-4;
          expect(Math.abs((await at(near)) - solution.value - sign * 1e-4 * side.rate)).toBeLessThan(1e-10);
          if (side.until === Infinity) {
            expect(await at(limit + 100)).toBeCloseTo(solution.value, 9);
            continue;
          }
          ends++;
          // All the way to the end of the range the value is on the line; beyond it is below, or nothing is feasible.
          const line = (moved: number): number => solution.value + (moved - limit) * side.rate;
          expect(Math.abs((await at(side.until)) - line(side.until))).toBeLessThan(1e-8);
          const beyond = side.until + sign * 1e-3;
          expect((await at(beyond)) >= line(beyond) - 1e-9).toBe(false);
        }
      }
    }
    expect(rates).toBeGreaterThan(30);
    expect(ends).toBeGreaterThan(20);
  },
);

test("at the golden world's corner the two rates differ, and each holds to the end of its side", async () => {
  const process = creatorHealthProcess();
  // A deterministic policy's cost is a corner: exploit in low health, support in high health.
  const corner = allPolicies(process)[2]!.costs[0]!;
  const { lowHealth } = (await exchangeRates(process, { lowHealth: corner }))!;
  expect(corner).toBeCloseTo(10, 9);
  expect(lowHealth!.unique).toBe(false);
  expect(lowHealth!.looser.rate).toBeCloseTo(0.5442, 4);
  expect(lowHealth!.tighter!.rate).toBeCloseTo(0.6053, 4);
  expect(lowHealth!.looser.until).toBeCloseTo(16.2092, 4);
  expect(lowHealth!.tighter!.until).toBeCloseTo(3.0366, 4);
});

test("a limit that does not bind costs nothing for ever, and the least limit can't be tightened", async () => {
  const process = creatorHealthProcess();
  const loose = (await exchangeRates(process, { lowHealth: 18 }))!["lowHealth"]!;
  expect(loose).toMatchObject({ unique: true, looser: { rate: 0, until: Infinity }, tighter: { rate: 0 } });
  expect(loose.tighter!.until).toBeCloseTo(16.2092, 4);
  const least = Math.min(...allPolicies(process).map(({ costs }) => costs[0]!));
  const tight = (await exchangeRates(process, { lowHealth: least }))!["lowHealth"]!;
  expect(tight.tighter).toBeUndefined();
  expect(tight.unique).toBe(false);
  expect(tight.looser.rate).toBeCloseTo(0.6053, 4);
});
