import { existsSync, readFileSync } from "node:fs";
import * as z from "zod";
import { expect, test } from "vitest";
import {
  creatorHealthProcess,
  gridworldProcess,
  occupancyMeasure,
  policyIteration,
  policyReturn,
  type TabularMarkovDecisionProcess,
} from "../src/index.ts";
import {
  exchangeRates,
  solveConstrained,
  type ConstrainedOptimum,
  type CostLimits,
} from "../src/tabular/constrained/index.ts";
import { allPolicies, bestMixture, randomWorld, uniforms } from "./tabular-constrained-worlds.ts";

async function optimum(
  process: TabularMarkovDecisionProcess,
  limits: CostLimits,
): Promise<ConstrainedOptimum> {
  const solution = await solveConstrained(process, limits);
  if (solution.status === "infeasible") throw new Error(solution.statement);
  return solution;
}

const golden = new URL("../../../../shared/golden/cmdp.json", import.meta.url);
const goldenSchema = z.looseObject({
  answers: z.array(
    z.object({
      budget: z.number().nullable(),
      feasible: z.boolean().default(true),
      value: z.number().default(NaN),
      cost: z.number().default(NaN),
      multiplier: z.number().nullish(),
      probabilityOfSupport: z.array(z.number()).default([]),
    }),
  ),
});

test.skipIf(!existsSync(golden))("every golden answer is found to its four decimals", async () => {
  const { answers } = goldenSchema.parse(JSON.parse(readFileSync(golden, "utf8")));
  const process = creatorHealthProcess();
  expect(answers.length).toBe(6);
  for (const answer of answers) {
    const limits: CostLimits = answer.budget === null ? {} : { lowHealth: answer.budget };
    const solution = await solveConstrained(process, limits);
    expect(solution.status).toBe(answer.feasible ? "optimal" : "infeasible");
    if (solution.status === "infeasible") continue;
    expect(solution.value).toBeCloseTo(answer.value, 4);
    expect(solution.costs["lowHealth"]).toBeCloseTo(answer.cost, 4);
    expect(solution.multipliers["lowHealth"] ?? null).toEqual(
      answer.multiplier == null ? null : expect.closeTo(answer.multiplier, 4),
    );
    answer.probabilityOfSupport.forEach((p, state) =>
      expect(solution.policy[2 * state + 1]!).toBeCloseTo(p, 4),
    );
  }
});

test("the golden world at a budget of 8: value 13.7895, multiplier 0.6053, support in low health 0.109; 3 can't be kept", async () => {
  const process = creatorHealthProcess();
  const free = await optimum(process, {});
  expect([free.value, free.costs["lowHealth"]]).toEqual([
    expect.closeTo(18.3791, 4),
    expect.closeTo(16.2092, 4),
  ]);
  const eight = await optimum(process, { lowHealth: 8 });
  expect(eight.value).toBeCloseTo(13.7895, 4);
  expect(eight.multipliers["lowHealth"]).toBeCloseTo(0.6053, 4);
  expect(eight.policy[1]).toBeCloseTo(0.109, 4);
  expect(eight.policy[3]).toBeCloseTo(1, 9);
  expect(await solveConstrained(process, { lowHealth: 3 })).toMatchObject({
    status: "infeasible",
    conflict: ["lowHealth"],
    statement: "the limit 3 of lowHealth can't be kept: no policy has less than 3.037",
  });
});

/** 12 worlds for each number of limits, small enough to try every mixture of policies. */
const SIZES = [
  { limits: 1, states: 4, actions: 3 },
  { limits: 2, states: 3, actions: 3 },
  { limits: 3, states: 3, actions: 3 },
  { limits: 4, states: 4, actions: 2 },
];

test(
  "in 48 random worlds with 1 to 4 limits the optimum is the best mixture of all policies, and infeasible where there is none",
  { timeout: 30_000 },
  async () => {
    let infeasible = 0;
    let binding = 0;
    for (const { limits: count, states, actions } of SIZES)
      for (let world = 0; world < 12; world++) {
        const seed = `constrained ${count} ${world}`;
        const process = randomWorld(seed, states, actions, (table) =>
          Object.fromEntries(Array.from({ length: count }, (_, i) => [`cost${i}`, table()])),
        );
        const policies = allPolicies(process);
        const next = uniforms(`${seed} limits`);
        // Between the least and the middle of what policies have: most bind, some conflict.
        const limits = Object.fromEntries(
          process.costNames.map((name, i) => {
            const sorted = policies.map(({ costs }) => costs[i]!).sort((a, b) => a - b);
            const least = sorted[0]!;
            return [name, least + (0.3 + 0.7 * next()) * (sorted[sorted.length >> 1]! - least)];
          }),
        );
        const best = bestMixture(policies, Object.values(limits));
        const solution = await solveConstrained(process, limits);
        if (best === -Infinity) {
          infeasible++;
          expect(solution.status).toBe("infeasible");
          continue;
        }
        if (solution.status === "infeasible") throw new Error(`${seed}: ${solution.statement}`);
        binding += Object.values(solution.multipliers).filter((multiplier) => multiplier > 1e-6).length;
        expect(Math.abs(solution.value - best)).toBeLessThan(1e-9);
        expect(Math.abs(solution.upperBound - solution.value)).toBeLessThan(1e-9);
        for (const [name, limit] of Object.entries(limits))
          expect(solution.costs[name]!).toBeLessThan(limit + 1e-9);
      }
    // The worlds are fixed: these say that the test is not empty.
    expect(infeasible).toBeGreaterThan(1);
    expect(48 - infeasible).toBeGreaterThanOrEqual(30);
    expect(binding).toBeGreaterThan(40);
  },
);

test("without limits, and with limits that do not bind, the optimum is policy iteration's, terminal states included", async () => {
  const process = gridworldProcess({ width: 4, height: 4, slip: 0.2, discountFactor: 0.95 });
  const { values } = policyIteration(process);
  for (const limits of [{}, { hazard: 100 }]) {
    const solution = await optimum(process, limits);
    expect(solution.value).toBeCloseTo(values[0]!, 9);
    expect(Object.values(solution.multipliers)).toEqual(Object.values(limits).map(() => 0));
    expect(solution.upperBound).toBeCloseTo(solution.value, 9);
  }
});

test("a tight limit of a larger world is used up, mixes actions in one state, and is certified by policy iteration", async () => {
  const process = gridworldProcess({ width: 6, height: 5, slip: 0.1, discountFactor: 0.95 });
  const free = await optimum(process, {});
  const impossible = await solveConstrained(process, { hazard: -1 });
  if (impossible.status === "optimal") throw new Error("a cost can't be negative");
  const hazard = (free.costs["hazard"]! + impossible.leastCosts["hazard"]!) / 2;
  const solution = await optimum(process, { hazard });
  expect(solution.costs["hazard"]).toBeCloseTo(hazard, 9);
  expect(solution.value).toBeLessThan(free.value - 1e-6);
  expect(Math.abs(solution.upperBound - solution.value)).toBeLessThan(1e-9);
  const mixing = Array.from({ length: 30 }, (_, state) => state).filter((state) =>
    solution.policy.subarray(4 * state, 4 * state + 4).every((p) => p < 1 - 1e-9),
  );
  expect(mixing.length).toBe(1);
  expect(policyReturn(process, solution.policy).value).toBe(solution.value);
  expect(solution.occupancy).toEqual(occupancyMeasure(process, solution.policy));
});

test("limits on unknown costs and limits that are no numbers are refused in one line", async () => {
  const process = creatorHealthProcess();
  await expect(solveConstrained(process, { health: 1 })).rejects.toThrow(
    "limits.health: the process has no such cost; its costs are lowHealth",
  );
  await expect(exchangeRates(process, { lowHealth: NaN })).rejects.toThrow(
    "limits.lowHealth must be a finite number, got NaN",
  );
});
