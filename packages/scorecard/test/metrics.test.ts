import { rootKey, uniform } from "@longview/statistics";
import { describe, expect, test } from "vitest";
import { METRICS } from "../src/registry.ts";
import { Scorecard } from "../src/scorecard.ts";
import { pagesOf, type WrittenPage } from "./helpers/pages.ts";
import { found, missing, summaryOf } from "./helpers/score.ts";

test("names are unique, and every definition says what it needs", () => {
  expect(new Set(METRICS.map(({ name }) => name)).size).toBe(METRICS.length);
  for (const { formula, unit, requires, requiresLives = [] } of METRICS) {
    expect(formula.length * unit.length).toBeGreaterThan(0);
    expect(requires.length + requiresLives.length).toBeGreaterThan(0);
  }
});

test("what the data does not hold is not available, with the reason, and never 0", () => {
  const summary = summaryOf([{ unit: 1, shown: [{ item: 0 }] }]);
  for (const metric of summary.metrics)
    expect("reason" in metric ? metric.reason : metric.definition.name).not.toBe("");
  expect(summary.metrics.every((metric) => "reason" in metric)).toBe(true);
  expect(missing(summary, "quality")).toBe("not in the data: quality");
  expect(missing(summary, "advertiserSurplus")).toBe("not in the data: advertiserValue, revenue");
  expect(missing(summary, "creatorSurvival28")).toBe("not in the data: creators joining, creators leaving");
});

test("a page or impression whose value is unknown is left out of both sides", () => {
  const summary = summaryOf([
    {
      unit: 1,
      page: { satisfaction: 0.5 },
      shown: [
        { quality: 0.2, weight: 3 },
        { quality: 0.8, weight: 1 },
      ],
    },
    { unit: 2, page: { trust: 1 }, shown: [{ weight: 5 }] },
  ]);
  expect(found(summary, "satisfaction").value).toBe(0.5);
  expect(found(summary, "trust").value).toBe(1);
  expect(found(summary, "quality").value).toBeCloseTo((0.2 * 3 + 0.8) / 4, 14);
});

test("freshness by hand: ages weighted by the chance to be seen, 7 days are not under 7", () => {
  const summary = summaryOf([
    {
      unit: 1,
      shown: [
        { age: 1, weight: 1 },
        { age: 7, weight: 0.5 },
        { age: 30, weight: 0.25 },
      ],
    },
  ]);
  expect(found(summary, "exposureAge").value).toBeCloseTo((1 + 3.5 + 7.5) / 1.75, 12);
  expect(found(summary, "freshShare").value).toBeCloseTo(1 / 1.75, 12);
});

test("rates are of impressions; a page's own total wins over its impressions' flags", () => {
  const summary = summaryOf([
    {
      unit: 1,
      shown: [
        { opened: 1, harmful: 0 },
        { opened: 0, harmful: 1 },
      ],
    },
    {
      unit: 2,
      shown: [
        { opened: 1, harmful: 0 },
        { opened: 1, harmful: 0 },
      ],
    },
  ]);
  expect(found(summary, "openRate").value).toBe(0.75);
  expect(found(summary, "harmPerMillion").value).toBe(250_000);
  const totals = summaryOf([{ unit: 1, page: { opens: 1 }, shown: [{ opened: 1 }, { opened: 1 }] }]);
  expect(found(totals, "openRate").value).toBe(0.5);
});

test("money by hand: revenue, ad load and what advertisers keep", () => {
  const summary = summaryOf([
    { unit: 1, page: { revenue: 3, advertiserValue: 4, adLoad: 0.5 }, shown: [{}, {}] },
    { unit: 2, page: { revenue: 0, advertiserValue: 0, adLoad: 0 }, shown: [{}, {}] },
  ]);
  expect(found(summary, "revenue").value).toBe(1.5);
  expect(found(summary, "adLoad").value).toBe(0.25);
  expect(found(summary, "advertiserSurplus").value).toBe(0.5);
});

describe("diversity", () => {
  const one = { topics: [1, 0] };
  const other = { topics: [0, 2] };

  test("within a page: alike 0 and 1, apart 1 and 2, a single item has no distance", () => {
    const summary = summaryOf([
      { unit: 1, shown: [one, one] },
      { unit: 2, shown: [one, other] },
      { unit: 3, shown: [one] },
    ]);
    expect(found(summary, "intraListDistance").value).toBeCloseTo(0.5, 12);
    expect(found(summary, "pageVendi").value).toBeCloseTo((1 + 2 + 1) / 3, 9);
  });

  test("of exposure: entropy of topics and Vendi score, which equals that of the whole kernel", () => {
    const slanted = { topics: [3, 4] };
    const shown = [one, one, other, slanted];
    const summary = summaryOf(shown.map((each, unit) => ({ unit, shown: [each] })));
    const [a, b] = [5 / 11, 6 / 11];
    expect(found(summary, "topicEntropy").value).toBeCloseTo(-a * Math.log(a) - b * Math.log(b), 12);
    const whole = summaryOf([{ unit: 0, shown }]);
    expect(found(summary, "exposureVendi").value).toBeCloseTo(found(whole, "pageVendi").value, 9);
  });
});

test("coverage: items near the top of any page over all that could have been shown", () => {
  const lives = [{ subject: "item", kind: "available", id: [0, 1, 2, 3], day: [1, 1, 1, 1] }] as const;
  const shown = [{ item: 0 }, { item: 1 }, { item: 2 }];
  const summary = summaryOf([{ unit: 1, day: 1, shown }], { lives, settings: { coveragePositions: 2 } });
  expect(found(summary, "catalogueCoverage").value).toBe(0.5);
  expect(missing(summaryOf([{ unit: 1, shown }]), "catalogueCoverage")).toContain(
    "items that could be shown",
  );
});

test("what is gone when a window begins is not of its catalogue, nor are its creators counted", () => {
  const days = [0, 0, 9];
  const lives = [
    { subject: "item", kind: "available", id: [0, 1, 1], day: days },
    { subject: "creator", kind: "available", id: [0, 1, 1], day: days },
  ] as const;
  const shown = [{ item: 1, creator: 1 }];
  const pages = [0, 9].map((day) => ({ unit: 1, day, shown }));
  const late = summaryOf(pages, { lives, windows: [{ name: "late", start: 5, end: 10 }] });
  expect(found(late, "catalogueCoverage").value).toBe(1);
  expect(found(late, "creatorGini").value).toBe(0);
  expect(found(summaryOf(pages, { lives }), "creatorGini").value).toBe(0.5);
});

test("who joined is there until leaving, without being noted day by day", () => {
  const lives = [
    { subject: "item", kind: "joined", id: [0, 1, 2, 3], day: [-5, 0, 0, 30] },
    { subject: "item", kind: "left", id: [2], day: [4] },
  ] as const;
  const pages = [0, 9].map((day) => ({ unit: 1, day, shown: [{ item: 1 }] }));
  expect(found(summaryOf(pages, { lives }), "catalogueCoverage").value).toBeCloseTo(1 / 3, 14);
  const late = summaryOf(pages, { lives, windows: [{ name: "late", start: 5, end: 10 }] });
  expect(found(late, "catalogueCoverage").value).toBe(0.5);
});

test("needs and the worst tenth are of users, however many pages each has", () => {
  const pages: WrittenPage[] = [];
  for (let unit = 0; unit < 20; unit++)
    for (let n = 0; n <= unit % 3; n++) pages.push({ unit, shown: [{ utility: unit / 20 }, { utility: 0 }] });
  const summary = summaryOf(pages);
  expect(found(summary, "needsMet").value).toBe(0.5);
  expect(found(summary, "worstTenthValue").value).toBeCloseTo((0 + 1 / 20) / 2, 12);
});

test("concentration counts creators who could have been shown and were not", () => {
  const pages = [{ unit: 1, day: 1, shown: [{ creator: 0 }, { creator: 0 }, { creator: 1 }] }];
  expect(found(summaryOf(pages), "creatorGini").value).toBeCloseTo(1 / 6, 14);
  const lives = [{ subject: "creator", kind: "available", id: [0, 1, 2], day: [1, 1, 1] }] as const;
  const all = summaryOf([...pages, { unit: 1, day: 2 }], { lives });
  expect(found(all, "creatorGini").value).toBeCloseTo((2 * 2 - 0) / (3 * 3), 14);
  expect(found(all, "creatorHerfindahl").value).toBeCloseTo(5 / 9, 14);
  expect(found(all, "topTenthShare").value).toBeCloseTo((0.3 * 2) / 3, 14);
});

describe("retention", () => {
  const visits = (unit: number, ...days: number[]): WrittenPage[] => days.map((day) => ({ unit, day }));

  test("who came too late to be watched is left out, not lost", () => {
    const summary = summaryOf([...visits(1, 0, 1.5, 9), ...visits(2, 0.2, 3), ...visits(3, 8.5, 9)]);
    // Day 1: users 1 and 2 were watched for two days by day 9; user 3 was not.
    expect(found(summary, "retentionDay1").value).toBe(0.5);
    expect(found(summary, "retentionDay7").value).toBe(0);
    expect(missing(summary, "retentionDay28")).toBe("no user was watched for 29 days; the window has 9");
  });

  test("a chain of daily visits has its own day-n shares (exact: 0.6 a day, one user in two watched)", () => {
    const key = rootKey("visits");
    const pages: WrittenPage[] = [];
    for (let unit = 0; unit < 4000; unit++)
      for (let day = 0; day < 10; day++)
        if (day === 0 || uniform(key, unit, 2 * day) < 0.6) pages.push({ unit, day: day + (unit % 2) });
    const { value, interval, standardError } = found(summaryOf(pages), "retentionDay7");
    expect(Math.abs(value - 0.6)).toBeLessThan(4 * Math.sqrt((0.6 * 0.4) / 4000));
    expect(standardError).toBeCloseTo(Math.sqrt((0.6 * 0.4) / 4000), 2);
    expect(interval![0]).toBeLessThan(interval![1]!);
  });
});

test("days until users come back: the restricted mean of a geometric law, while completed gaps alone are too short", () => {
  const key = rootKey("gaps");
  const pages: WrittenPage[] = [];
  for (let unit = 0; unit < 1500; unit++)
    for (let day = 0; day < 15; day++)
      if (day === 0 || uniform(key, unit, 2 * day) < 0.2) pages.push({ unit, day });
  // Returns fall on whole days: the curve drops by a fifth in the first hour of days 1, 2 …
  let truth = 0;
  for (let day = 0; day < 7; day++) truth += 0.8 ** day;
  const { value, standardError } = found(summaryOf(pages), "returnGap");
  expect(Math.abs(value - truth)).toBeLessThan(4 * standardError! + 1 / 48);
  const gaps = pages.flatMap(({ unit, day }, i) => {
    const before = pages[i - 1];
    return before?.unit === unit ? [Math.min(7, day! - before.day!)] : [];
  });
  expect(truth - gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).toBeGreaterThan(0.3);
});

test("a visit ends with idle time, or where its number changes", () => {
  const pages = [0, 0.01, 2, 2.01, 8].map((day, i) => ({ unit: 1, day, visit: i < 4 ? 0 : 1 }));
  const idle = found(summaryOf(pages.map(({ unit, day }) => ({ unit, day }))), "returnGap").value;
  // Gaps 1.99 and 5.99 days, to the middle of their hours.
  expect(idle).toBeCloseTo((1.99 + 5.99) / 2, 1);
  expect(found(summaryOf(pages), "returnGap").value).toBeCloseTo(5.99, 1);
});

test("creators' lives: entry is late for the old, right-censored for the young; reach in the days that were possible", () => {
  const lives = [
    { subject: "creator", kind: "joined", id: [0, 1, 2, 3], day: [-100, -10, 5, 8] },
    { subject: "creator", kind: "left", id: [1], day: [20] },
  ] as const;
  const shown = [{ creator: 2 }, { creator: 0 }];
  const pages = Array.from({ length: 31 }, (_, day) => ({
    unit: day,
    day,
    shown: day < 5 ? [{ creator: 0 }] : shown,
  }));
  const summary = summaryOf(pages, { lives, settings: { firstImpressions: 3, viableImpressions: 0.9 } });
  // Creator 1 leaves at 30 days, past 28; nobody else left, so nothing lowers the curve before.
  expect(found(summary, "creatorSurvival28").value).toBe(1);
  expect(found(summary, "viableShare").value).toBe(0.5);
  expect(found(summary, "daysToFirstImpressions").value).toBe(2);
  expect(found(summary, "daysToFirstImpressions").count).toBe(2);
});

test("new creators' share of what is seen, and appeals", () => {
  const lives = [
    { subject: "creator", kind: "enforced", id: [0, 1, 2, 3], day: [1, 1, 2, 99] },
    { subject: "creator", kind: "appealed", id: [0, 1], day: [2, 3] },
    { subject: "creator", kind: "reinstated", id: [1], day: [4] },
  ] as const;
  const pages = [
    {
      unit: 1,
      day: 0,
      shown: [
        { creatorAge: 3, weight: 3 },
        { creatorAge: 400, weight: 1 },
      ],
    },
    { unit: 1, day: 9 },
  ];
  const summary = summaryOf(pages, { lives });
  expect(found(summary, "newCreatorShare").value).toBe(0.75);
  expect(found(summary, "appealedShare").value).toBeCloseTo(2 / 3, 14);
  expect(found(summary, "appealsGranted").value).toBe(0.5);
});

test("windows share nothing but the users' groups; blocks may split anywhere; the order of users does not matter", () => {
  const key = rootKey("blocks");
  const pages: WrittenPage[] = Array.from({ length: 600 }, (_, i) => ({
    unit: i % 97,
    day: i / 30,
    segment: i % 3,
    page: { satisfaction: uniform(key, i, 0) },
    shown: [
      { item: i % 11, creator: i % 7, topics: [1, i % 2], utility: uniform(key, i, 2) },
      { item: i % 13, creator: i % 5, topics: [0, 1], utility: 0.2 },
    ],
  }));
  const windows = [
    { name: "before", start: 0, end: 12 },
    { name: "after", start: 12, end: 20 },
  ];
  const scored = (blocks: readonly (readonly WrittenPage[])[]) => {
    const scorecard = new Scorecard({ key: rootKey(1), windows });
    for (const block of blocks) scorecard.addPages(pagesOf(block));
    return scorecard
      .summarise()
      .map(({ metrics, pages: count }) => [
        count,
        ...metrics.map((metric) => ("reason" in metric ? metric.reason : [metric.value, metric.interval])),
      ]);
  };
  const whole = scored([pages]);
  expect(whole.map(([count]) => count)).toEqual([360, 240]);
  const rounded = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (_, each: unknown) =>
      typeof each === "number" ? Number(each.toPrecision(10)) : each,
    );
  expect(scored([pages.slice(0, 7), pages.slice(7, 401), pages.slice(401)])).toEqual(whole);
  const byUser = pages.toSorted((a, b) => b.unit - a.unit || a.day! - b.day!);
  expect(rounded(scored([byUser]))).toEqual(rounded(whole));
});

test("blocks that do not fit together are refused by name", () => {
  const scorecard = new Scorecard({ key: rootKey(0) });
  const good = pagesOf([{ unit: 1, shown: [{ quality: 1 }] }]);
  expect(() => scorecard.addPages({ ...good, unit: Float64Array.of(0.5) })).toThrow("unit: page 0 has 0.5");
  expect(() => scorecard.addPages({ ...good, impression: { age: new Float64Array(3) } })).toThrow(
    "impression.age: has 3 entries, needs 1: one an impression",
  );
  expect(() => scorecard.addPages({ ...good, item: Int32Array.of(-1) })).toThrow(
    "item: entry 0 is -1, allowed: at least 0",
  );
  expect(() => new Scorecard({ key: rootKey(0), windows: [{ name: "w", start: 2, end: 1 }] })).toThrow(
    "windows: w is from 2 to 1, allowed: to after from",
  );
  expect(() => new Scorecard({ key: rootKey(0), settings: { visitGap: -1 } })).toThrow("settings.visitGap");
});
