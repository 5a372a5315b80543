import { expect, test } from "vitest";
import {
  chainProcess,
  creatorHealthProcess,
  gridworldProcess,
  policyReturn,
  TabularMarkovDecisionProcess,
} from "../src/index.ts";
import { myopicGap } from "../src/tabular/constrained/index.ts";
import { allPolicies, randomWorld } from "./tabular-constrained-worlds.ts";

test("in the chain without slip patience is worth 0.95⁴ · 200 − 40, and nothing where the future counts little", () => {
  const gap = myopicGap(chainProcess({ length: 5, slip: 0, discountFactor: 0.95 }));
  expect(gap.myopicValue).toBeCloseTo(2 / 0.05, 9);
  expect(gap.optimalValue).toBeCloseTo((0.95 ** 4 * 10) / 0.05, 9);
  expect(gap.gap).toBeCloseTo(0.95 ** 4 * 200 - 40, 9);
  expect(gap).toMatchObject({
    needed: true,
    statement: "looking ahead is worth 122.9: the myopic policy earns 40 of 162.9",
  });
  expect(myopicGap(chainProcess({ length: 5, slip: 0, discountFactor: 0.3 }))).toMatchObject({
    gap: 0,
    needed: false,
    statement: "the myopic policy is optimal (2.8571): a supervised ranker is enough",
  });
});

test("exploiting creators is optimal at once and in the long run while their health costs nothing", () => {
  expect(myopicGap(creatorHealthProcess())).toMatchObject({ needed: false, gap: 0 });
});

test("where every reward is equal the optimum is a lucky choice: planning is needed, and the statement says why", () => {
  const gap = myopicGap(gridworldProcess({ width: 3, height: 2, slip: 0, discountFactor: 0.9 }));
  expect(gap.luckyMyopicValue).toBeCloseTo(gap.optimalValue, 9);
  expect(gap.optimalValue).toBeCloseTo(-(1 + 0.9 + 0.81), 9);
  expect(gap.myopicValue).toBeLessThan(gap.optimalValue - 1);
  expect(gap.needed).toBe(true);
  expect(gap.statement).toContain("only looking ahead tells which of equal rewards to take");
});

test("in random worlds the two values are the best of all policies and the greedy one's", () => {
  let needed = 0;
  for (let world = 0; world < 20; world++) {
    const process = randomWorld(`myopic ${world}`, 4, 3, () => ({}));
    const gap = myopicGap(process);
    const best = Math.max(...allPolicies(process).map(({ value }) => value));
    expect(Math.abs(gap.optimalValue - best)).toBeLessThan(1e-9);
    const greedy = new Float64Array(12);
    for (let state = 0; state < 4; state++) {
      const here = process.reward.subarray(3 * state, 3 * state + 3);
      greedy[3 * state + here.indexOf(Math.max(...here))] = 1;
    }
    expect(gap.myopicValue).toBeCloseTo(policyReturn(process, greedy).value, 12);
    expect(gap.luckyMyopicValue).toBeCloseTo(gap.myopicValue, 9);
    expect(gap.needed).toBe(best - gap.myopicValue > 1e-8);
    if (gap.needed) needed++;
  }
  expect(needed).toBeGreaterThan(5);
});

test("of two equal rewards the one that ends badly is taken half the time", () => {
  // Both actions pay 1 in state 0; one stays, the other goes to a state that pays nothing.
  const process = new TabularMarkovDecisionProcess({
    transition: [
      [
        [1, 0],
        [0, 1],
      ],
      [
        [0, 1],
        [0, 1],
      ],
    ],
    reward: [
      [1, 1],
      [0, 0],
    ],
    startDistribution: [1, 0],
    discountFactor: 0.5,
  });
  // v = 1 + ½ · ½ v, so 4/3; staying is worth 2.
  expect(myopicGap(process).myopicValue).toBeCloseTo(4 / 3, 12);
  expect(myopicGap(process).luckyMyopicValue).toBeCloseTo(2, 9);
});
