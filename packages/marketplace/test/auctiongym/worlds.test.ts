import { checkEnvironment, makeVectorEnvironment, registerEnvironments } from "@longview/environment";
import { expect, test } from "vitest";
import {
  auctiongymDefinitions,
  secondPriceOptions,
  SecondPriceAuctions,
  type AuctionCatalogue,
} from "../../src/auctiongym/index.ts";

registerEnvironments(auctiongymDefinitions);
const ID = auctiongymDefinitions[0].id;

interface Totals {
  readonly revenue: number;
  readonly welfare: number;
  readonly surplus: number;
  readonly revenueSquares: number;
  readonly rounds: number;
}

function play(
  input: object,
  reserve: number,
  rows: number,
  steps: number,
  catalogue?: AuctionCatalogue,
): Totals {
  const world = new SecondPriceAuctions(secondPriceOptions.parse(input), rows, catalogue);
  world.reset({ seed: 4 });
  world.action.fill(reserve);
  let [revenue, welfare, surplus, revenueSquares] = [0, 0, 0, 0];
  for (let i = 0; i < steps; i++) {
    world.step();
    for (let row = 0; row < rows; row++) {
      expect(world.reward[row]).toBe(world.objectives[3 * row]);
      revenue += world.objectives[3 * row]!;
      revenueSquares += world.objectives[3 * row]! ** 2;
      welfare += world.objectives[3 * row + 1]!;
      surplus += world.objectives[3 * row + 2]!;
    }
  }
  const rounds = rows * steps;
  return {
    revenue: revenue / rounds,
    welfare: welfare / rounds,
    surplus: surplus / rounds,
    revenueSquares: revenueSquares / rounds,
    rounds,
  };
}

test("keeps every rule of the conformance kit", () => {
  const make = (rowCount: number) => makeVectorEnvironment(ID, { rowCount, horizon: 40 });
  expect(checkEnvironment(make, { ticks: 150 })).toEqual([]);
});

test("a row's history does not depend on how many rows stand beside it", () => {
  const seen = (rowCount: number) => {
    const world = makeVectorEnvironment(ID, { rowCount });
    world.reset({ seed: 11 });
    world.action.fill(0.2);
    const values: number[] = [];
    for (let i = 0; i < 100; i++) {
      world.step();
      values.push(...world.objectives.subarray(0, 6), ...world.observation["observation"]!.subarray(0, 20));
    }
    return values;
  };
  expect(seen(2)).toEqual(seen(9));
});

test("without contexts the revenue is the mean over pairs of the smaller, the welfare that of the larger", () => {
  // One ad each and no embeddings: the worths are three known numbers, every pair as likely.
  const catalogue: AuctionCatalogue = {
    embeddings: new Float64Array(15),
    intercepts: Float64Array.of(0, 0, 0),
    values: Float64Array.of(1, 2, 4),
  };
  const worths = [0.5, 1, 2];
  const pairs = [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const;
  const mean = (value: (low: number, high: number) => number) =>
    pairs.reduce((sum, [i, j]) => sum + value(worths[i]!, worths[j]!), 0) / 3;
  const input = { advertisers: 3, ads: 1 };
  for (const reserve of [0, 0.75, 1.5, 3]) {
    const found = play(input, reserve, 100, 200, catalogue);
    const revenue = mean((low, high) => (high < reserve ? 0 : Math.max(low, reserve)));
    const welfare = mean((_, high) => (high < reserve ? 0 : high));
    const error = Math.sqrt((found.revenueSquares - found.revenue ** 2) / found.rounds);
    expect(Math.abs(found.revenue - revenue)).toBeLessThanOrEqual(4 * error + 1e-12);
    // A click is worth twice the expected worth here, half of the time: deviation at most 2.
    expect(Math.abs(found.welfare - welfare)).toBeLessThanOrEqual((4 * 2) / Math.sqrt(found.rounds));
    expect(found.surplus).toBeCloseTo(found.welfare - found.revenue, 10);
  }
});

test("the action is clipped to [0, highestReserve]", () => {
  expect(play({}, -3, 10, 20)).toEqual(play({}, 0, 10, 20));
  expect(play({ highestReserve: 0.3 }, 9, 10, 20)).toEqual(play({ highestReserve: 0.3 }, 0.3, 10, 20));
});

test("when all bid half of their worth, the same ads win the same clicks for half the price", () => {
  const truthful = play({}, 0, 50, 100);
  const halves = play({ bidMultipliers: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5] }, 0, 50, 100);
  expect(halves.welfare).toBe(truthful.welfare);
  expect(halves.revenue).toBeCloseTo(truthful.revenue / 2, 12);
  expect(truthful.revenue).toBeGreaterThan(0.3);
});

test("an advertiser who overbids wins slots that are worth more to others: welfare falls on the same rounds", () => {
  const truthful = play({}, 0, 100, 100);
  const greedy = play({ bidMultipliers: [50] }, 0, 100, 100);
  expect(greedy.welfare).toBeLessThan(truthful.welfare);
  expect(greedy.surplus).toBeLessThan(truthful.surplus);
});

test("options are checked, with their path", () => {
  expect(() => makeVectorEnvironment(ID, { participants: 7 })).toThrow(/options\.participants/);
  expect(() => makeVectorEnvironment(ID, { observedDimensions: 6 })).toThrow(/options\.observedDimensions/);
  expect(() => makeVectorEnvironment(ID, { bidMultipliers: [1, 1, 1, 1, 1, 1, 1] })).toThrow(
    /options\.bidMultipliers/,
  );
  expect(() => makeVectorEnvironment(ID, { reserve: 1 })).toThrow(/options\.reserve: no such option/);
});
