import { rootKey, uniform } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { supplyPrices, type SupplyPrices, type SupplyProblem } from "../../src/gaps/supply-prices.ts";

const AS_FINE_AS = 1e-6;

async function optimum(problem: SupplyProblem): Promise<SupplyPrices> {
  const solved = await supplyPrices(problem);
  if (solved.status !== "optimal") throw new Error(solved.reason);
  return solved;
}

/** Distinct random numbers everywhere: no two limits meet at a corner. */
function drawn(seed: number, pairShare: number): SupplyProblem {
  const key = rootKey(seed);
  const users = 7;
  const suppliers = 5;
  const demand = Array.from({ length: users }, (_, u) => 0.5 + uniform(key, u, 2));
  const share = demand.reduce((sum, each) => sum + each, 0) / suppliers;
  return {
    demand,
    pairShare,
    utility: Array.from({ length: users * suppliers }, (_, k) => uniform(key, k, 0)),
    viability: Array.from({ length: suppliers }, (_, c) => (c % 2 ? 0 : share * uniform(key, c, 4))),
    capacity: Array.from({ length: suppliers }, (_, c) =>
      c === 4 ? Infinity : share * (1 + uniform(key, c, 6)),
    ),
  };
}

const replaced = (numbers: ArrayLike<number>, at: number, by: number): number[] =>
  Array.from(numbers, (each, k) => (k === at ? by : each));

describe("shadow prices of supply", { timeout: 30_000 }, () => {
  test("each dual is the finite difference of the problem that is solved anew", async () => {
    for (const [seed, pairShare] of [
      [1, 1],
      [2, 0.5],
    ] as const) {
      const problem = drawn(seed, pairShare);
      const solved = await optimum(problem);
      const step = 1e-4;
      const slope = async (name: "viability" | "capacity" | "demand", at: number): Promise<number> => {
        const limit = problem[name][at]!;
        const moved = async (by: number): Promise<number> =>
          (await optimum({ ...problem, [name]: replaced(problem[name], at, limit + by) })).value;
        return ((await moved(step)) - (await moved(-step))) / (2 * step);
      };
      for (const [c, price] of solved.capacityPrice.entries())
        if (problem.capacity[c]! < Infinity)
          expect(Math.abs(price.dual - (await slope("capacity", c)))).toBeLessThan(AS_FINE_AS);
      for (const [c, price] of solved.viabilityPrice.entries())
        if (problem.viability[c]! > 0)
          expect(Math.abs(price.dual - (await slope("viability", c)))).toBeLessThan(AS_FINE_AS);
      // The share of a pair moves with the demand, so demand's own price is compared where shares don't bind.
      if (pairShare === 1)
        for (const [u, price] of solved.demandPrice.entries())
          expect(Math.abs(price - (await slope("demand", u)))).toBeLessThan(AS_FINE_AS);
      for (const price of [...solved.capacityPrice, ...solved.viabilityPrice]) {
        expect(price.unique).toBe(true);
        expect(Math.abs(price.more - price.dual)).toBeLessThan(AS_FINE_AS);
      }
    }
  });

  test("a limit with room has no price, a served pair earns exactly the prices it uses, and no pair earns more", async () => {
    for (let seed = 10; seed < 22; seed++) {
      const problem = drawn(seed, seed % 2 ? 1 : 0.6);
      const { allocation, capacityPrice, viabilityPrice, demandPrice, pairPrice, value } =
        await optimum(problem);
      const suppliers = problem.viability.length;
      let priced = 0;
      for (let c = 0; c < suppliers; c++) {
        let served = 0;
        for (let u = 0; u < problem.demand.length; u++) served += allocation[u * suppliers + c]!;
        if (served < problem.capacity[c]! - 1e-9) expect(capacityPrice[c]!.dual).toBeCloseTo(0, 9);
        if (served > problem.viability[c]! + 1e-9) expect(viabilityPrice[c]!.dual).toBeCloseTo(0, 9);
        expect(capacityPrice[c]!.dual).toBeGreaterThanOrEqual(-1e-9);
        expect(viabilityPrice[c]!.dual).toBeLessThanOrEqual(1e-9);
        if (problem.capacity[c]! < Infinity) priced += capacityPrice[c]!.dual * problem.capacity[c]!;
        priced += viabilityPrice[c]!.dual * problem.viability[c]!;
      }
      for (let u = 0; u < problem.demand.length; u++) {
        priced += demandPrice[u]! * problem.demand[u]!;
        for (let c = 0; c < suppliers; c++) {
          const k = u * suppliers + c;
          const prices = demandPrice[u]! + capacityPrice[c]!.dual + viabilityPrice[c]!.dual + pairPrice[k]!;
          priced += pairPrice[k]! * (problem.pairShare ?? 1) * problem.demand[u]!;
          if (allocation[k]! > 1e-9) expect(prices).toBeCloseTo(problem.utility[k]!, 8);
          else expect(prices).toBeGreaterThanOrEqual(problem.utility[k]! - 1e-8);
        }
      }
      // Strong duality: the limits at their prices are worth the optimum.
      expect(priced).toBeCloseTo(value, 7);
    }
  });

  test("two users and two suppliers by hand: the scarce supplier goes where it is missed most", async () => {
    const solved = await optimum({
      demand: [1, 1],
      utility: [3, 1, 2, 1.5],
      viability: [0, 0],
      capacity: [1.5, Infinity],
    });
    // Supplier 0 gains 2 on user 0 and 0.5 on user 1; its last half goes to user 1.
    expect(solved.value).toBeCloseTo(3 + 0.5 * 2 + 0.5 * 1.5, 12);
    expect(solved.capacityPrice[0]).toMatchObject({ unique: true });
    expect(solved.capacityPrice[0]!.dual).toBeCloseTo(0.5, 12);
    expect(solved.capacityPrice[1]).toEqual({ dual: 0, more: 0, less: 0, unique: true });
  });

  test("where capacity meets demand exactly the price has two sides, and the dual lies between them", async () => {
    const solved = await optimum({
      demand: [1, 1],
      utility: [3, 1, 2, 1.5],
      viability: [0, 0],
      capacity: [1, Infinity],
    });
    const { dual, more, less, unique } = solved.capacityPrice[0]!;
    expect(unique).toBe(false);
    expect(more).toBeCloseTo(0.5, 6);
    expect(less).toBeCloseTo(2, 6);
    expect(dual).toBeGreaterThanOrEqual(more - 1e-6);
    expect(dual).toBeLessThanOrEqual(less + 1e-6);
  });

  test("a coefficient keeps all its digits on its way into the solver", async () => {
    const utility = 1 / 3 + 1e-15;
    const solved = await optimum({ demand: [1], utility: [utility], viability: [0], capacity: [Infinity] });
    expect(solved.value).toBe(utility);
  });

  test("what can't be met is said with its numbers", async () => {
    const base = { demand: [1, 1], utility: [1, 1, 1, 1], viability: [0, 0], capacity: [9, 9] };
    const reasonOf = async (change: Partial<SupplyProblem>): Promise<string> => {
      const solved = await supplyPrices({ ...base, ...change });
      return solved.status === "infeasible" ? solved.reason : solved.status;
    };
    expect(await reasonOf({ viability: [2, 1] })).toBe(
      "suppliers need 3 exposures to stay, and only 2 are demanded",
    );
    expect(await reasonOf({ capacity: [0.5, 1] })).toBe(
      "2 exposures are demanded, and suppliers can serve only 1.5",
    );
    expect(await reasonOf({ viability: [1, 0], capacity: [0.5, 9] })).toBe(
      "supplier 0 needs 1 exposures and can serve only 0.5",
    );
    expect(await reasonOf({ utility: [-Infinity, -Infinity, 1, 1] })).toBe(
      "no allocation keeps every viability, capacity and share at once",
    );
  });

  test("numbers out of range are refused by name", async () => {
    const base = { demand: [1], utility: [1], viability: [0], capacity: [1] };
    await expect(supplyPrices({ ...base, demand: [0] })).rejects.toThrow("demand 0 must be > 0");
    await expect(supplyPrices({ ...base, utility: [NaN] })).rejects.toThrow("utility 0 must be finite");
    await expect(supplyPrices({ ...base, pairShare: 0 })).rejects.toThrow("pairShare must be in (0, 1]");
    await expect(supplyPrices({ ...base, capacity: [] })).rejects.toThrow("1 capacities");
  });
});
