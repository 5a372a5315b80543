import fc from "fast-check";
import { existsSync, readFileSync } from "node:fs";
import { foldIn, meanInterval, rootKey, uniform } from "@longview/statistics";
import * as z from "zod";
import { expect, test } from "vitest";
import {
  TabularMarkovDecisionProcess,
  chainProcess,
  creatorHealthProcess,
  deterministicPolicy,
  gridworldProcess,
  occupancyMeasure,
  policyIteration,
  policyReturn,
  policyValues,
  tabularEnvironment,
  uniformPolicy,
  valueIteration,
  type TabularPolicy,
} from "../src/index.ts";

/** A random process and policy from a seed, with one terminal state. */
function randomProcess(
  seed: number,
  states: number,
  actions: number,
): [TabularMarkovDecisionProcess, TabularPolicy] {
  const key = rootKey(seed);
  let draws = 0;
  const next = (): number => uniform(key, draws++, 0);
  const simplex = (size: number): number[] => {
    const weights = Array.from({ length: size }, () => -Math.log(next()));
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((weight) => weight / sum);
  };
  const rows = <T>(make: () => T): T[][] =>
    Array.from({ length: states }, () => Array.from({ length: actions }, make));
  const process = new TabularMarkovDecisionProcess({
    transition: rows(() => simplex(states)),
    reward: rows(() => 2 * next() - 1),
    costs: { harm: rows(next) },
    startDistribution: [...simplex(states - 1), 0],
    discountFactor: 0.9,
    terminalStates: [states - 1],
  });
  return [process, Float64Array.from(Array.from({ length: states }, () => simplex(actions)).flat())];
}

const arbitrary = fc.tuple(fc.nat(), fc.integer({ min: 2, max: 7 }), fc.integer({ min: 1, max: 4 }));

test("value iteration, policy iteration and the linear solution of the optimal policy agree", () => {
  fc.assert(
    fc.property(arbitrary, ([seed, states, actions]) => {
      const [process] = randomProcess(seed, states, actions);
      const byValues = valueIteration(process, { tolerance: 1e-11 });
      const byPolicies = policyIteration(process);
      const solved = policyValues(process, byValues.policy);
      for (let state = 0; state < states; state++) {
        expect(Math.abs(byValues.values[state]! - solved[state]!)).toBeLessThan(1e-9);
        expect(Math.abs(byPolicies.values[state]! - solved[state]!)).toBeLessThan(1e-9);
      }
    }),
    { numRuns: 60 },
  );
});

test("no policy beats the optimal values, and values satisfy their Bellman equation summed over 400 steps forward", () => {
  fc.assert(
    fc.property(arbitrary, ([seed, states, actions]) => {
      const [process, policy] = randomProcess(seed, states, actions);
      const values = policyValues(process, policy);
      const best = policyIteration(process).values;
      for (let state = 0; state < states; state++) expect(values[state]!).toBeLessThan(best[state]! + 1e-9);
      // Forward: push the start distribution through the process and add up.
      let weights = Float64Array.from(process.startDistribution);
      let sum = 0;
      let cost = 0;
      for (let t = 0; t < 400; t++) {
        const after = new Float64Array(states);
        for (let s = 0; s < states; s++) {
          if (process.terminal[s] === 1) continue;
          for (let a = 0; a < actions; a++) {
            const p = weights[s]! * policy[s * actions + a]!;
            sum += p * process.reward[s * actions + a]!;
            cost += p * process.costs["harm"]![s * actions + a]!;
            for (let n = 0; n < states; n++)
              after[n] = after[n]! + 0.9 * p * process.transition[(s * actions + a) * states + n]!;
          }
        }
        weights = after;
      }
      const exact = policyReturn(process, policy);
      expect(Math.abs(exact.value - sum)).toBeLessThan(1e-9);
      expect(Math.abs(exact.costs["harm"]! - cost)).toBeLessThan(1e-9);
      const measure = occupancyMeasure(process, policy);
      const dot = measure.reduce((total, weight, i) => total + weight * process.reward[i]!, 0);
      expect(Math.abs(dot - exact.value)).toBeLessThan(1e-9);
    }),
    { numRuns: 40 },
  );
});

test("an occupancy measure without terminal states sums to 1 / (1 − discount)", () => {
  const process = creatorHealthProcess();
  const sum = occupancyMeasure(process, uniformPolicy(process)).reduce((a, b) => a + b, 0);
  expect(sum).toBeCloseTo(20, 9);
});

test("a two-state process has the values solved by hand", () => {
  // State 0 pays 1 and ends with probability ½: v = 1 + 0.8 · ½ v, so v = 1 / 0.6.
  const process = new TabularMarkovDecisionProcess({
    transition: [[[0.5, 0.5]], [[0, 1]]],
    reward: [[1], [7]],
    startDistribution: [1, 0],
    discountFactor: 0.8,
    terminalStates: [1],
  });
  expect([...valueIteration(process).values].map((v) => Number(v.toFixed(9)))).toEqual([1.666666667, 0]);
  expect(policyReturn(process, uniformPolicy(process)).value).toBeCloseTo(1 / 0.6, 12);
  expect(occupancyMeasure(process, uniformPolicy(process))[1]).toBe(0);
});

test("a gridworld without slip costs the discounted length of its shortest path, and patience pays in the chain", () => {
  const grid = gridworldProcess({ width: 5, height: 4, slip: 0, discountFactor: 0.9 });
  // 4 + 3 = 7 steps of −1.
  expect(policyIteration(grid).values[0]).toBeCloseTo(-(1 - 0.9 ** 7) / 0.1, 12);
  const chain = policyIteration(chainProcess({ length: 5, slip: 0.2, discountFactor: 0.95 }));
  expect([...chain.policy]).toEqual([1, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
  const short = policyIteration(chainProcess({ length: 5, slip: 0.2, discountFactor: 0.3 }));
  expect([...short.policy.subarray(0, 2)]).toEqual([0, 1]);
});

test("simulated discounted returns and costs of whole trajectories agree with the exact ones (z ≤ 4)", () => {
  const process = creatorHealthProcess();
  const policies = [
    uniformPolicy(process),
    deterministicPolicy(process, [0, 1]),
    Float64Array.from([0.7, 0.3, 0.2, 0.8]),
  ];
  for (const policy of policies) {
    const rowCount = 4000;
    const environment = tabularEnvironment(process, { id: "tabular/test-v0", rowCount });
    environment.reset({ seed: "z" });
    const returns = new Float64Array(rowCount);
    const costs = new Float64Array(rowCount);
    const key = rootKey("policy");
    let discount = 1;
    // 0.95³⁰⁰ · 20 = 4e-6: what is cut off is far below the standard error.
    for (let t = 0; t < 300; t++) {
      const tick = foldIn(key, t);
      const observation = environment.observation["observation"]!;
      for (let row = 0; row < rowCount; row++) {
        const state = observation[2 * row] === 1 ? 0 : 1;
        environment.action[row] = uniform(tick, row, 0) < policy[2 * state]! ? 0 : 1;
      }
      environment.step();
      for (let row = 0; row < rowCount; row++) {
        returns[row] = returns[row]! + discount * environment.reward[row]!;
        costs[row] = costs[row]! + discount * environment.costs[row]!;
      }
      discount *= process.discountFactor;
    }
    const exact = policyReturn(process, policy);
    for (const [seen, truth] of [
      [returns, exact.value],
      [costs, exact.costs["lowHealth"]!],
    ] as const) {
      const { mean, standardError } = meanInterval(seen);
      expect(Math.abs(mean - truth) / standardError).toBeLessThan(4);
    }
  }
});

test("simulated gridworld episodes end in the goal with the exact undiscounted-by-step return (z ≤ 4)", () => {
  const process = gridworldProcess({ width: 4, height: 4, slip: 0.3, discountFactor: 0.95 });
  const { policy, values } = policyIteration(process);
  const rowCount = 2000;
  const environment = tabularEnvironment(process, { id: "tabular/test-v0", rowCount });
  environment.reset({ seed: 1 });
  const returns = new Float64Array(rowCount);
  const ended = new Uint8Array(rowCount);
  let arrived = 0;
  let ends = 0;
  let discount = 1;
  for (let t = 0; t < 400; t++) {
    const observation = environment.observation["observation"]!;
    for (let row = 0; row < rowCount; row++) {
      const state = observation.subarray(16 * row, 16 * row + 16).indexOf(1);
      environment.action[row] = policy.subarray(4 * state, 4 * state + 4).indexOf(1);
    }
    environment.step();
    for (let row = 0; row < rowCount; row++) {
      if (ended[row] === 0) returns[row] = returns[row]! + discount * environment.reward[row]!;
      if (environment.terminated[row] === 1) {
        arrived += environment.finalObservation["observation"]![16 * row + 15]!;
        ends++;
        ended[row] = 1;
      }
    }
    discount *= 0.95;
  }
  expect(arrived).toBe(ends);
  const { mean, standardError } = meanInterval(returns);
  expect(Math.abs(mean - values[0]!) / standardError).toBeLessThan(4);
});

test("wrong tables are refused in one line that says where", () => {
  const right = { transition: [[[1]]], reward: [[1]], startDistribution: [1], discountFactor: 0.5 };
  expect(() => new TabularMarkovDecisionProcess({ ...right, transition: [[[0.9]]] })).toThrow(
    "transition[0][0] must sum to 1",
  );
  expect(() => new TabularMarkovDecisionProcess({ ...right, discountFactor: 1 })).toThrow(
    "discountFactor must be in [0, 1)",
  );
  expect(() => new TabularMarkovDecisionProcess({ ...right, costs: { harm: [[1, 2]] } })).toThrow(
    "costs.harm must be",
  );
  expect(() => policyValues(new TabularMarkovDecisionProcess(right), Float64Array.of(0.5))).toThrow(
    "must sum to 1",
  );
});

const golden = new URL("../../../../shared/golden/cmdp.json", import.meta.url);
const goldenSchema = z.looseObject({
  answers: z.array(
    z.looseObject({
      budget: z.number().nullable(),
      value: z.number().optional(),
      cost: z.number().optional(),
      multiplier: z.number().nullish(),
      probabilityOfSupport: z.array(z.number()).optional(),
    }),
  ),
});

test.skipIf(!existsSync(golden))(
  "the golden constrained optima have the value, the cost and the multiplier that exact solves give",
  () => {
    const { answers, ...rest } = goldenSchema.parse(JSON.parse(readFileSync(golden, "utf8")));
    const process = creatorHealthProcess();
    expect(rest["discountFactor"]).toBe(process.discountFactor);
    expect((rest["transition[s][a][s']"] as number[][][]).flat(2)).toEqual([...process.transition]);
    expect((rest["reward[s][a]"] as number[][]).flat()).toEqual([...process.reward]);
    expect((rest["cost[s][a]"] as number[][]).flat()).toEqual([...process.costs["lowHealth"]!]);
    const feasible = answers.filter((answer) => answer.probabilityOfSupport !== undefined);
    expect(feasible.length).toBe(5);
    for (const { probabilityOfSupport: support = [], value = NaN, cost = NaN, multiplier } of feasible) {
      const policy = Float64Array.from(support.flatMap((p) => [1 - p, p]));
      const exact = policyReturn(process, policy);
      // Support probabilities are rounded to 5e-5; values move by at most about 20 times that.
      expect(Math.abs(exact.value - value)).toBeLessThan(2e-3);
      expect(Math.abs(exact.costs["lowHealth"]! - cost)).toBeLessThan(2e-3);
      // Strong duality: at the multiplier, no policy's Lagrangian beats the constrained optimum's.
      const price = multiplier ?? 0;
      const priced = new TabularMarkovDecisionProcess({
        transition: [
          [
            [0.95, 0.05],
            [0.6, 0.4],
          ],
          [
            [0.3, 0.7],
            [0.05, 0.95],
          ],
        ],
        reward: [
          [0.9 - price, 0.2 - price],
          [1, 0.6],
        ],
        startDistribution: [0.5, 0.5],
        discountFactor: 0.95,
      });
      const best = policyReturn(priced, policyIteration(priced).policy).value;
      expect(Math.abs(best - (value - price * cost))).toBeLessThan(2e-3);
    }
  },
);

test.skipIf(!existsSync(golden))(
  "the golden infeasible budget is below the least cost that any policy has",
  () => {
    const process = creatorHealthProcess();
    const least = Math.min(
      ...[0, 1].flatMap((a) =>
        [0, 1].map((b) => policyReturn(process, deterministicPolicy(process, [a, b])).costs["lowHealth"]!),
      ),
    );
    expect(least).toBeGreaterThan(3);
    expect(least).toBeLessThan(4);
  },
);
