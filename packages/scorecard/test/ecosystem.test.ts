import { rootKey } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { ecosystemValue, type EcosystemValue } from "../src/ecosystem/ecosystem-value.ts";
import { checkSuccessor, parseExchangeRates } from "../src/ecosystem/exchange-rates.ts";
import { movementBetween } from "../src/movement/movement.ts";
import { scorecardReport } from "../src/report.ts";
import { scorecardSchema } from "../src/report-schema.ts";
import { Scorecard } from "../src/scorecard.ts";
import type { WindowSummary } from "../src/window-summary.ts";
import { pagesOf, type WrittenPage } from "./helpers/pages.ts";
import { found, summaryOf } from "./helpers/score.ts";

const input = {
  name: "house",
  version: 1,
  unit: "euro",
  terms: [
    { metric: "satisfaction", weight: 2 },
    { metric: "revenue", weight: 0.5 },
    { metric: "harmPerMillion", weight: -1e-6 },
  ],
};
const rates = parseExchangeRates(input);
const daily = parseExchangeRates({ ...input, scale: "day" });

/** Pages over 20 days, whose second half has more of them, better ones and more segment 1. */
const pages: WrittenPage[] = Array.from({ length: 900 }, (_, i) => {
  const late = i >= 300;
  return {
    unit: (i * 7) % 101,
    day: late ? 10 + (i - 300) / 60 : i / 30,
    segment: i % (late ? 2 : 4) === 0 ? 1 : 0,
    page: { satisfaction: ((i * 13) % 10) / 10 + (late ? 0.05 : 0), revenue: i % 3 },
    shown: [{ harmful: i % 50 === 0 ? 1 : 0 }],
  };
});
const windows = [
  { name: "before", start: 0, end: 10 },
  { name: "after", start: 10, end: 20 },
];
function halves(): [WindowSummary, WindowSummary] {
  const scorecard = new Scorecard({ key: rootKey(3), windows });
  scorecard.addPages(pagesOf(pages));
  const [before, after] = scorecard.summarise();
  return [before!, after!];
}

const valued = (summary: WindowSummary, given = rates): EcosystemValue => {
  const value = ecosystemValue(summary, given);
  if ("reason" in value) throw new Error(value.reason);
  return value;
};

describe("exchange rates", () => {
  test("their hash is of what they say, in any order, and changes with a weight", () => {
    const reordered = parseExchangeRates({ ...input, terms: input.terms.toReversed() });
    const heavier = parseExchangeRates({ ...input, terms: [{ metric: "satisfaction", weight: 3 }] });
    expect(reordered.sha256).toBe(rates.sha256);
    expect(heavier.sha256).not.toBe(rates.sha256);
    expect(daily.sha256).not.toBe(rates.sha256);
  });

  test("another weight needs another version", () => {
    const changed = { ...input, terms: [{ metric: "satisfaction", weight: 3 }] };
    expect(() => checkSuccessor(rates, parseExchangeRates(changed))).toThrow(
      "exchange rates house: they differ from version 1, but their version is 1; allowed: at least 2",
    );
    expect(() => checkSuccessor(rates, parseExchangeRates({ ...changed, version: 2 }))).not.toThrow();
    expect(() => checkSuccessor(rates, rates)).not.toThrow();
  });

  test.each([
    [[{ metric: "happiness", weight: 1 }], "there is no metric happiness; allowed: userValue, "],
    [[{ metric: "trust", weight: -1 }], "trust has weight -1, allowed: above 0, since higher is better"],
    [[{ metric: "hideRate", weight: 1 }], "hideRate has weight 1, allowed: below 0, since lower is better"],
    [
      [
        { metric: "trust", weight: 1 },
        { metric: "trust", weight: 2 },
      ],
      "trust stands twice",
    ],
    [[{ metric: "trust", weight: 0 }], "terms.0.weight: must not be 0"],
    [[], "terms: "],
  ])("terms %j are refused", (terms, message) => {
    expect(() => parseExchangeRates({ ...input, terms })).toThrow(message);
  });
});

test("the value is the weighted sum, by stakeholder and in all; a day's is that times pages a day", () => {
  const [before] = halves();
  const value = valued(before);
  const byHand =
    2 * found(before, "satisfaction").value +
    0.5 * found(before, "revenue").value -
    1e-6 * found(before, "harmPerMillion").value;
  expect(value.value).toBeCloseTo(byHand, 12);
  expect(Object.keys(value.stakeholders).toSorted()).toEqual(["money", "safety", "users"]);
  expect(valued(before, daily).value).toBeCloseTo((byHand * 300) / 10, 9);
});

test("its interval is the joint one: a term and its opposite leave none, however wide both are", () => {
  const summary = summaryOf(
    Array.from({ length: 300 }, (_, i) => ({
      unit: i % 90,
      page: { satisfaction: (i % 7) / 7, trust: 1 - (i % 7) / 7 },
    })),
  );
  const both = parseExchangeRates({
    ...input,
    terms: [
      { metric: "satisfaction", weight: 1 },
      { metric: "trust", weight: 1 },
    ],
  });
  expect(found(summary, "satisfaction").standardError).toBeGreaterThan(0.01);
  const value = valued(summary, both);
  expect(value.value).toBeCloseTo(1, 12);
  expect(value.standardError ?? 0).toBeLessThan(1e-9);
});

test("a metric that is not available leaves no value, never a 0", () => {
  const value = ecosystemValue(summaryOf([{ unit: 1, page: { satisfaction: 1 } }]), rates);
  expect(value).toEqual({ reason: "revenue: not in the data: revenue" });
});

test.each([
  ["page", rates],
  ["day", daily],
] as const)("a %s's value moves by its stakeholders' parts, which add up to 1e-12", (_, given) => {
  const [before, after] = halves();
  const { value } = movementBetween(before, after, given);
  if (value === undefined || "reason" in value) throw new Error("no value");
  const sum = value.parts.reduce((total, { part }) => total + part, 0);
  const size = Math.max(Math.abs(value.before), Math.abs(value.after));
  expect(Math.abs(sum - (value.after - value.before))).toBeLessThan(1e-12 * size);
  expect(value.parts.map(({ player }) => player)).toEqual(
    given === daily ? ["users", "money", "safety", "volume"] : ["users", "money", "safety"],
  );
  expect(value.interval![0]).toBeLessThan(value.change);
  expect(value.interval![1]).toBeGreaterThan(value.change);
});

test("volume and users by hand: with one stakeholder each gets its change at the other's mean", () => {
  const [before, after] = halves();
  const one = parseExchangeRates({ ...input, scale: "day", terms: [{ metric: "satisfaction", weight: 1 }] });
  const [first, second] = [valued(before, one), valued(after, one)];
  const { value } = movementBetween(before, after, one);
  if (value === undefined || "reason" in value) throw new Error("no value");
  const sides = [first, second].map(({ stakeholders, volume }) => ({ s: stakeholders.users!, volume }));
  expect(value.parts[0]!.part).toBeCloseTo(
    ((sides[0]!.volume + sides[1]!.volume) / 2) * (sides[1]!.s - sides[0]!.s),
    9,
  );
});

test("ratios move by mix and rate of their segments, which add up to 1e-12", () => {
  const [before, after] = halves();
  const { metrics } = movementBetween(before, after);
  const moved = metrics.find(({ metric }) => metric === "satisfaction")!;
  expect(Math.abs(moved.parts!.mix + moved.parts!.rate - moved.change)).toBeLessThan(1e-12);
  expect(moved.parts!.segments.map(({ share }) => share[1] > share[0])).toEqual([false, true]);
});

test("a change's interval is of users in both windows together: what they share cancels", () => {
  const shared: WrittenPage[] = [0, 1].flatMap((half) =>
    Array.from({ length: 200 }, (_, unit) => ({
      unit,
      day: half * 10 + 1 + unit / 1000,
      page: { trust: (unit % 10) / 10 + half / 100 },
    })),
  );
  const scorecard = new Scorecard({ key: rootKey(4), windows });
  scorecard.addPages(pagesOf(shared));
  const [before, after] = scorecard.summarise();
  const [trust] = movementBetween(before!, after!).metrics;
  expect(trust!.change).toBeCloseTo(0.01, 12);
  expect(found(before!, "trust").standardError).toBeGreaterThan(0.01);
  // Every user moves by the same: there is no spread to learn from.
  expect(trust!.interval).toBeNull();
});

test("the report keeps its schema, as JSON too, and names segments", () => {
  const [before, after] = halves();
  const report = scorecardReport([before, after], {
    settings: new Scorecard({ key: rootKey(0) }).settings,
    exchangeRates: rates,
    segmentNames: ["phone", "desktop"],
  });
  const again = scorecardSchema.parse(JSON.parse(JSON.stringify(report)));
  expect(again).toEqual(JSON.parse(JSON.stringify(report)));
  expect(again.movements[0]!.metrics[0]!.parts!.segments.map(({ segment }) => segment)).toEqual([
    "phone",
    "desktop",
  ]);
  expect(again.exchangeRates).toMatchObject({ version: 1, sha256: rates.sha256 });
});
