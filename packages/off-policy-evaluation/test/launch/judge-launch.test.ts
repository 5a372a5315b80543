import { describe, expect, test } from "vitest";
import type { GateSpecInput, MetricEffect, ValidityCheck } from "@longview/formats";
import { decide, judgeLaunch, type LaunchBlock } from "../../src/index.ts";
import {
  banditBlock,
  contextOf,
  drawsOf,
  logOf,
  specOf,
  trueLift,
  type BanditWorld,
} from "./made-up-launch.ts";

const world: BanditWorld = {
  logging: [0.5, 0.3, 0.2],
  candidate: [0.2, 0.3, 0.5],
  clickRate: [0.1, 0.2, 0.4],
  rows: 4000,
  seed: "win",
};
const actions = ["a", "b", "c"];
const judged = (block: LaunchBlock, changes: Partial<GateSpecInput> = {}, metrics = ["click"]) =>
  judgeLaunch(logOf(block, { actions, metrics }), contextOf(specOf(changes)));

describe("a launch", () => {
  test("that wins ships, with the truth inside the interval", async () => {
    const verdict = await judged(banditBlock(world));
    expect(verdict.verdict).toBe("SHIP");
    const { lift } = verdict.metrics[0]!;
    expect(lift.lower!).toBeLessThan(trueLift(world));
    expect(lift.upper!).toBeGreaterThan(trueLift(world));
    expect(verdict.validity.filter(({ state }) => state === "red")).toEqual([]);
  });

  test("that loses is held", async () => {
    const verdict = await judged(banditBlock({ ...world, candidate: [0.7, 0.2, 0.1], seed: "loss" }));
    expect(verdict.verdict).toBe("HOLD");
    expect(verdict.reasons.map(({ code }) => code)).toEqual(["harm:click"]);
  });

  test("where lower is better is judged the other way round", async () => {
    const lower = {
      primary: { metric: "click", range: [0, 1] as [number, number], better: "lower" as const },
    };
    expect((await judged(banditBlock(world), lower)).verdict).toBe("HOLD");
    const losing = banditBlock({ ...world, candidate: [0.7, 0.2, 0.1], seed: "loss" });
    expect((await judged(losing, lower)).verdict).toBe("SHIP");
  });

  test("of few decisions is not decided", async () => {
    const verdict = await judged(
      banditBlock({ ...world, rows: 60, candidate: [0.44, 0.4, 0.16], seed: "few" }),
    );
    expect(verdict.verdict).toBe("NO-DECISION");
    expect(verdict.reasons.map(({ code }) => code)).toEqual(["not-shown:click"]);
    expect(verdict.flips.length).toBeGreaterThan(0);
  });

  test("of the policy that wrote the log has a lift of exactly 0 and never ships", async () => {
    const block = banditBlock(world);
    const verdict = await judged({ ...block, candidate: block.propensity.slice() });
    expect(verdict.verdict).toBe("HOLD");
    const { lift } = verdict.metrics[0]!;
    expect([lift.value, lift.lower, lift.upper]).toEqual([0, 0, 0]);
  });

  test("of that policy's probabilities computed again, with their rounding, does not ship either", async () => {
    const block = banditBlock(world);
    const again = block.propensity.map((p, i) => p * (1 + (i % 2 === 0 ? 3e-8 : -2e-8)));
    const verdict = await judged({ ...block, candidate: again });
    expect(verdict.reasons.map(({ code }) => code)).toEqual(["no-gain:click"]);
    expect(verdict.verdict).toBe("HOLD");
    expect(verdict.metrics[0]!.lift.value).toBe(0);
  });

  test("that never does what was logged has no figure, and no decision", async () => {
    const block = banditBlock(world);
    const verdict = await judged({ ...block, candidate: new Float64Array(block.rowCount) });
    expect(verdict.verdict).toBe("NO-DECISION");
    expect(verdict.reasons.map(({ code }) => code)).toEqual(["invalid:overlap"]);
    expect(verdict.metrics).toEqual([]);
  });

  test("that learned from the log it is judged on is not decided", async () => {
    const context = contextOf(specOf(), { learnedFrom: [{ path: "elsewhere.csv", sha256: "1".repeat(64) }] });
    const verdict = await judgeLaunch(logOf(banditBlock(world), { actions }), context);
    expect(verdict.verdict).toBe("NO-DECISION");
    expect(verdict.reasons.map(({ code }) => code)).toEqual(["invalid:lineage"]);
  });

  test("on wrong propensities is not decided: scaled, shuffled, or of another policy", async () => {
    const block = banditBlock(world);
    const corrupted = [
      block.propensity.map((p) => 0.8 * p),
      block.propensity.slice().reverse(),
      block.propensity.map(() => 1 / 3),
    ];
    for (const propensity of corrupted) {
      const verdict = await judged({ ...block, propensity });
      expect(verdict.verdict).toBe("NO-DECISION");
      expect(verdict.reasons.every(({ code }) => code.startsWith("invalid:"))).toBe(true);
    }
  });

  test("on propensities that were rounded is not decided, unless the specification says that they are exact", async () => {
    const rows = 5000;
    const draw = drawsOf("digits");
    const exact = Float64Array.from({ length: rows }, (_, i) => 0.02 + 0.2 * draw(i, 3));
    const propensity = exact.map((p) => Math.round(100 * p) / 100);
    const block: LaunchBlock = {
      rowCount: rows,
      rewards: [Float64Array.from({ length: rows }, (_, i) => (draw(i, 1) < 0.3 ? 1 : 0))],
      propensity,
      candidate: propensity.map((p, i) => p * (0.5 + draw(i, 2))),
      incumbent: undefined,
    };
    const digits = async (changes: Partial<GateSpecInput>, of: LaunchBlock) =>
      (await judged(of, changes)).validity.find(({ id }) => id === "propensity-digits")!.state;
    const allowing = { evidence: { effectiveSampleSize: 10, units: 10, roundedPropensities: true } };
    expect(await digits({}, block)).toBe("red");
    expect(await digits(allowing, block)).toBe("amber");
    expect(await digits({}, { ...block, propensity: exact })).toBe("green");
    expect(await digits({}, banditBlock(world))).toBe("green");
    // A table of thousandths over 40 items is exact: each item has one propensity.
    const table = Float64Array.from({ length: 40 }, (_, item) => (5 + item) / 1000);
    const action = Int32Array.from({ length: rows }, (_, i) => Math.floor(40 * draw(i, 4)));
    const exactTable = Float64Array.from(action, (item) => table[item]!);
    const ofTable = { ...block, propensity: exactTable, candidate: exactTable.map((p) => 0.9 * p) };
    const items = Array.from({ length: 40 }, (_, item) => String(item));
    const state = async (of: LaunchBlock) =>
      (await judgeLaunch(logOf(of, { actions: items }), contextOf(specOf()))).validity.find(
        ({ id }) => id === "propensity-digits",
      )!.state;
    expect(await state({ ...ofTable, action })).toBe("green");
    const varied = exactTable.map((p, i) => (i % 2 === 0 ? p : p + 0.001));
    expect(await state({ ...ofTable, action, propensity: varied })).toBe("red");
  });

  test("on what was never shown is not decided: mass without support", async () => {
    const verdict = await judged(
      banditBlock({ ...world, logging: [0.6, 0.4, 0], candidate: [0.3, 0.4, 0.3] }),
    );
    expect(verdict.verdict).toBe("NO-DECISION");
    expect(verdict.support!.deficit).toBeCloseTo(0.3, 12);
    expect(verdict.reasons.map(({ code }) => code)).toContain("invalid:support");
  });

  test("whose propensities had to be estimated ships only where the specification allows it", async () => {
    const calibration = {
      bins: [],
      expectedError: 0,
      largestError: 0,
      bias: 0,
      meanSquaredError: 0,
      statistic: 0,
      pValue: 0.5,
    };
    for (const [allowed, expected] of [
      [false, "NO-DECISION"],
      [true, "SHIP"],
    ] as const) {
      const spec = specOf({
        evidence: { effectiveSampleSize: 10, units: 10, estimatedPropensities: allowed },
      });
      const context = contextOf(spec, { estimatedPropensities: calibration });
      const verdict = await judgeLaunch(logOf(banditBlock(world), { actions }), context);
      expect(verdict.verdict).toBe(expected);
      expect(verdict.notices[0]).toMatch(/estimated/);
    }
  });

  test("on users who come back is judged by user: the interval is wider than rows alone would have it", async () => {
    const block = banditBlock(world);
    // Every decision four times over: the same evidence as once.
    const repeat = (values: Float64Array): Float64Array =>
      Float64Array.from({ length: 4 * values.length }, (_, i) => values[i >> 2]!);
    const copied: LaunchBlock = {
      rowCount: 4 * block.rowCount,
      rewards: [repeat(block.rewards[0]!)],
      propensity: repeat(block.propensity),
      candidate: repeat(block.candidate),
      incumbent: undefined,
      unit: Float64Array.from({ length: 4 * block.rowCount }, (_, i) => i >> 2),
    };
    const once = await judgeLaunch(logOf(block), contextOf(specOf()));
    const fourfold = await judgeLaunch(logOf(copied), contextOf(specOf()));
    expect(fourfold.metrics[0]!.standardError).toBeCloseTo(once.metrics[0]!.standardError, 12);
    expect(fourfold.log.units).toBe(block.rowCount);
  });

  test("with an outcome outside its range is refused, by row", async () => {
    const block = banditBlock(world);
    block.rewards[0]![17] = 2;
    await expect(judged(block)).rejects.toThrow(/kept row 18: click is 2; its range is given as \[0, 1\]/);
  });

  test("on a metric that the log lacks is refused, with those it has", async () => {
    await expect(
      judged(banditBlock(world), { primary: { metric: "clicks", range: [0, 1] } }),
    ).rejects.toThrow(/"clicks" is not in the log; it has: click/);
  });

  test("whose outcomes are all alike does not ship on rounding, at any level of them", async () => {
    for (const level of [1, 0.3, 0.7]) {
      const block = banditBlock(world);
      block.rewards[0]!.fill(level);
      for (const better of ["higher", "lower"] as const) {
        const verdict = await judged(block, {
          primary: { metric: "click", range: [0, 1], better },
          guardrails: [],
        });
        expect(verdict.verdict).not.toBe("SHIP");
        expect(verdict.reasons.some(({ code }) => code.startsWith("harm:"))).toBe(false);
        expect(verdict.metrics[0]!.lift.value).toBe(0);
      }
    }
  });

  test("of a single unit has no figure, and no decision", async () => {
    const block = banditBlock(world);
    const verdict = await judged({ ...block, unit: new Float64Array(block.rowCount) });
    expect(verdict.reasons.map(({ code }) => code)).toEqual(["invalid:units"]);
    expect(verdict.metrics).toEqual([]);
  });

  test("of two units is not decided, and a reward model says what it lacks", async () => {
    const block = banditBlock(world);
    const unit = Float64Array.from({ length: block.rowCount }, (_, i) => i % 2);
    const verdict = await judged({ ...block, unit }, { estimators: ["ips", "dr"] });
    expect(verdict.verdict).toBe("NO-DECISION");
    expect(verdict.estimators.find(({ estimator }) => estimator === "dr")!.note).toMatch(
      /needs 3 units, and there are 2/,
    );
  });

  test("on sessions whose weights grow beyond numbers is refused, by row", async () => {
    const rows = 300;
    const block: LaunchBlock = {
      rowCount: rows,
      rewards: [new Float64Array(rows).fill(1)],
      propensity: new Float64Array(rows).fill(0.3),
      candidate: new Float64Array(rows).fill(1),
      incumbent: undefined,
      session: new Float64Array(rows),
      step: Int32Array.from({ length: rows }, (_, i) => i),
    };
    const estimand = {
      states: "all",
      attributionWindow: "at once",
      interference: "none",
      horizon: 300,
    } as const;
    await expect(judged(block, { estimand })).rejects.toThrow(
      /kept row \d+: the weight of its session has grown beyond/,
    );
  });

  test("by several policies whose shares can't be tested is told so", async () => {
    const verdict = await judged(banditBlock(world), { assignment: { control: 0.5, treatment: 0.5 } });
    expect(verdict.validity.find(({ id }) => id === "sample-ratio")!.state).toBe("amber");
  });

  test("gives the same verdict to the byte, whatever the pieces", async () => {
    const block = banditBlock(world);
    const log = logOf(block, { actions });
    const texts = [];
    for (const rows of [7, 4000])
      texts.push(
        JSON.stringify(await judgeLaunch({ ...log, blocks: () => log.blocks(rows) }, contextOf(specOf()))),
      );
    expect(texts[0]).toBe(texts[1]);
  });
});

describe("guardrails and walls", () => {
  /** Harm of 1 with the item's rate beside the clicks. */
  const withHarm = (rates: readonly number[], candidate = world.candidate): LaunchBlock => {
    const block = banditBlock({ ...world, candidate });
    const draw = drawsOf("harm");
    const harm = Float64Array.from(block.action!, (item, i) => (draw(i, 0) < rates[item]! ? 1 : 0));
    return { ...block, rewards: [block.rewards[0]!, harm] };
  };
  const metrics = ["click", "harm"];
  const wall = (limit: number): Partial<GateSpecInput> => ({
    walls: [{ metric: "harm", range: [0, 1], limit }],
  });
  const guardrail = (margin: number): Partial<GateSpecInput> => ({
    guardrails: [{ metric: "harm", range: [0, 1], better: "lower", margin, stakeholder: "safety" }],
  });

  test("a wall that is shown to be kept lets a win ship", async () => {
    const verdict = await judged(withHarm([0.01, 0.01, 0.01]), wall(0.05), metrics);
    expect(verdict.verdict).toBe("SHIP");
    expect(verdict.lights.find(({ name }) => name === "safety")!.state).toBe("green");
  });

  test("a wall that is shown to be broken holds a win", async () => {
    const verdict = await judged(withHarm([0, 0, 0.4]), wall(0.05), metrics);
    expect(verdict.verdict).toBe("HOLD");
    expect(verdict.reasons.map(({ code }) => code)).toEqual(["wall:harm"]);
  });

  test("a wall that may be broken leaves a win undecided", async () => {
    const verdict = await judged(withHarm([0.01, 0.01, 0.01]), wall(0.012), metrics);
    expect(verdict.verdict).toBe("NO-DECISION");
    expect(verdict.reasons.map(({ code }) => code)).toEqual(["not-ruled-out:harm"]);
  });

  test("what may never happen holds a win after one case that the candidate may make, and not after one that it can't", async () => {
    const block = withHarm([0, 0, 0]);
    const at = block.action!.indexOf(0);
    block.rewards[1]![at] = 1;
    expect((await judged(block, wall(0), metrics)).verdict).toBe("HOLD");
    const never = banditBlock({ ...world, candidate: [0, 0.4, 0.6] });
    const elsewhere = { ...never, rewards: [never.rewards[0]!, block.rewards[1]!] };
    expect((await judged(elsewhere, wall(0), metrics)).verdict).toBe("SHIP");
  });

  test("a guardrail ships within its margin, and waits where a loss beyond it is not ruled out", async () => {
    const mild = withHarm([0.1, 0.1, 0.1]);
    expect((await judged(mild, guardrail(0.08), metrics)).verdict).toBe("SHIP");
    expect((await judged(mild, guardrail(0.001), metrics)).verdict).toBe("NO-DECISION");
  });

  test("a loss that is shown holds unless it is shown to lie within the margin, which tolerates it", async () => {
    // The candidate adds 0.15.
    const harmful = withHarm([0, 0, 0.5]);
    for (const margin of [0.05, 0.15]) {
      const verdict = await judged(harmful, guardrail(margin), metrics);
      expect(verdict.verdict).toBe("HOLD");
      expect(verdict.reasons.map(({ code }) => code)).toEqual(["harm:harm"]);
    }
    const tolerated = await judged(harmful, guardrail(0.3), metrics);
    expect(tolerated.verdict).toBe("SHIP");
    expect(tolerated.metrics.find(({ metric }) => metric === "harm")!.text).toMatch(
      /shown to lose, and less than the margin/,
    );
    expect(tolerated.lights.find(({ name }) => name === "safety")!.state).toBe("amber");
    expect(tolerated.risk).toMatch(/^harm: .* shown to lose, and less than the margin/);
  });
});

describe("the decision rule", () => {
  const effect = (
    decision: MetricEffect["decision"],
    role: MetricEffect["role"],
    gain: [number, number],
  ): MetricEffect => ({
    metric: `${role} ${decision}`,
    role,
    stakeholder: "users",
    better: "higher",
    range: [0, 1],
    margin: role === "guardrail" ? 0.1 : null,
    limit: role === "wall" ? 0.1 : null,
    candidate: { value: 0.5, lower: 0.4, upper: 0.6, confidence: 0.95, method: "default" },
    incumbent: { value: 0.5, lower: 0.4, upper: 0.6, confidence: 0.95, method: "default" },
    lift: { value: 0, lower: gain[0], upper: gain[1], confidence: 0.95, method: "default" },
    standardError: 0.1,
    relativeLift: 0,
    decision,
    text: "",
  });
  const red: ValidityCheck = { id: "x", title: "X", state: "red", found: "1", needed: "2", text: "" };
  const better = effect("better", "primary", [0.1, 0.2]);
  const undecided = effect("undecided", "primary", [-0.1, 0.2]);
  const worse = effect("worse", "primary", [-0.2, -0.1]);
  const same = effect("same", "primary", [-0.1, 0]);
  const kept = effect("not-worse", "guardrail", [-0.05, 0.05]);
  const lost = effect("worse", "guardrail", [-0.3, -0.2]);
  const open = effect("undecided", "guardrail", [-0.3, 0.2]);
  const within = effect("within-limit", "wall", [-0.1, 0.1]);
  const broken = effect("limit-broken", "wall", [-0.1, 0.1]);

  test.each([
    ["a win with everything guarded", [better, kept, within], [], "SHIP"],
    ["a win on invalid evidence", [better, kept, within], [red], "NO-DECISION"],
    ["a broken wall on invalid evidence", [better, broken], [red], "NO-DECISION"],
    ["a win with a broken wall", [better, broken], [], "HOLD"],
    ["a win with harm", [better, lost], [], "HOLD"],
    ["a win with a guardrail open", [better, open], [], "NO-DECISION"],
    ["nothing shown", [undecided, kept], [], "NO-DECISION"],
    ["nothing shown, with harm", [undecided, lost], [], "HOLD"],
    ["a loss", [worse], [], "HOLD"],
    ["no gain possible", [same, kept], [], "HOLD"],
    [
      "a second metric wins while the primary one is open",
      [undecided, effect("better", "success", [0.1, 0.2])],
      [],
      "SHIP",
    ],
    [
      "a second metric wins while the primary one loses",
      [worse, effect("better", "success", [0.1, 0.2])],
      [],
      "HOLD",
    ],
  ] as const)("%s", (_, effects, validity, expected) => {
    const decision = decide(effects, validity);
    expect(decision.verdict).toBe(expected);
    expect(decision.reasons.length).toBeGreaterThan(0);
  });
});
