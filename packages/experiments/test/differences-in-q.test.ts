import { foldIn, rootKey, uniform } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { differencesInQ, ListingChain, OUTSIDE, simulateListings } from "../src/index.ts";
import { batchVariance } from "../src/estimators/batch-variance.ts";
import { moments, replication } from "./helpers/draws.ts";

/** A chain of four states in which the arm moves both the outcome and where it goes. */
function fourStates(run: number, rows: number) {
  const key = replication("four states", run);
  const state = new Int32Array(rows);
  const arm = new Uint8Array(rows);
  const outcome = new Float64Array(rows);
  for (let t = 0; t < rows; t++) {
    arm[t] = uniform(key, t, 0) < 0.4 ? 1 : 0;
    outcome[t] = state[t]! * (1 + 0.3 * arm[t]!) + uniform(key, t, 1);
    const up = 0.7 - 0.15 * state[t]! - 0.1 * arm[t]!;
    if (t + 1 < rows)
      state[t + 1] = uniform(key, t, 2) < up ? Math.min(3, state[t]! + 1) : Math.max(0, state[t]! - 1);
  }
  return { state, arm, outcome };
}

/** Indicators of all states but the first. */
function indicators(state: Int32Array): Float64Array {
  const features = new Float64Array(state.length * 3);
  state.forEach((s, t) => {
    if (s > 0) features[t * 3 + s - 1] = 1;
  });
  return features;
}

/** Relative values of the estimated chain, by iteration of its own Bellman equation (damped: the chain is periodic). */
function estimatedValues(state: Int32Array, outcome: Float64Array): { mean: number; value: number[] } {
  const visits = [0, 0, 0, 0];
  const sums = [0, 0, 0, 0];
  const moves = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
  for (let t = 0; t + 1 < state.length; t++) {
    visits[state[t]!]!++;
    sums[state[t]!]! += outcome[t]!;
    moves[state[t]!]![state[t + 1]!]!++;
  }
  let value = [0, 0, 0, 0];
  let mean = 0;
  for (let round = 0; round < 5000; round++) {
    const next = value.map(
      (_, s) => (sums[s]! + moves[s]!.reduce((sum, n, to) => sum + n * value[to]!, 0)) / visits[s]!,
    );
    mean = next[0]! - value[0]!;
    value = next.map((x, s) => 0.5 * (x - next[0]!) + 0.5 * value[s]!);
  }
  return { mean, value };
}

test("with an indicator of every state it is the exact answer of the estimated chain", () => {
  const { state, arm, outcome } = fourStates(0, 3000);
  const { mean, value } = estimatedValues(state, outcome);
  const sums = [0, 0];
  const counts = [0, 0];
  for (let t = 0; t + 1 < state.length; t++) {
    sums[arm[t]!]! += outcome[t]! + value[state[t + 1]!]! - value[state[t]!]!;
    counts[arm[t]!]!++;
  }
  const result = differencesInQ({ outcome, arm, features: indicators(state) });
  expect(result.meanOutcome).toBeCloseTo(mean, 9);
  expect(result.effect).toBeCloseTo(sums[1]! / counts[1]! - sums[0]! / counts[0]!, 9);
  result.stateValue.forEach((weight, s) => expect(weight).toBeCloseTo(value[s + 1]! - value[0]!, 8));
});

test("the plain difference is reported beside it, on the same rows", () => {
  const { state, arm, outcome } = fourStates(1, 500);
  const mean = (side: number): number => moments(outcome.filter((_, t) => arm[t] === side && t < 499)).mean;
  const { naive } = differencesInQ({ outcome, arm, features: indicators(state) });
  expect(naive).toBeCloseTo(mean(1) - mean(0), 12);
});

test("units of the features do not matter, nor do rows outside to the plain part", () => {
  const { state, arm, outcome } = fourStates(2, 2000);
  const features = Float64Array.from(state);
  const result = differencesInQ({ outcome, arm, features });
  const scaled = differencesInQ({ outcome, arm, features: features.map((x) => 1e6 - 250 * x) });
  expect(scaled.effect).toBeCloseTo(result.effect, 9);
  expect(scaled.standardError).toBeCloseTo(result.standardError, 9);
  expect(scaled.stateValue[0]! * -250).toBeCloseTo(result.stateValue[0]!, 9);
  const none = arm.map((side, t) => (t % 5 === 0 ? OUTSIDE : side));
  expect(differencesInQ({ outcome, arm: none, features }).meanOutcome).toBeCloseTo(result.meanOutcome, 12);
});

test("trajectories are not joined: their order does not matter", () => {
  const runs = [3, 4, 5].map((run) => fourStates(run, 400));
  const estimate = (order: readonly number[], trace: number) =>
    differencesInQ(
      {
        outcome: order.flatMap((i) => [...runs[i]!.outcome]),
        arm: order.flatMap((i) => [...runs[i]!.arm]),
        features: order.flatMap((i) => [...indicators(runs[i]!.state)]),
        trajectory: order.flatMap((i) => new Array<number>(400).fill(i)),
      },
      { trace },
    );
  for (const trace of [0, 0.7])
    expect(estimate([2, 0, 1], trace).effect).toBeCloseTo(estimate([0, 1, 2], trace).effect, 10);
});

test("the standard error is that of leaving out one trajectory at a time, most of it the value's own noise", () => {
  const trajectories = 80;
  const rows = 30;
  // The arm decides the way on a line of six states, and the outcome is noise, most in treated rows at the far end: what a state is
  // worth is known badly, and wrong together with the arms' means.
  const runs = Array.from({ length: trajectories }, (_, run) => {
    const key = replication("line", run);
    const state = new Int32Array(rows).fill(run % 6);
    const arm = Uint8Array.from({ length: rows }, (_, t) => Number(uniform(key, t, 0) < 0.5));
    for (let t = 1; t < rows; t++) state[t] = Math.min(5, Math.max(0, state[t - 1]! + 2 * arm[t - 1]! - 1));
    return {
      state,
      arm,
      outcome: Float64Array.from(arm, (a, t) => (1 + 3 * a) * (1 + state[t]! ** 2) * uniform(key, t, 1)),
    };
  });
  const estimate = (without: number) => {
    const chosen = runs.filter((_, run) => run !== without);
    return differencesInQ(
      {
        outcome: chosen.flatMap(({ outcome }) => [...outcome]),
        arm: chosen.flatMap(({ arm }) => [...arm]),
        features: chosen.flatMap(({ state }) => [...state].flatMap((s) => [s, s * s])),
        trajectory: chosen.flatMap((_, run) => new Array<number>(rows).fill(run)),
      },
      { batches: chosen.length, trace: 0.5 },
    );
  };
  const left = Float64Array.from({ length: trajectories }, (_, run) => estimate(run).effect);
  const jackknife = Math.sqrt(((trajectories - 1) ** 2 / trajectories) * moments(left).variance);
  // The two differ by terms of the order of one trajectory in 80.
  expect(Math.abs(estimate(-1).standardError / jackknife - 1)).toBeLessThan(0.04);
});

test("batches of one value give the plain variance of a mean of known 0, larger ones that of their sums", () => {
  const values = Float64Array.of(1, -2, 3, 0, -2);
  expect(batchVariance(values, 5)).toBeCloseTo((18 * 5) / 4 / 25, 12);
  // Stretches of 2 and 3 values: sums −1 and 1.
  expect(batchVariance(values, 2)).toBeCloseTo((2 * 2) / 1 / 25, 12);
});

describe("on simulated listings", { timeout: 60_000 }, () => {
  const market = { listings: 20, demand: 10, controlUtility: 0.315, treatmentUtility: 0.3937 };
  const truth = new ListingChain(market).effects();
  const customers = 4000;

  /** A test of customers and its estimates on the share of available listings and its square. */
  function estimate(run: number, trace: number) {
    const key = foldIn(rootKey("differences in q"), run);
    const coin = foldIn(key, 1);
    const { booked, arm, available } = simulateListings(market, foldIn(key, 0), {
      customers,
      burnIn: 200,
      customerArm: (customer) => (customer >= 0 && uniform(coin, customer, 0) < 0.5 ? 1 : 0),
    });
    const features = new Float64Array(2 * customers);
    for (let i = 0; i < customers; i++) {
      features[2 * i] = available[i]! / market.listings;
      features[2 * i + 1] = features[2 * i]! ** 2;
    }
    return differencesInQ({ outcome: booked, arm, features }, { trace });
  }

  test.each([0, 0.5])("400 trajectories, trace %d: right on average, and 95 %% intervals cover", (trace) => {
    const runs = 400;
    const effects = new Float64Array(runs);
    const naive = new Float64Array(runs);
    let hits = 0;
    let errors = 0;
    for (let run = 0; run < runs; run++) {
      const result = estimate(run, trace);
      effects[run] = result.effect;
      naive[run] = result.naive;
      errors += result.standardError / runs;
      hits += Number(
        result.interval[0] <= truth.differencesInQ && truth.differencesInQ <= result.interval[1],
      );
    }
    const { mean, variance } = moments(effects);
    const plain = moments(naive);
    expect(Math.abs(mean - truth.differencesInQ)).toBeLessThan(4 * Math.sqrt(variance / runs));
    expect(Math.abs(plain.mean - truth.naive)).toBeLessThan(4 * Math.sqrt(plain.variance / runs));
    // Four times the effect: the plain estimate is not near it.
    expect(plain.mean - truth.effect).toBeGreaterThan(20 * Math.sqrt(plain.variance / runs));
    expect(hits / runs).toBeGreaterThan(0.95 - 3.3 * Math.sqrt(0.0475 / runs));
    expect(hits / runs).toBeLessThan(0.95 + 3.3 * Math.sqrt(0.0475 / runs));
    // The standard deviation over 400 runs is itself known to 3.5 %.
    expect(Math.abs(errors / Math.sqrt(variance) - 1)).toBeLessThan(0.14);
  });
});

test("bad input is refused", () => {
  const outcome = Float64Array.from({ length: 40 }, (_, i) => i % 3);
  const arm = Uint8Array.from({ length: 40 }, (_, i) => i & 1);
  const features = Float64Array.from({ length: 40 }, (_, i) => Math.sin(i));
  expect(() => differencesInQ({ outcome, arm, features: features.subarray(1) })).toThrow(
    "features must be 40 rows of one width >= 1, got 39 numbers",
  );
  expect(() => differencesInQ({ outcome, arm, features: new Float64Array(40).fill(2) })).toThrow(
    "features must not determine each other",
  );
  expect(() =>
    differencesInQ({ outcome, arm, features: [...features].flatMap((x) => [x, 3 - 2 * x]) }),
  ).toThrow("features must not determine each other");
  expect(() => differencesInQ({ outcome, arm, features }, { trace: 1 })).toThrow(
    "trace must be from 0 to below 1",
  );
  expect(() => differencesInQ({ outcome, arm, features }, { batches: 60 })).toThrow(
    "needs at least 60 transitions (batches), got 39",
  );
  expect(() => differencesInQ({ outcome, arm: new Uint8Array(40), features })).toThrow(
    "needs at least 2 transitions of arm 1, got 0",
  );
});
