/**
 * A gate's whole answer (value, intervals, diagnostics, verdict) from a Parquet file that is larger than memory should be.
 *
 * The file: decisions in order of time by 5,000,000 users (a tenth of the rows), 50 items at 3 positions, a logging policy and a
 * candidate over slots of 1,000, reward 0 or 1, a second metric, the candidate's probability as a column; every draw is a hash of the
 * row. A fresh process opens it as the commands do: contract audit, then one pass of `judgeLaunch`.
 *
 * Bar: 50,000,000 rows with a peak resident memory below 1 GB (1e9 bytes).
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDecisionLog, parseGateSpec, type Verdict } from "@longview/formats";
import { columnPolicy, judgeLaunch, launchLogFromReader } from "@longview/off-policy-evaluation";
import { z } from "zod";
import { peakMemory, runChild } from "./fresh-process.ts";
import { numberOption, textOption } from "./measure.ts";
import { Report } from "./row.ts";

const ROWS = 50_000_000;
const BYTES = 1e9;
const SLOTS = 1000;
const ITEMS = 50;

/** Slots of each item: a policy that draws a slot evenly shows item k with probability `slots[k] / 1000`. */
function slotsOf(weight: (item: number) => number): number[] {
  const weights = Array.from({ length: ITEMS }, (_, item) => weight(item));
  const total = weights.reduce((a, b) => a + b, 0);
  const slots = weights.map((w) => Math.max(2, Math.round((SLOTS * w) / total)));
  slots[0] = slots[0]! + SLOTS - slots.reduce((a, b) => a + b, 0);
  return slots;
}

/** Writes the log with DuckDB. */
async function writeLog(file: string, rows: number): Promise<void> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: "512MiB" });
  const connection = await instance.connect();
  const logged = slotsOf((item) => 1 / (1 + item));
  const candidate = slotsOf((item) => (1 + 0.5 * Math.sin(item)) / (1 + item));
  const items = logged.flatMap((count, item) => new Array<number>(count).fill(item));
  const users = Math.max(1, Math.floor(rows / 10));
  const list = (values: readonly number[]): string => `[${values.join(",")}]`;
  await connection.run(`
    COPY (
      SELECT
        i AS decision_id,
        'user ' || (hash(i, 1) % ${users}) AS user_id,
        1700000000 + i * 0.02 AS time,
        item,
        (hash(i, 3) % 3)::INTEGER AS position,
        ${list(logged)}[item + 1] / ${SLOTS}.0 AS propensity,
        ${list(candidate)}[item + 1] / ${SLOTS}.0 AS candidate,
        (hash(i, 4) % 1000 < 20 + item)::INTEGER AS click,
        (hash(i, 5) % 1000) / 1000.0 AS value
      FROM (
        SELECT i, ${list(items)}[(hash(i, 2) % ${SLOTS} + 1)::INTEGER] AS item FROM range(${rows}) AS numbers(i)
      )
    ) TO '${file}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}

const childSchema = z.object({
  openSeconds: z.number(),
  judgeSeconds: z.number(),
  peakOpen: z.number(),
  peak: z.number(),
  verdict: z.string(),
  headline: z.string(),
  effectiveSampleSize: z.number(),
  units: z.number(),
});
type Child = z.infer<typeof childSchema>;

/** The child's work: the path of `longview gate`. */
async function answer(file: string, audited: boolean): Promise<Child> {
  const began = performance.now();
  const reader = await openDecisionLog({
    files: [file],
    mapping: {
      reward: { click: "click", value: "value" },
      propensity: "propensity",
      action: "item",
      position: "position",
      ...(audited ? { decision_id: "decision_id" } : {}),
      unit_id: "user_id",
      timestamp: "time",
    },
    probabilities: { candidate: "candidate" },
  });
  const peakOpen = peakMemory();
  const opened = performance.now();
  const log = await launchLogFromReader(reader, {
    candidate: columnPolicy("candidate"),
    incumbent: undefined,
  });
  const { report } = reader;
  const none = "0".repeat(64);
  const verdict: Verdict = await judgeLaunch(log, {
    spec: parseGateSpec(
      {
        name: "Size",
        estimand: { states: "all", attributionWindow: "at once", interference: "none" },
        primary: { metric: "click", range: [0, 1] },
        guardrails: [{ metric: "value", range: [0, 1], margin: 0.01 }],
        estimators: ["ips", "snips"],
        evidence: { effectiveSampleSize: 1000 },
      },
      "evaluation-size.ts",
    ),
    specFile: { path: "none", sha256: none },
    candidate: { label: "candidate", sha256: null },
    incumbent: { label: "logged", sha256: null },
    log: {
      files: report.files.map(({ path, rows }) => ({ path, rows, sha256: none })),
      layout: report.layout,
      rowsRead: report.rowsRead,
      rowsKept: report.rowsKept,
      rowsQuarantined: report.rowsQuarantined,
      rowsLeftOut: report.rowsLeftOut,
      quarantineFile: null,
      violations: [...report.violationLines],
      notChecked: [...report.notChecked],
    },
    learnedFrom: [],
    estimatedPropensities: undefined,
    code: { version: "benchmark", commit: null, modified: null },
  });
  reader.close();
  return {
    openSeconds: (opened - began) / 1000,
    judgeSeconds: (performance.now() - opened) / 1000,
    peakOpen,
    peak: peakMemory(),
    verdict: verdict.verdict,
    headline: verdict.headline,
    effectiveSampleSize: verdict.weights.effectiveSampleSize,
    units: verdict.log.units,
  };
}

/**
 * `--rows N` (50,000,000); `--file PATH` keeps the file there and takes it when it is there; `--no-decision-ids`: ids are not mapped,
 * so that their uniqueness is not audited.
 */
export async function run(args: readonly string[]): Promise<number> {
  const rows = numberOption(args, "rows", ROWS);
  const given = textOption(args, "file");
  const audited = !args.includes("--no-decision-ids");
  if (args.includes("--child")) {
    process.stdout.write(JSON.stringify(await answer(given ?? "", audited)));
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), "longview-size-"));
  try {
    const file = given ?? join(folder, "log.parquet");
    if (statSync(file, { throwIfNoEntry: false }) === undefined) await writeLog(file, rows);
    const found = childSchema.parse(
      JSON.parse(
        await runChild("evaluation-size", ["--file", file, ...(audited ? [] : ["--no-decision-ids"])]),
      ),
    );
    const report = new Report("evaluation-size", args);
    const seconds = found.openSeconds + found.judgeSeconds;
    report.add({
      name: "evaluation size: peak resident memory",
      measured: found.peak / 1e6,
      unit: "MB",
      comparedWith: "nothing",
      ratio: null,
      bar: rows >= ROWS ? "< 1000 MB" : null,
      met: rows >= ROWS ? found.peak < BYTES : null,
      note: `${rows} rows of Parquet, ${(statSync(file).size / 1e6).toFixed(0)} MB on disk; ${(found.peakOpen / 1e6).toFixed(0)} MB after the audit`,
    });
    report.add({
      name: "evaluation size: rows per second",
      measured: rows / seconds,
      unit: "rows/s",
      comparedWith: "nothing",
      ratio: null,
      bar: null,
      met: null,
      note:
        `${found.openSeconds.toFixed(0)} s for the contract's audit${audited ? ", ids unique among them" : ""}, ` +
        `${found.judgeSeconds.toFixed(0)} s for the verdict: ${found.verdict}; ${found.headline} ` +
        `ESS ${Math.round(found.effectiveSampleSize)}, ${found.units} groups of users`,
    });
    return report.exitCode;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
