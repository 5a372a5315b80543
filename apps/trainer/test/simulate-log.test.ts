import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gridworldProcess, multiDiscrete, policyReturn } from "@longview/environment";
import { decisionLogRowSchema, type DecisionLogRow } from "@longview/formats";
import { sampleChoice } from "@longview/policies";
import { chiSquaredUpperTail, uniformsInto } from "@longview/statistics";
import {
  banditReward,
  CONTENT,
  GRID,
  ownWorld,
  simulate,
  slateBandit,
  worldOf,
  writeBundle,
} from "./helpers/simulation.ts";

const folder = mkdtempSync(join(tmpdir(), "simulate-log-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const banditBundle = join(folder, "bandit-bundle");
const gridBundle = join(folder, "grid-bundle");
const contentWorld = () => worldOf("marketplace/content-v0", CONTENT, 32);
beforeAll(async () => {
  await writeBundle(banditBundle, slateBandit(1));
  await writeBundle(gridBundle, (await worldOf("tabular/gridworld-v0", GRID, 1)).environment);
});

const meanAndError = (values: readonly number[]): { mean: number; error: number } => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (values.length - 1) / values.length) };
};

function bySession(rows: readonly DecisionLogRow[]): Map<string, DecisionLogRow[]> {
  const sessions = new Map<string, DecisionLogRow[]>();
  for (const row of rows) {
    const own = sessions.get(row.session_id);
    if (own === undefined) sessions.set(row.session_id, [row]);
    else own.push(row);
  }
  return sessions;
}

function expectWellFormed(rows: readonly DecisionLogRow[]): void {
  for (const row of rows) decisionLogRowSchema.parse(row);
  expect(new Set(rows.map((row) => row.decision_id)).size).toBe(rows.length);
  for (const session of bySession(rows).values())
    session.forEach((row, step) => {
      expect(row.step).toBe(step);
      if (step > 0) expect(row.timestamp).toBeGreaterThan(session[step - 1]!.timestamp);
      expect(row.terminated || row.truncated).toBe(step === session.length - 1);
    });
}

test("a uniform slate's propensities are 1/(M(M−1)…), exactly, and its key replays it", async () => {
  const world = await contentWorld();
  const { rows, made } = await simulate({
    world,
    policies: ["uniform"],
    length: { kind: "sessions", count: 40 },
  });
  expectWellFormed(rows);
  expect(made).toMatchObject({ decisions: rows.length, sessions: 40, units: 40 });
  for (const row of rows) {
    const count = row.candidates.length;
    expect(row.slate_propensity).toBe(1 / (count * (count - 1) * (count - 2)));
    expect(row.position_propensities).toEqual([1 / count, 1 / (count - 1), 1 / (count - 2)]);
    const [, first, second, entity] = /^([0-9a-f]{8})([0-9a-f]{8})\/(\d+)$/.exec(row.random_key)!;
    const noise = new Float64Array(2 + count);
    uniformsInto(noise, 0, noise.length, Number(`0x${first}`), Number(`0x${second}`), Number(entity), 0);
    const groups = [{ first: 0, candidates: count, slots: 3 }];
    // No candidate is masked here, so places and positions are the same.
    if (count === 8)
      expect(Array.from(sampleChoice(new Float64Array(count), noise.subarray(2), groups))).toEqual(row.slate);
  }
  expect(rows.filter(({ candidates }) => candidates.length === 8).length).toBeGreaterThan(100);
});

test("a log of so many decisions has just as many, and marks what it cuts off", async () => {
  const world = await contentWorld();
  const { rows, made } = await simulate({
    world,
    policies: ["uniform"],
    length: { kind: "decisions", count: 333 },
  });
  expect([rows.length, made.decisions]).toEqual([333, 333]);
  expectWellFormed(rows);
});

test("a session's outcomes add up to the environment's: CartPole's return is its length", async () => {
  const { rows } = await simulate({
    world: await worldOf("CartPole-v1", {}, 4),
    policies: ["uniform"],
    length: { kind: "sessions", count: 10 },
  });
  expectWellFormed(rows);
  const sessions = bySession(rows);
  expect(sessions.size).toBe(10);
  for (const session of sessions.values()) {
    expect(session.every(({ objectives }) => objectives["reward"] === 1)).toBe(true);
    expect(session.at(-1)!.terminated).toBe(true);
    expect(session[0]!.candidates.map(({ item_id }) => item_id)).toEqual(["0", "1"]);
    expect(session[0]!.context).toHaveLength(4);
  }
  // Rows are units, each with its share of the sessions.
  expect(new Set(rows.map(({ unit_id }) => unit_id))).toEqual(new Set(["u0", "u1", "u2", "u3"]));
});

test("masked candidates are left out, and a slate's positions count among those that are listed", async () => {
  const bandit = slateBandit(2);
  bandit.observation["mask"]!.set([1, 0, 1, 1, 1, 1]);
  const { rows } = await simulate({
    world: ownWorld(bandit),
    policies: [`bundle:${banditBundle}`],
    length: { kind: "sessions", count: 100 },
    uniformMixing: 0.5,
  });
  for (const row of rows) {
    const places = row.candidates.map(({ item_id }) => Number(item_id));
    expect(places).toEqual(row.unit_id === "u0" ? [0, 2] : [0, 1, 2]);
    expect(row.objectives["reward"]).toBe(banditReward(row.slate.map((position) => places[position]!)));
    if (row.unit_id === "u0") expect(row.position_propensities[1]).toBe(1);
  }
});

test("a MultiDiscrete action is a slate of one value for each component", async () => {
  const { rows } = await simulate({
    world: ownWorld({ ...slateBandit(4), actionSpace: multiDiscrete([2, 1]) }),
    policies: ["uniform"],
    length: { kind: "sessions", count: 200 },
  });
  for (const row of rows) {
    expect(row.candidates.map(({ item_id }) => item_id)).toEqual(["0:0", "0:1", "1:0"]);
    expect([row.slate[1], row.slate_propensity, row.position_propensities]).toEqual([2, 0.5, [0.5, 1]]);
    expect(row.objectives["reward"]).toBe(banditReward([row.slate[0]!, 0]));
  }
  const first = rows.filter(({ slate }) => slate[0] === 0).length;
  expect(Math.abs(first - 100)).toBeLessThan(4 * Math.sqrt(50));
});

test("slates are drawn as often as their propensities say, and other policies' weights average 1", async () => {
  for (const [uniformMixing, temperature] of [
    [0, undefined],
    [0.3, 0.5],
  ] as const) {
    const { rows } = await simulate({
      world: ownWorld(slateBandit(100)),
      policies: [`bundle:${banditBundle}`],
      length: { kind: "sessions", count: 6000 },
      uniformMixing,
      ...(temperature === undefined ? {} : { temperature }),
    });
    const counts = new Map<string, { seen: number; propensity: number }>();
    for (const row of rows) {
      const name = row.slate.join();
      const known = counts.get(name) ?? { seen: 0, propensity: row.slate_propensity };
      expect(row.slate_propensity).toBe(known.propensity);
      expect(
        Math.abs(row.position_propensities[0]! * row.position_propensities[1]! - row.slate_propensity),
      ).toBeLessThan(1e-15);
      known.seen++;
      counts.set(name, known);
    }
    expect(counts.size).toBe(6);
    const total = [...counts.values()].reduce((sum, { propensity }) => sum + propensity, 0);
    expect(Math.abs(total - 1)).toBeLessThan(1e-12);
    // The slates are far from equally likely, or this would test nothing.
    const propensities = [...counts.values()].map(({ propensity }) => propensity);
    expect(Math.max(...propensities) / Math.min(...propensities)).toBeGreaterThan(1.5);
    const statistic = [...counts.values()].reduce((sum, { seen, propensity }) => {
      const expected = propensity * rows.length;
      return sum + (seen - expected) ** 2 / expected;
    }, 0);
    // A false alarm once in a thousand seeds, and the seed is fixed.
    expect(chiSquaredUpperTail(statistic, 5)).toBeGreaterThan(0.001);
    const weights = rows.map((row) => 1 / 6 / row.slate_propensity);
    const { mean, error } = meanAndError(weights);
    expect(Math.abs(mean - 1)).toBeLessThan(4 * error);
    const truth = [0, 1, 2].flatMap((a) =>
      [0, 1, 2].filter((b) => b !== a).map((b) => banditReward([a, b]) / 6),
    );
    const estimate = meanAndError(rows.map((row, i) => weights[i]! * row.objectives["reward"]!));
    expect(Math.abs(estimate.mean - truth.reduce((a, b) => a + b, 0))).toBeLessThan(4 * estimate.error);
  }
});

test("per-decision importance sampling over a log finds another policy's exactly solved value", async () => {
  // Actions up, right, down, left: this policy leans towards the goal.
  const target = [0.15, 0.35, 0.35, 0.15];
  const process = gridworldProcess(GRID);
  const truth = policyReturn(
    process,
    Float64Array.from({ length: 16 }, (_, i) => target[i % 4]!),
  ).value;
  for (const [policies, uniformMixing] of [
    [["uniform"], 0],
    [[`bundle:${gridBundle}`], 0.5],
  ] as const) {
    const { rows } = await simulate({
      world: await worldOf("tabular/gridworld-v0", GRID, 100),
      policies,
      length: { kind: "sessions", count: 2000 },
      uniformMixing,
    });
    const returns = [...bySession(rows).values()].map((session) => {
      let weight = 1;
      let sum = 0;
      session.forEach((row, step) => {
        weight *= target[Number(row.candidates[row.slate[0]!]!.item_id)]! / row.slate_propensity;
        sum += GRID.discountFactor ** step * weight * row.objectives["reward"]!;
      });
      return sum;
    });
    const { mean, error } = meanAndError(returns);
    expect(Math.abs(mean - truth)).toBeLessThan(4 * error);
    expect(error).toBeLessThan(0.05 * Math.abs(truth));
  }
});

test("a greedy baseline's mixture has the exact propensity of its best slate and of every other", async () => {
  const { rows } = await simulate({
    world: await contentWorld(),
    policies: ["heuristic"],
    length: { kind: "decisions", count: 1500 },
    uniformMixing: 0.4,
  });
  expectWellFormed(rows);
  let best = 0;
  const weights: number[] = [];
  for (const row of rows) {
    const count = row.candidates.length;
    const uniformly = 1 / (count * (count - 1) * (count - 2));
    const shownBest = row.slate_propensity > 0.5;
    if (shownBest) best++;
    expect(Math.abs(row.slate_propensity - (0.4 * uniformly + (shownBest ? 0.6 : 0)))).toBeLessThan(1e-15);
    weights.push(uniformly / row.slate_propensity);
    const product = row.position_propensities.reduce((a, b) => a * b, 1);
    expect(Math.abs(product / row.slate_propensity - 1)).toBeLessThan(1e-12);
  }
  // Nearly all uniform slates are others: the best one's share is 0.6 and a little.
  expect(Math.abs(best / rows.length - 0.6)).toBeLessThan(4 * Math.sqrt(0.24 / rows.length) + 0.4 / 336);
  const { mean, error } = meanAndError(weights);
  expect(Math.abs(mean - 1)).toBeLessThan(4 * error);
});

test("several policies split the units by a keyed hash, and say who decided", async () => {
  const simulation = {
    policies: ["control=uniform", `bundle:${gridBundle}`],
    length: { kind: "sessions", count: 400 },
  } as const;
  const world = () => worldOf("tabular/gridworld-v0", GRID, 200);
  const { rows, made } = await simulate({ world: await world(), ...simulation });
  const policyOf = new Map<string, string>();
  for (const row of rows) {
    expect(policyOf.get(row.unit_id) ?? row.policy_id).toBe(row.policy_id);
    policyOf.set(row.unit_id, row.policy_id);
    if (row.policy_id === "control") expect(row.slate_propensity).toBe(0.25);
  }
  const control = [...policyOf.values()].filter((id) => id === "control").length;
  expect(Math.abs(control - 100)).toBeLessThan(4 * Math.sqrt(50));
  expect(Object.keys(made.decisionsByPolicy)).toEqual(["control", "untrained"]);
  const again = await simulate({ world: await world(), ...simulation });
  expect(again.rows).toEqual(rows);
  const other = await simulate({ world: await world(), ...simulation, seed: "2" });
  expect(other.rows).not.toEqual(rows);
});
