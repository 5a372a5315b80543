import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DecisionLogRow } from "@longview/formats";
import { scorecardSchema, type ScorecardReport } from "@longview/scorecard";
import { rootKey, uniform } from "@longview/statistics";
import { afterAll, describe, expect, test, vi } from "vitest";
import { scorecardCommand, type ScorecardCommandOptions } from "../src/commands/scorecard.ts";
import { EXIT } from "../src/exit-codes.ts";
import { readerFolders } from "./helpers/run-in-process.ts";

vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), "longview-scorecard-command-"));
afterAll(() => rmSync(folder, { recursive: true }));
// Readers' own folders go here, so that those of other processes are not taken for what is left of ours.
vi.stubEnv("TMPDIR", folder);

/** Twenty days of 12 pages a day; item k is by creator ⌊k / 2⌋ and of topic k mod 3. */
function row(n: number): DecisionLogRow {
  const key = rootKey("scorecard command");
  const day = n / 12;
  const items = [0, 1, 2, 3, 4, 5].map((k) => (Math.floor(n / 60) + k) % 8);
  return {
    decision_id: `d${n}`,
    unit_id: `u${Math.floor(uniform(key, n, 0) * 40)}`,
    session_id: `s${n}`,
    step: 0,
    timestamp: day * 86_400,
    policy_id: uniform(key, n, 2) < (day < 10 ? 0.3 : 0.7) ? "bold" : "mild",
    random_key: "",
    context: [],
    candidates: items.map((k) => ({
      item_id: `i${k}`,
      creator_id: `c${Math.floor(k / 2)}`,
      features: [0, 1, 2].map((topic) => (k % 3 === topic ? 1 : 0)),
    })),
    slate: [0, 1 + (n % 5)],
    slate_propensity: 0.2,
    position_propensities: [1, 0.2],
    objectives: { satisfaction: uniform(key, n, 4), revenue: n % 2 },
    costs: { reports: n % 40 === 0 ? 1 : 0 },
    terminated: false,
    truncated: false,
    outcomes_complete: true,
  };
}
const log = join(folder, "log.jsonl");
writeFileSync(log, Array.from({ length: 240 }, (_, n) => `${JSON.stringify(row(n))}\n`).join(""));
const rates = join(folder, "rates.yaml");
writeFileSync(
  rates,
  "name: house\nversion: 2\nunit: point\nterms:\n  - { metric: satisfaction, weight: 1 }\n  - { metric: revenue, weight: 0.5 }\n",
);
const fields = join(folder, "fields.yaml");
writeFileSync(fields, "topics: [feature:0, feature:1, feature:2]\ncontinuation: 0.8\n");

/** What a call prints. */
async function told(
  logs: readonly string[],
  options: Partial<ScorecardCommandOptions>,
): Promise<{ code: number; out: string }> {
  const { write } = process.stdout;
  let out = "";
  process.stdout.write = (piece: string | Uint8Array): boolean => {
    out += String(piece);
    return true;
  };
  try {
    return { code: await scorecardCommand(logs, { confidence: "0.95", seed: "0", ...options }), out };
  } finally {
    process.stdout.write = write;
  }
}

describe("two windows, segments by policy and exchange rates", () => {
  const out = join(folder, "card");
  const asked = { windows: "0..10,10..", segments: "policy", exchangeRates: rates, fields, out };

  test("the table, the page and the numbers say the same, and movement adds up", async () => {
    const { code, out: text } = await told([log], asked);
    expect(code).toBe(EXIT.done);
    expect(text).toContain("days 0 to 10: 120 pages, 240 impressions,");
    expect(text).toMatch(/^satisfaction +↑ +users +0\.\d+ +\[0\.\d+, 0\.\d+\] /m);
    expect(text).toMatch(/^ {2}quality: not in the data: quality$/m);
    expect(text).toMatch(/^ecosystem value by house version 2 \([0-9a-f]{12}\), point a page:$/m);
    expect(text).toMatch(/^ecosystem value [+−]\d.*: users [+−]\d.*, money /m);
    const report = scorecardSchema.parse(JSON.parse(readFileSync(join(out, "scorecard.json"), "utf8")));
    const [movement] = report.movements;
    const moved = movement!.metrics.find(({ metric }) => metric === "satisfaction")!;
    expect(Math.abs(moved.parts!.mix + moved.parts!.rate - moved.change)).toBeLessThan(1e-12);
    expect(moved.parts!.segments.map(({ segment }) => segment)).toEqual(["bold", "mild"]);
    const value = movement!.value as Exclude<
      ScorecardReport["movements"][number]["value"],
      null | { unavailable: string }
    >;
    expect(Math.abs(value.parts.reduce((sum, { part }) => sum + part, 0) - value.change)).toBeLessThan(1e-12);
    const page = readFileSync(join(out, "scorecard.html"), "utf8");
    expect(page).toContain("Lorenz curve of creators");
    expect(page).toContain("Ecosystem value from days 0 to 10 to days 10 to the end");
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    expect(readerFolders()).toEqual([]);
  });

  test("again: the same bytes with --force, and refused without", async () => {
    const before = ["scorecard.json", "scorecard.html"].map((name) => readFileSync(join(out, name), "utf8"));
    await expect(told([log], asked)).rejects.toThrow(
      "holds a scorecard already; choose another folder, or --force",
    );
    await told([log], { ...asked, force: true });
    expect(["scorecard.json", "scorecard.html"].map((name) => readFileSync(join(out, name), "utf8"))).toEqual(
      before,
    );
  });
});

test("--json is the report and nothing else; one window over all when none is asked for", async () => {
  const { out } = await told([log], { json: true, confidence: "0.9" });
  const report = scorecardSchema.parse(JSON.parse(out));
  expect(report).toMatchObject({ confidence: 0.9, exchangeRates: null, movements: [] });
  expect(report.windows).toMatchObject([{ name: "all", pages: 240, start: 0 }]);
});

test("a run without a log says how to make one; a folder with Parquet files is a log", async () => {
  const run = join(folder, "run");
  mkdirSync(run);
  writeFileSync(join(run, "config.yaml"), "");
  await expect(told([run], {})).rejects.toThrow(
    `${run}: the run holds no decision log; make one with npx longview simulate-log --out ${join(run, "log.parquet")} --policy run:${run} --sessions 2000`,
  );
  writeFileSync(join(run, "log.parquet"), "PAR1");
  await expect(told([run], {})).rejects.toThrow("log.parquet: is cut short");
  const empty = join(folder, "empty");
  mkdirSync(empty);
  await expect(told([empty], {})).rejects.toThrow("the folder holds no .parquet file");
});

test.each([
  [{ windows: "7..0" }, '--windows: found "7..0", allowed: a number of parts, or FROM..TO'],
  [{ windows: "0" }, "--windows: found 0, allowed: 1 to 100 parts"],
  [{ segments: "device" }, 'segments: found "device", allowed: policy, column:NAME, context:NAME'],
  [{ confidence: "95" }, '--confidence: found "95", allowed: from 0.5 to below 1'],
  [{ out: log }, "--out"],
])("%j is refused in one line", async (options, message) => {
  await expect(told([log], options)).rejects.toThrow(message);
});

test("a content marketplace's features have their places", async () => {
  const { fieldsNamed } = await import("../src/scorecard/field-file.ts");
  const found = await fieldsNamed("marketplace/content-v0");
  expect(found.topics).toHaveLength(8);
  // ln(1 + 21 / 7) / 3 is 21 days.
  const { from, scale, exponent } = found.impression.creatorAge!;
  expect(scale * (Math.exp(exponent! * (Math.log(1 + 21 / 7) / 3)) - 1)).toBeCloseTo(21, 9);
  expect(from).toEqual({ kind: "feature", name: "18" });
});
