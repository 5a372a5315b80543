import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { verdictSchema } from "@longview/formats";
import { at, columns, log, rows, tables, text } from "./helpers/gate-bench.ts";
import { BOLD, COLUMNS, csvText, madeUpLog, trueValue, writeYaml } from "./helpers/made-up-log.ts";
import { contentOf, runInProcess, type Told } from "./helpers/run-in-process.ts";

const verdict = verdictSchema.shape;
const effect = verdict.metrics.element.shape;
/** What `--json` and `--out` hold, as far as it is compared. */
const estimateSchema = z.object({
  propensities: z.enum(["logged", "estimated"]),
  metrics: z.array(
    z.strictObject({
      metric: z.string(),
      candidate: effect.candidate,
      incumbent: effect.incumbent,
      lift: effect.lift,
      relativeLift: effect.relativeLift,
    }),
  ),
  estimators: verdict.estimators,
  weights: verdict.weights,
  checks: verdict.validity,
  episodes: z.int(),
  units: z.int(),
  unitsKnown: z.boolean(),
});
type Estimate = z.infer<typeof estimateSchema>;

const made = ["--log", log, "--columns", columns];
const estimate = (...args: readonly string[]): Promise<Told> => runInProcess(["estimate", ...args]);
async function numbers(...args: readonly string[]): Promise<Estimate> {
  const { code, out, errors } = await estimate(...args, "--json");
  expect(errors).toBe("");
  expect(code).toBe(0);
  return estimateSchema.parse(JSON.parse(out));
}

describe("on a log whose truth is known exactly", () => {
  test("every consistent estimator is near the true value, weighting on it", async () => {
    const found = await numbers(...made, "--candidate", tables.bold, "--estimators", "all");
    const truth = trueValue("click", BOLD);
    expect(found.metrics.map(({ metric }) => metric)).toEqual(["click"]);
    expect(found.metrics[0]!.candidate.value).toBeCloseTo(truth, 12);
    expect(found.metrics[0]!.lift.value).toBeCloseTo(truth - trueValue("click"), 12);
    expect(found.estimators).toHaveLength(10);
    for (const { estimator, value } of found.estimators) {
      if (["ips", "snips"].includes(estimator)) expect(value!.value, estimator).toBeCloseTo(truth, 12);
      if (["dr", "sndr"].includes(estimator)) expect(value!.value, estimator).toBeCloseTo(truth, 2);
      expect(value!.lower, estimator).toBeLessThan(value!.value);
      expect(value!.upper, estimator).toBeGreaterThan(value!.value);
    }
    expect(found).toMatchObject({ propensities: "logged", episodes: 2000, units: 2000, unitsKnown: true });
  });

  test("metrics that are not 0 or 1 need their bounds told", async () => {
    const ask = [...made, "--candidate", tables.bold, "--metric", "revenue"];
    expect(await estimate(...ask)).toMatchObject({
      code: 3,
      errors:
        "longview: --range: revenue holds 4, so its bounds must be given, as in --range revenue=0,100 (the log's own extremes are not bounds)\n",
    });
    const found = await numbers(...ask, "--metric", "click", "--range", "revenue=0,4");
    expect(found.metrics.map(({ metric }) => metric)).toEqual(["revenue", "click"]);
    expect(found.metrics[0]!.lift.value).toBeCloseTo(trueValue("revenue", BOLD) - trueValue("revenue"), 12);
    expect(new Set(found.estimators.map(({ metric }) => metric))).toEqual(new Set(["revenue", "click"]));
  });

  test("a wider confidence widens, another incumbent changes the lift, sessions are valued whole", async () => {
    const width = async (confidence: string): Promise<number> => {
      const [first] = (await numbers(...made, "--candidate", tables.bold, "--confidence", confidence))
        .metrics;
      return first!.lift.upper! - first!.lift.lower!;
    };
    expect(await width("0.99")).toBeGreaterThan(await width("0.8"));
    const against = await numbers(...made, "--candidate", tables.bold, "--incumbent", "uniform");
    expect(against.metrics[0]!.lift.value).toBeCloseTo(trueValue("click", BOLD) - 0.35, 12);
    const pairs = text("pairs.csv", csvText(madeUpLog(2000, 2)));
    const sessions = await numbers(
      "--log",
      pairs,
      "--columns",
      columns,
      "--candidate",
      "logged",
      "--horizon",
      "2",
    );
    expect(sessions).toMatchObject({ episodes: 1000, units: 1000 });
    expect(sessions.metrics[0]!.incumbent.value).toBeCloseTo(2 * trueValue("click"), 12);
    expect(sessions.metrics[0]!.lift).toMatchObject({ value: 0, lower: 0, upper: 0, method: "exact" });
  });

  test("--out holds what --json prints, and the page for people says the same in short", async () => {
    const ask = [...made, "--candidate", tables.bold];
    const { code, out } = await estimate(...ask, "--out", at("numbers.json"));
    expect(code).toBe(0);
    expect(out).toContain("effective sample size 1,191 of 2,000");
    expect(out.trimEnd().split("\n").at(-1)).toBe(`numbers ${at("numbers.json")}`);
    const written: unknown = JSON.parse(readFileSync(at("numbers.json"), "utf8"));
    expect(estimateSchema.parse(written)).toEqual(await numbers(...ask));
  });

  test("propensities that were not logged are estimated, which the first line says", async () => {
    const mapping = writeYaml(at("unlogged.yaml"), { ...COLUMNS, propensity: undefined });
    const ask = ["--log", log, "--columns", mapping, "--candidate", tables.bold];
    const { out } = await estimate(...ask);
    expect(out.split("\n")[0]).toBe("the log holds no propensities: they are estimated");
    expect(out).toContain(
      "Propensities were not logged: they were estimated, and every figure rests on that model.",
    );
    const found = await numbers(...ask);
    expect(found.propensities).toBe("estimated");
    expect(found.metrics[0]!.lift.value).toBeCloseTo(0.105, 2);
  });
});

test("a policy that never does what was logged is an error that says so", async () => {
  const none = text("none.csv", csvText(rows.map((row) => ({ ...row, bold: 0 }))));
  expect(await estimate("--log", none, "--columns", columns, "--candidate", "column:bold")).toMatchObject({
    code: 3,
    errors:
      "longview: candidate: it has probability 0 on everything that was logged: this log says nothing of it\n",
  });
});

const numeric = "allowed: a number from";
test.each([
  [["--estimators", "ips,dr2"], 'estimators: there is no "dr2"; allowed: ips, snips, '],
  [["--estimators", ""], 'estimators: there is no ""; allowed: ips, '],
  [["--reward-model", "forest"], '--reward-model: found "forest", allowed: auto, linear, logistic, mlp'],
  [["--confidence", "1"], `--confidence: found "1", ${numeric} 0.5 to `],
  [["--confidence", "high"], `--confidence: found "high", ${numeric} 0.5 to `],
  [["--horizon", "0"], `--horizon: found "0", ${numeric} 1 to 10000`],
  [["--horizon", "1.5"], "--horizon: found 1.5, allowed: a whole number from 1 to 10000"],
  [["--discount-factor", "0"], `--discount-factor: found "0", ${numeric} 1e-9 to 1`],
  [["--metric", "clicks"], '--metric: found "clicks", allowed: click, revenue, harm'],
  [["--range", "clicks=0,1"], '--range: found "clicks", allowed: click, revenue, harm'],
  [
    ["--range", "click=1,0"],
    '--range: found "click=1,0", allowed: METRIC=LEAST,MOST with two numbers in order',
  ],
  [["--range", "click=0,1e200"], '--range: found "click=0,1e200", allowed: METRIC=LEAST,MOST'],
  [["--range", "click"], '--range: found "click", allowed: METRIC=LEAST,MOST'],
  [["--range", "click=0,1", "--range", "click=0,2"], "--range: click is given twice"],
  [["--range", "click=0.5,1"], `${log} row 1: click is 0; its range is given as [0.5, 1]`],
  [["--incumbent", "best"], '--incumbent: found "best", allowed: uniform, logged, '],
  [
    ["--out", log],
    `--out: ${log} is in use as ${log}; choose a place that this command does not read or write`,
  ],
  [["--out", at("."), "--json"], `--out: ${at(".")} is a folder, allowed: a file`],
  [
    ["--out", at("x.json"), "--quarantine", at("x.json")],
    `--quarantine: ${at("x.json")} is in use as --out `,
  ],
])("%j is refused in one line, and nothing is written", async (more, line) => {
  const before = contentOf(at("."));
  const { code, out, errors } = await estimate(...made, "--candidate", tables.bold, ...more);
  expect(errors.startsWith(`longview: ${line}`), errors).toBe(true);
  expect(errors.trimEnd().split("\n")).toHaveLength(1);
  expect(code).toBe(3);
  expect(out).not.toContain("paired lift");
  expect(contentOf(at("."))).toEqual(before);
});

test("a table of what a log shows reads back as a candidate, whatever its items are called", async () => {
  const named = rows.map((row) => ({ ...row, item: row.item === "a" ? 'say "a,\nb" 💥' : row.item }));
  const lines = text("named.jsonl", named.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const told = await runInProcess([
    "item-table",
    "--log",
    lines,
    "--columns",
    columns,
    "--out",
    at("named.csv"),
  ]);
  expect(told).toEqual({
    code: 0,
    out: `table ${at("named.csv")}: 2 items at 1 position, from 2000 rows\n`,
    errors: "",
  });
  const found = await numbers(
    "--log",
    lines,
    "--columns",
    columns,
    "--candidate",
    `table:${at("named.csv")}`,
  );
  expect(found.metrics[0]!.candidate.value).toBeCloseTo(trueValue("click", { a: 0.55, b: 0.45 }), 12);
  const refused = await runInProcess(["item-table", "--log", lines, "--columns", columns, "--out", lines]);
  expect(refused).toMatchObject({ code: 3, out: "" });
  expect(readdirSync(at(".")).filter((name) => name.endsWith(".writing"))).toEqual([]);
});

const data = new URL("../../../../shared/data/open-bandit/", import.meta.url);
const dataFile = (name: string): string => fileURLToPath(new URL(`${name}.csv.gz`, data));

test.skipIf(!existsSync(data))(
  "Open Bandit, men, random to BTS: published SNIPS, effective size, and intervals that hold the on-policy value (skipped where the data is absent)",
  async () => {
    const bts = at("bts-men.csv");
    await runInProcess(["item-table", "--log", dataFile("obd_bts_men"), "--out", bts]);
    const found = await numbers("--log", dataFile("obd_random_men"), "--candidate", `table:${bts}`);
    expect(Math.round(found.weights.effectiveSampleSize)).toBe(2869);
    const [ips, snips] = found.estimators;
    expect([ips!.estimator, snips!.estimator]).toEqual(["ips", "snips"]);
    expect(snips!.value!.value).toBeCloseTo(0.00574, 5);
    for (const { value } of [ips!, snips!]) {
      expect(value).toMatchObject({ confidence: 0.95 });
      expect(value!.lower).toBeLessThan(0.0069);
      expect(value!.upper).toBeGreaterThan(0.0069);
    }
  },
);
