import { expect, test } from "vitest";
import type { TabularMarkovDecisionProcess } from "../src/index.ts";
import { solveConstrained, type CostLimits } from "../src/tabular/constrained/index.ts";
import { irreducibleConflict } from "../src/tabular/constrained/contradiction.ts";
import { withOccupancyProgram } from "../src/tabular/constrained/occupancy-program.ts";
import { allPolicies, bestMixture, randomWorld, uniforms } from "./tabular-constrained-worlds.ts";

/** A world whose `size` first costs sum to 1 in each step, so to 10 in all, and others that are free. */
function plantedWorld(seed: string, size: number, others: number): TabularMarkovDecisionProcess {
  return randomWorld(seed, 4, 2, (table) => {
    const first = Array.from({ length: Math.max(1, size - 1) }, table).map((rows) =>
      rows.map((row) => row.map((cost) => cost / Math.max(1, size - 1))),
    );
    const rest = first[0]!.map((row, s) =>
      row.map((_, a) => 1 - first.reduce((sum, rows) => sum + rows[s]![a]!, 0)),
    );
    const planted = size === 1 ? first : [...first, rest];
    return Object.fromEntries([
      ...planted.map((rows, i) => [`planted${i}`, rows] as const),
      ...Array.from({ length: others }, (_, i) => [`other${i}`, table()] as const),
    ]);
  });
}

test(
  "contradictions planted in 40 random worlds are all found, are the smallest ones, and are proven by their weights",
  { timeout: 30_000 },
  async () => {
    for (let world = 0; world < 40; world++) {
      const size = 1 + (world % 4);
      const seed = `planted ${world}`;
      const process = plantedWorld(seed, size, Math.min(2, 4 - size));
      const policies = allPolicies(process);
      const planted = process.costNames.slice(0, size);
      const others = process.costNames.slice(size);
      // The even mixture of all policies keeps the others with room. The planted ones sum to 10 whatever is done and are allowed a
      // little less in all; the mixture is inside what policies reach, so all but one of them can be kept.
      const next = uniforms(`${seed} limits`);
      const mixed = process.costNames.map(
        (_name, i) => policies.reduce((sum, { costs }) => sum + costs[i]!, 0) / policies.length,
      );
      const least = Math.min(...policies.map(({ costs }) => costs[0]!));
      const gaps = planted.map(() => -Math.log(next()));
      const limits: CostLimits = Object.fromEntries([
        ...others.map((name, i) => [name, mixed[size + i]! + 1] as const),
        ...planted.map((name, i) => [name, size === 1 ? least - 0.1 : mixed[i]! - 0.01 * gaps[i]!] as const),
      ]);
      const found = await solveConstrained(process, limits);
      if (found.status === "optimal") throw new Error(`${seed}: not found`);
      const smaller = (names: readonly string[]): number =>
        bestMixture(
          policies.map(({ value, costs }) => ({
            value,
            costs: names.map((name) => costs[process.costNames.indexOf(name)]!),
          })),
          names.map((name) => limits[name]!),
        );
      // By the independent method: it conflicts, and no set of it with one fewer does.
      expect(smaller(found.conflict)).toBe(-Infinity);
      for (const left of found.conflict)
        expect(smaller(found.conflict.filter((name) => name !== left))).toBeGreaterThan(-Infinity);
      expect(found.fewest).toBe(true);
      expect([seed, [...found.conflict]]).toEqual([seed, planted]);
      // Farkas: weighted, every policy has more than the limits allow.
      const weighted = (costs: readonly number[]): number =>
        Object.entries(found.weights).reduce(
          (sum, [name, weight]) => sum + weight * costs[process.costNames.indexOf(name)]!,
          0,
        );
      expect(Object.values(found.weights).every((weight) => weight >= 0)).toBe(true);
      expect(found.leastWeightedCost).toBeCloseTo(
        Math.min(...policies.map(({ costs }) => weighted(costs))),
        9,
      );
      expect(found.leastWeightedCost).toBeGreaterThan(found.allowedWeightedCost + 1e-6);
      for (const [name, leastCost] of Object.entries(found.leastCosts)) {
        const i = process.costNames.indexOf(name);
        expect(leastCost).toBeCloseTo(Math.min(...policies.map(({ costs }) => costs[i]!)), 9);
      }
    }
  },
);

test("of a conflict of one limit and one of two the fewest is named, and the deletion filter alone names one of them", async () => {
  const process = plantedWorld("two conflicts", 2, 1);
  const least = Math.min(...allPolicies(process).map(({ costs }) => costs[2]!));
  const limits = { other0: least - 0.5, planted0: 4.9, planted1: 4.9 };
  const found = await solveConstrained(process, limits);
  expect(found).toMatchObject({ status: "infeasible", conflict: ["other0"], weights: { other0: 1 } });
  const filtered = await withOccupancyProgram(process, limits, irreducibleConflict);
  // It leaves `other0` out first, because the other two still conflict.
  expect(filtered).toEqual(["planted0", "planted1"]);
});

test("of six limits the filter finds the two that conflict, and says that fewer were not searched for", async () => {
  const process = plantedWorld("six limits", 2, 4);
  const limits = Object.fromEntries(
    process.costNames.map((name) => [name, name.startsWith("planted") ? 4.9 : 10]),
  );
  const found = await solveConstrained(process, limits);
  expect(found).toMatchObject({ status: "infeasible", conflict: ["planted0", "planted1"], fewest: false });
  if (found.status === "infeasible")
    expect(found.statement).toContain("the limits of planted0, planted1 contradict each other");
});
