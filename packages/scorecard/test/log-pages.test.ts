import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DecisionLogRow } from "@longview/formats";
import { rootKey } from "@longview/statistics";
import { afterAll, describe, expect, test, vi } from "vitest";
import { parseLogFields } from "../src/log/log-fields.ts";
import { logSpan, openLogPages, type OpenLogPagesOptions } from "../src/log/open-log-pages.ts";
import { Scorecard } from "../src/scorecard.ts";
import { metricOf, type WindowSummary } from "../src/window-summary.ts";
import { found, missing } from "./helpers/score.ts";

vi.setConfig({ testTimeout: 30_000 });

const folder = mkdtempSync(join(tmpdir(), "longview-scorecard-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Two items of each of two creators, a topic each; feature 2 is ln(1 + creator's age / 7). */
const candidates = ["a", "b", "c", "d"].map((item_id, i) => ({
  item_id,
  creator_id: i < 2 ? "anna" : "ben",
  features: [i % 2, 1 - (i % 2), Math.log(1 + (i < 2 ? 100 : 3) / 7)],
}));

const row = (n: number): DecisionLogRow => ({
  decision_id: `d${n}`,
  unit_id: `u${n % 5}`,
  session_id: `s${n}`,
  step: 0,
  timestamp: 86_400 * (10 + n),
  policy_id: n % 2 === 0 ? "even" : "odd",
  random_key: "",
  context: [n % 3],
  candidates,
  slate: n < 3 ? [0, 2] : [0, 1],
  slate_propensity: 0.5,
  position_propensities: [0.5, 0.5],
  objectives: { satisfaction: n / 10, worth: 2 },
  costs: { reports: n === 0 ? 1 : 0 },
  terminated: false,
  truncated: false,
  outcomes_complete: true,
});
const slates = join(folder, "slates.jsonl");
writeFileSync(slates, Array.from({ length: 10 }, (_, n) => `${JSON.stringify(row(n))}\n`).join(""));
const bandit = join(folder, "bandit.csv");
writeFileSync(
  bandit,
  `timestamp,item_id,position,click,propensity_score\n${[0, 1, 2, 3].map((n) => `2019-11-24 00:00:0${n},${n % 2},${1 + (n % 3)},${n === 1 ? 1 : 0},0.5`).join("\n")}\n`,
);

async function scored(
  options: OpenLogPagesOptions,
): Promise<{ summary: WindowSummary; segments: readonly string[]; units: boolean }> {
  const log = await openLogPages(options);
  try {
    const scorecard = new Scorecard({ key: rootKey("log"), recorded: log.recorded });
    for await (const { pages, lives } of log.blocks()) {
      scorecard.addPages(pages);
      for (const events of lives) scorecard.addLives(events);
    }
    return { summary: scorecard.summarise()[0]!, segments: log.segmentNames(), units: log.hasUnits() };
  } finally {
    log.close();
  }
}

describe("a decision log with slates", () => {
  const fields = parseLogFields({
    page: { userValue: "metric:worth" },
    impression: { creatorAge: { from: "feature:2", scale: 7, exponent: 1 } },
    topics: ["feature:0", "feature:1"],
    continuation: 0.5,
  });

  test("metrics with a field's name, mapped ones, features and candidates all arrive", async () => {
    const { summary, segments, units } = await scored({ files: [slates], fields, segment: "policy" });
    expect(units).toBe(true);
    expect(summary).toMatchObject({ pages: 10, impressions: 20, users: 5, start: 10, end: 19 });
    expect(found(summary, "satisfaction").value).toBeCloseTo(0.45, 12);
    expect(found(summary, "userValue").value).toBe(2);
    expect(found(summary, "reportsPerMillion").value).toBe(50_000);
    // Items a, c and b of four; anna has 17 of 20 impressions.
    expect(found(summary, "catalogueCoverage").value).toBe(0.75);
    expect(found(summary, "creatorGini").value).toBeCloseTo((17 - 3) / (2 * 20), 14);
    // Ben is new, seen at the second position of three pages: 0.5 of 1.5 each.
    expect(found(summary, "newCreatorShare").value).toBeCloseTo((3 * 0.5) / (10 * 1.5), 12);
    // Two items of topic 0 against two of different topics.
    expect(found(summary, "intraListDistance").value).toBeCloseTo(7 / 10, 12);
    // Both joined before day 19: known from their age, so reach can be told.
    expect(found(summary, "viableShare").value).toBe(0.5);
    expect(missing(summary, "quality")).toBe("not in the data: quality");
    expect(segments).toEqual(["even", "odd"]);
  });

  test("segments by context, and what the log does not tell stays unavailable", async () => {
    const { summary, segments } = await scored({ files: [slates], segment: "context:0" });
    expect(segments).toEqual(["0", "1", "2"]);
    const satisfaction = metricOf(summary, "satisfaction")!;
    expect("segments" in satisfaction && Array.from(satisfaction.segments!.denominator)).toEqual([4, 3, 3]);
    expect(missing(summary, "newCreatorShare")).toBe("not in the data: creatorAge");
    expect(missing(summary, "viableShare")).toBe("not in the data: creators joining");
    expect(missing(summary, "creatorSurvival28")).toBe("not in the data: creators joining, creators leaving");
  });

  test("the span of its days", async () => {
    expect(await logSpan({ files: [slates] })).toEqual({ first: 10, last: 19 });
  });

  test.each([
    [
      { page: { trust: "metric:trust" } },
      "metric:trust: the log has no such metric; allowed: satisfaction, worth, reports",
    ],
    [
      { impression: { quality: "metric:worth" } },
      "impression.quality: found metric:worth, allowed: feature:NAME, since a page shows several items",
    ],
    [
      { topics: ["feature:topic0"] },
      "feature:topic0: the log's files do not name their features; allowed: feature:0, feature:1 …",
    ],
  ])("%j is refused in one line", async (wrong, message) => {
    await expect(openLogPages({ files: [slates], fields: parseLogFields(wrong) })).rejects.toThrow(message);
  });
});

describe("a bandit log", () => {
  test("Open Bandit needs no mapping: a page an impression, clicks are openings, no users, no creators", async () => {
    const { summary, units } = await scored({ files: [bandit] });
    expect(units).toBe(false);
    expect(summary).toMatchObject({ pages: 4, impressions: 4, users: 4 });
    expect(found(summary, "openRate").value).toBe(0.25);
    expect(missing(summary, "creatorGini")).toBe("not in the data: creator");
    expect(missing(summary, "catalogueCoverage")).toBe("not in the data: items that could be shown");
  });

  test("a mapped log with a creator's column and metrics of its own", async () => {
    const file = join(folder, "mapped.csv");
    writeFileSync(file, "user,item,maker,good\n1,x,anna,0.2\n1,y,ben,0.6\n2,x,anna,1\n");
    const mapping = { reward: { quality: "good" }, action: "item", unit_id: "user" };
    const { summary } = await scored({
      files: [file],
      mapping,
      fields: parseLogFields({ creator: "maker" }),
    });
    expect(found(summary, "quality").value).toBeCloseTo(0.6, 12);
    expect(found(summary, "creatorGini").value).toBeCloseTo(1 / 6, 12);
    expect(summary.users).toBe(2);
  });
});

test.each([
  [{ page: { truth: "metric:x" } }, "fields: page"],
  [
    { page: { trust: "x" } },
    'page.trust: found "x", allowed: metric:NAME, feature:NAME, context:NAME, column:NAME',
  ],
  [{ page: { trust: { from: "metric:x", scal: 2 } } }, "there is no scal"],
  [{ topic: [] }, "there is no topic; allowed: page, impression, topics, continuation, creator, visit"],
  [{ continuation: 2 }, "fields: continuation"],
])("fields %j are refused with the place and what is allowed", (wrong, message) => {
  expect(() => parseLogFields(wrong)).toThrow(message);
});
