import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sha256OfFile } from "@longview/formats";
import { at, gate, gateLine, lift, log, rows, tables, text, verdictIn, why } from "./helpers/gate-bench.ts";
import {
  BOLD,
  csvText,
  EVEN,
  jsonLines,
  SPEC,
  TIMID,
  trueValue,
  writeParquetLog,
  writeTable,
  writeYaml,
} from "./helpers/made-up-log.ts";
import { runInProcess } from "./helpers/run-in-process.ts";
import { GRID, simulate, worldOf, writeBundle, writeLog } from "./helpers/simulation.ts";

const ownLog = await writeParquetLog(at("log.parquet"), rows);

describe("a verdict on a log whose truth is known exactly", () => {
  test.each([
    ["CSV", { log: [log] }],
    ["JSON lines", { log: [text("log.jsonl", jsonLines(rows))] }],
    ["Parquet", { log: [ownLog], columns: undefined }],
    [
      "two files",
      { log: [text("1.csv", csvText(rows.slice(0, 700))), text("2.csv", csvText(rows.slice(700)))] },
    ],
  ])("%s: SHIP what gains, HOLD what loses, NO-DECISION on what is worth the same", async (_name, asked) => {
    const incumbent = trueValue("click");
    for (const [candidate, expected, shares] of [
      [tables.bold, ["SHIP", "gain:click"], BOLD],
      [tables.timid, ["HOLD", "harm:click"], TIMID],
      [tables.even, ["NO-DECISION", "not-shown:click"], EVEN],
    ] as const) {
      const { verdict } = await gate({ ...asked, candidate });
      const truth = trueValue("click", shares);
      expect(why(verdict)).toEqual(expected);
      const [effect] = verdict.metrics;
      expect(effect!.incumbent.value).toBeCloseTo(incumbent, 12);
      expect(effect!.candidate.value).toBeCloseTo(truth, 12);
      expect(effect!.lift.value).toBeCloseTo(truth - incumbent, 12);
      expect(effect!.lift.lower).toBeLessThan(truth - incumbent);
      expect(effect!.lift.upper).toBeGreaterThan(truth - incumbent);
      for (const { estimator, value } of verdict.estimators.filter(({ estimator: id }) => id !== "dr"))
        expect(value!.value, estimator).toBeCloseTo(truth, 12);
      expect(verdict.log).toMatchObject({ rowsRead: 2000, rowsKept: 2000, episodes: 2000, units: 2000 });
    }
  });

  test("the same inputs give the same bytes, and `--json` prints them", async () => {
    const line = gateLine({ spec: { segments: ["country"] } });
    const bytes: Buffer[][] = [];
    for (const out of ["once", "twice"]) {
      const { code, out: said } = await runInProcess([...line.slice(0, -1), at(out), "--json"]);
      expect(code).toBe(0);
      expect(JSON.parse(said)).toEqual(verdictIn(at(out)));
      bytes.push(["verdict.json", "review.html"].map((name) => readFileSync(join(at(out), name))));
    }
    expect(bytes[1]).toEqual(bytes[0]);
    expect(bytes[0]![1]!.toString()).toContain("SHIP");
  });

  test("guardrails and walls: what a gain in clicks does not outweigh", async () => {
    const guardrails = [{ metric: "revenue", range: [0, 4] as [number, number], margin: 0.01 }];
    const wall = { metric: "harm", range: [0, 1] as [number, number] };
    const { verdict: harmed } = await gate({ spec: { guardrails } });
    expect(why(harmed)).toEqual(["HOLD", "harm:revenue"]);
    expect(harmed.metrics[1]!.lift.value).toBeCloseTo(trueValue("revenue", BOLD) - trueValue("revenue"), 12);
    const { verdict: broken } = await gate({ spec: { walls: [{ ...wall, limit: 0 }] } });
    expect(why(broken)).toEqual(["HOLD", "wall:harm"]);
    expect(why((await gate({ spec: { walls: [{ ...wall, limit: 0.1 }] } })).verdict)).toEqual([
      "SHIP",
      "gain:click",
      "guarded:harm",
    ]);
    expect(why((await gate({ spec: { walls: [{ ...wall, limit: 0.017 }] } })).verdict)).toEqual([
      "NO-DECISION",
      "not-ruled-out:harm",
    ]);
    const turned = { metric: "click", range: [0, 1] as [number, number], better: "lower" as const };
    expect(why((await gate({ spec: { primary: turned } })).verdict)).toEqual(["HOLD", "harm:click"]);
  });

  test("looking more often widens the interval", async () => {
    const widths: number[] = [];
    for (const looks of ["once", { planned: 40 }, "unlimited"] as const) {
      const { verdict } = await gate({ spec: { looks } });
      const { lower, upper } = lift(verdict);
      expect(verdict.verdict).toBe("SHIP");
      expect(lower).toBeLessThan(0.105);
      expect(upper).toBeGreaterThan(0.105);
      widths.push(upper! - lower!);
    }
    expect(widths).toEqual(widths.toSorted((a, b) => a - b));
  });

  test("segments: who gains how much", async () => {
    const { verdict } = await gate({ spec: { segments: ["country"] } });
    expect(verdict.segments.map(({ value, rows: count, loses }) => [value, count, loses])).toEqual([
      ["abroad", 1000, false],
      ["home", 1000, false],
    ]);
    expect(verdict.segments[0]!.lift!.value).toBeCloseTo(0.44 - 0.38, 12);
    expect(verdict.segments[1]!.lift!.value).toBeCloseTo(0.44 - 0.29, 12);
  });
});

describe("candidates and incumbents", () => {
  test("a column and a table of the same policy give the same figures; uniform has its own", async () => {
    const { verdict } = await gate();
    const { verdict: byColumn } = await gate({ candidate: "column:bold" });
    expect(lift(byColumn)).toEqual(lift(verdict));
    const { verdict: uniform } = await gate({ candidate: "uniform" });
    expect(lift(uniform).value).toBeCloseTo(0.35 - 0.335, 12);
  });

  test("an incumbent that did not write the log", async () => {
    for (const [incumbent, value] of [
      ["uniform", 0.35],
      [tables.timid, trueValue("click", TIMID)],
    ] as const) {
      const { verdict } = await gate({ spec: { incumbent } });
      expect(verdict.incumbent.label).toBe(incumbent);
      expect(verdict.metrics[0]!.incumbent.value).toBeCloseTo(value, 12);
      expect(lift(verdict).value).toBeCloseTo(trueValue("click", BOLD) - value, 12);
      expect(why(verdict)).toEqual(["SHIP", "gain:click"]);
    }
    const { verdict } = await gate({ more: ["--incumbent", "uniform"] });
    expect(verdict.incumbent.label).toBe("uniform");
  });

  test.each([
    ["the logged policy", "logged", "logged"],
    ["a table", tables.bold, tables.bold],
    ["a column", "column:bold", tables.bold],
    ["uniform", "uniform", `table:${writeTable(at("half.csv"), { a: 0.5, b: 0.5 })}`],
  ])(
    "%s against itself is no change: a lift of exactly 0 that never ships",
    async (_name, candidate, incumbent) => {
      for (const looks of ["once", "unlimited"] as const) {
        const { verdict } = await gate({ candidate, spec: { incumbent, looks } });
        expect(why(verdict)).toEqual(["HOLD", "no-gain:click"]);
        expect(lift(verdict)).toMatchObject({ value: 0, lower: 0, upper: 0, method: "exact" });
      }
    },
  );

  test("a policy that never does what was logged: NO-DECISION, and says that alone", async () => {
    const none = text("none.csv", csvText(rows.map((row) => ({ ...row, bold: 0 }))));
    const { verdict, out } = await gate({ log: [none], candidate: "column:bold" });
    expect(why(verdict)).toEqual(["NO-DECISION", "invalid:overlap"]);
    expect(verdict.metrics).toEqual([]);
    expect(out).toContain("The candidate column:bold never does what was logged");
  });

  test("a bundle that learned from a file of the log: NO-DECISION", async () => {
    const world = await worldOf("tabular/gridworld-v0", GRID, 16);
    const { rows: decisions } = await simulate({
      world,
      policies: ["uniform"],
      length: { kind: "sessions", count: 300 },
    });
    const path = at("grid.parquet");
    await writeLog(path, decisions, world.environment);
    const primary = { metric: "reward", range: [-10, 10] as [number, number] };
    const found: boolean[] = [];
    for (const [name, sha256] of [
      ["learned", sha256OfFile(path)],
      ["other", "0".repeat(64)],
    ] as const) {
      await writeBundle(at(name), world.environment, [{ path: "elsewhere.parquet", sha256 }]);
      const { verdict } = await gate({
        log: [path],
        columns: undefined,
        candidate: `bundle:${at(name)}`,
        spec: { primary },
      });
      found.push(why(verdict).includes("invalid:lineage"));
      if (name === "learned") expect(verdict.verdict).toBe("NO-DECISION");
    }
    expect(found).toEqual([true, false]);
  });
});

test("sessions are worth what enumeration says, also where some end early and steps interleave", async () => {
  // Uniform over a and b. A session that shows b ends; one that shows a goes on for a step. Every path in its exact share.
  const discountFactor = 0.5;
  const reward = { a: 0, b: 1, aa: 1, ab: 0 };
  const paths = ["aa", "ab", "b", "b"] as const;
  const steps = paths.flatMap((path, p) =>
    Array.from({ length: 100 }, (_, k) => `s${p}-${k}`).flatMap((session) =>
      Array.from(path, (item, step) => ({
        session,
        step,
        user: session,
        id: `${session}-${step}`,
        item,
        propensity: 0.5,
        click: step === 0 ? reward[item === "a" ? "a" : "b"] : reward[path === "aa" ? "aa" : "ab"],
        time: step,
      })),
    ),
  );
  const sessions = text("sessions.csv", csvText(steps.toSorted((a, b) => a.step - b.step)));
  const mapping = writeYaml(at("sessions.yaml"), {
    reward: { click: "click" },
    propensity: "propensity",
    action: "item",
    decision_id: "id",
    unit_id: "user",
    timestamp: "time",
    session_id: "session",
    step: "step",
  });
  const worth = ({ a, b }: typeof BOLD): number =>
    a * reward.a + b * reward.b + discountFactor * a * (a * reward.aa + b * reward.ab);
  const { verdict } = await gate({
    log: [sessions],
    columns: mapping,
    spec: {
      estimand: { ...SPEC.estimand, horizon: 2, discountFactor },
      evidence: { effectiveSampleSize: 100 },
    },
  });
  const half = { a: 0.5, b: 0.5 };
  const [effect] = verdict.metrics;
  expect(verdict.log).toMatchObject({ rowsKept: 600, episodes: 400, units: 400 });
  expect(effect!.incumbent.value).toBeCloseTo(worth(half), 12);
  expect(effect!.candidate.value).toBeCloseTo(worth(BOLD), 12);
  expect(effect!.lift.value).toBeCloseTo(worth(BOLD) - worth(half), 12);
  const { estimators } = verdict;
  for (const { value } of estimators.slice(0, 2)) expect(value!.value).toBeCloseTo(worth(BOLD), 12);
  expect(estimators[2]).toMatchObject({ estimator: "dr", value: null });
  expect(why(verdict)).toEqual(["SHIP", "gain:click"]);
});
