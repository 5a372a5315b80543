import type { MetricEffect, ValidityCheck } from "@longview/formats";
import { describe, expect, test } from "vitest";
import { decide, judgeLaunch, verdictFlips, type Flip } from "../../src/index.ts";
import { banditBlock, contextOf, logOf, specOf } from "./made-up-launch.ts";

function effect(
  metric: string,
  role: MetricEffect["role"],
  decision: MetricEffect["decision"],
  [lower, value, upper]: readonly [number, number, number],
): MetricEffect {
  const estimate = { value, lower, upper, confidence: 0.98, method: "default" };
  return {
    metric,
    role,
    stakeholder: "users",
    better: "higher",
    range: [0, 1],
    margin: role === "guardrail" ? 0.1 : null,
    limit: role === "wall" ? 0.2 : null,
    candidate: estimate,
    incumbent: estimate,
    lift: estimate,
    standardError: 0.001,
    relativeLift: null,
    decision,
    text: `${metric} was tested`,
  };
}

const flipsOf = (effects: readonly MetricEffect[], validity: readonly ValidityCheck[] = []): Flip[] =>
  verdictFlips(decide(effects, validity), effects, validity);

const won = effect("gain", "primary", "better", [0.001, 0.1, 0.2]);
const tight = effect("tight", "guardrail", "not-worse", [-0.0999, 0.05, 0.2]);
const open = effect("open", "guardrail", "undecided", [-0.9, 0, 0.9]);
const openWall = effect("cost", "wall", "undecided", [0, 0.1, 0.9]);
const broken = effect("cost", "wall", "limit-broken", [0.3, 0.4, 0.9]);

describe("what would flip a verdict", () => {
  test("begins with what blocks it, however near other thresholds are, and leaves none of that out", () => {
    const effects = [won, tight, open, openWall, { ...open, metric: "open too" }];
    const flips = flipsOf(effects);
    expect(flips.map(({ metric, blocks }) => [metric, blocks])).toEqual([
      ["open", true],
      ["cost", true],
      ["open too", true],
    ]);
    expect(flipsOf([won, tight, open]).map(({ metric, blocks }) => [metric, blocks])).toEqual([
      ["open", true],
      ["tight", false],
    ]);
  });

  test("names every check that fails, and what to do about it", () => {
    const red = (id: string): ValidityCheck => ({
      id,
      title: id,
      state: "red",
      found: "it is 0.177 ± 0.02, below 1 by more than chance (p < 0.0001)",
      needed: "a mean of 1",
      text: "",
    });
    const flips = flipsOf([won], [red("candidate-weights"), red("support"), red("units"), red("lineage")]);
    expect(flips).toHaveLength(4);
    expect(flips[0]!.text).toMatch(/the propensity column may be the wrong one, or the log lacks/);
    expect(flips.every(({ blocks, distance }) => blocks && distance === 0)).toBe(true);
  });

  test("is the lower bound where a wall is broken, and the upper one where it is not", () => {
    const [first] = flipsOf([won, broken]);
    expect(first).toMatchObject({ metric: "cost", blocks: true });
    expect(first!.text).toBe("the candidate's cost is at least 0.3 at 99 %, above the limit 0.2");
    expect(first!.distance).toBeCloseTo(0.1, 12);
    const [undecided] = flipsOf([won, openWall]);
    expect(undecided!.text).toBe("the candidate's cost is at most 0.9 at 99 %, above the limit 0.2");
  });

  test("is said in the metric's own units", () => {
    const [blocker] = flipsOf([won, open]);
    expect(blocker!.distance).toBeCloseTo(0.8, 12);
    expect(blocker!.text).toBe("the least gain that is not ruled out is −0.9; the margin is −0.1");
  });

  test("is found also where nothing bounds what blocks", () => {
    const unbounded = { ...open, lift: { ...open.lift, lower: null } };
    expect(flipsOf([won, unbounded])[0]).toMatchObject({ metric: "open", blocks: true, distance: 0 });
    const never = { ...broken, limit: 0 };
    expect(flipsOf([won, never])[0]!.text).toMatch(/a candidate that never makes them/);
    const exact = { ...won, decision: "same" as const, lift: { ...won.lift, method: "exact" } };
    expect(flipsOf([exact])[0]!.text).toMatch(/a candidate that differs/);
  });
});

test("a broken wall is written with the bound that breaks it", async () => {
  const world = { logging: [0.5, 0.3, 0.2], candidate: [0.2, 0.3, 0.5], clickRate: [0.1, 0.2, 0.4] };
  const block = banditBlock({ ...world, rows: 4000, seed: "wall" });
  const spec = specOf({ walls: [{ metric: "click", range: [0, 1], limit: 0.1 }] });
  const verdict = await judgeLaunch(logOf(block, { actions: ["a", "b", "c"] }), contextOf(spec));
  expect(verdict.verdict).toBe("HOLD");
  const wall = verdict.metrics.find(({ role }) => role === "wall")!;
  const lower = Number(wall.candidate.lower!.toPrecision(4));
  expect(wall.text).toMatch(new RegExp(`at least ${lower} at 99 %, limit 0.1: shown to be beyond`));
  expect(verdict.reasons[0]!.text).toContain(`at least ${lower}`);
  expect(verdict.flips[0]!.text).toContain(`at least ${lower}`);
});
