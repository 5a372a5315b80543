import { describe, expect, test } from "vitest";
import { estimateLaunch, judgeLaunch, type LaunchBlock } from "../../src/index.ts";
import { banditBlock, contextOf, logOf, specOf } from "./made-up-launch.ts";

const rows = 4200;

/** Decisions of which the candidate wins, in sessions of `length` decisions that the log tells or not. */
function block(length: number): LaunchBlock {
  const world = { logging: [0.5, 0.3, 0.2], candidate: [0.2, 0.3, 0.5], clickRate: [0.1, 0.2, 0.4] };
  return {
    ...banditBlock({ ...world, rows, seed: "horizon" }),
    session: Float64Array.from({ length: rows }, (_, i) => Math.floor(i / length)),
    step: Int32Array.from({ length: rows }, (_, i) => i % length),
  };
}

const specWith = (horizon: number): ReturnType<typeof specOf> =>
  specOf({
    estimand: { states: "all", attributionWindow: "at once", interference: "none", horizon },
    guardrails: [],
  });

const judged = (of: LaunchBlock, horizon = 1) =>
  judgeLaunch(logOf(of, { actions: ["a", "b", "c"] }), contextOf(specWith(horizon)));

describe("a horizon that cuts sessions off", () => {
  test("is a caution that a SHIP names as its risk: the candidate is valued at the incumbent's states", async () => {
    const verdict = await judged(block(21));
    expect(verdict.verdict).toBe("SHIP");
    const found = verdict.validity.find(({ id }) => id === "horizon")!;
    expect(found).toMatchObject({
      title: "Horizon",
      state: "amber",
      found: "sessions of 21 decisions on average, each decision valued by itself",
    });
    expect(found.text).toMatch(/at the states that the incumbent made; what it changes for later decisions/);
    expect(verdict.risk).toMatch(/sessions of 21 decisions on average, each decision valued by itself/);
    expect(verdict.estimand.text).toContain(
      "each decision by itself, at the states as the incumbent left them",
    );
    expect(verdict.lights.find(({ name }) => name === "validity")).toMatchObject({ state: "amber" });
    expect(verdict.assumptions.map(({ tested }) => tested).join()).toContain("sessions of 21 decisions");
  });

  test("is a caution also above 1, with the share of decisions that it leaves out", async () => {
    const verdict = await judged(block(6), 3);
    const found = verdict.validity.find(({ id }) => id === "horizon")!;
    expect(found.state).toBe("amber");
    expect(found.found).toBe(
      "sessions of 6 decisions on average, of which the first 3 are valued (50 % of decisions come later)",
    );
    expect(verdict.estimand.text).not.toContain("each decision by itself");
  });

  test("is told beside an estimate without a verdict", async () => {
    const plan = { metrics: [{ metric: "click", range: [0, 1] as const }], horizon: 1, discountFactor: 1 };
    const { checks } = await estimateLaunch(logOf(block(21), { actions: ["a", "b", "c"] }), {
      ...plan,
      looks: "once",
      estimators: ["ips"],
      rewardModel: "auto",
      confidence: 0.95,
      everyMetric: true,
    });
    expect(checks.find(({ id }) => id === "horizon")!.state).toBe("amber");
  });
});

describe("a horizon that holds the log's sessions", () => {
  test.each([
    ["of one decision", 1, 1],
    ["of three decisions", 3, 3],
    ["of two decisions, shorter than the horizon", 2, 3],
  ])("passes: sessions %s", async (_, length, horizon) => {
    const verdict = await judged(block(length), horizon);
    expect(verdict.validity.find(({ id }) => id === "horizon")!.state).toBe("green");
    expect(verdict.risk).not.toContain("sessions");
  });

  test("is not known, and is said to be so, where the log has no sessions", async () => {
    const verdict = await judged({ ...block(2), session: undefined, step: undefined });
    expect(verdict.validity.find(({ id }) => id === "horizon")!.state).toBe("absent");
    expect(verdict.risk).not.toContain("sessions");
  });
});
