import { expect, test } from "vitest";
import { liveMeans, liveMemory, LIVE_SERIES, tellDay } from "../src/ecosystem/live-series.ts";
import { liveLines, plainLine } from "../src/ecosystem/live-view.ts";
import { figureOf, meanCurve, survivalOverWorlds } from "../src/ecosystem/over-worlds.ts";
import { headline } from "../src/ecosystem/page.ts";
import type { ComparedFigures, EcosystemReport } from "../src/ecosystem/report-type.ts";
import { sparkline } from "../src/ecosystem/sparkline.ts";
import { topicAgeTable } from "../src/ecosystem/topic-age-map.ts";

test("a sparkline goes from its least to its greatest value and keeps to its width", () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe("▁▂▃▄▅▆▇█");
  expect(sparkline([5, 5], 8)).toBe("▅▅");
  expect(sparkline([], 8)).toBe("");
  const long = sparkline(
    Array.from({ length: 100 }, (_, i) => i),
    8,
  );
  expect(Array.from(long).length).toBeLessThanOrEqual(8);
  expect(long.startsWith("▁") && long.endsWith("█")).toBe(true);
});

test("the live view shows means over the worlds that have come so far", () => {
  const live = liveMemory(2, 3);
  const latest = (value: number) => () => value;
  tellDay(live, { world: 0, day: 1, days: 3 }, latest(2));
  tellDay(live, { world: 1, day: 1, days: 3 }, latest(4));
  tellDay(live, { world: 0, day: 2, days: 3 }, latest(8));
  tellDay(live, { world: 0, day: 1, days: 3 }, undefined);
  expect(liveMeans(live, 1, 3)).toEqual([3, 8]);
  const shown = {
    live,
    days: 3,
    worlds: 2,
    id: "marketplace/content-v1",
    policies: [
      { kind: "baseline", name: "random" },
      { kind: "baseline", name: "popular" },
    ],
  } as const;
  const lines = liveLines(shown);
  expect(lines).toHaveLength(2 + LIVE_SERIES.length);
  expect(lines[0]).toMatch(/random.* in marketplace\/content-v1, 2 worlds: day 2 of 3$/);
  expect(lines[1]).toMatch(/33 % of all days$/);
  expect(lines[3]).toMatch(/satisfaction +.*▁█.* 8$/);
  expect(plainLine(shown, 1)).toMatch(/^1 of 2 worlds, last day: users in session 8, satisfaction 8, /);
});

test("figures over worlds have Student's interval, and one world none", () => {
  expect(figureOf([3], 0.95)).toEqual({ mean: 3, interval: null });
  const { mean, interval } = figureOf([1, 2, 3], 0.95);
  // t with 2 degrees of freedom at 0.975 is 4.302653; s / √n is 1 / √3
  expect(mean).toBeCloseTo(2, 12);
  expect(interval![1] - mean).toBeCloseTo(4.302653 / Math.sqrt(3), 5);
  expect(meanCurve([1, 2], [[1, 0]], 0.95)).toEqual({ x: [1, 2], y: [1, 0], lower: null, upper: null });
  const banded = meanCurve([1], [[0], [1]], 0.95);
  expect(banded.lower).toEqual([0]);
});

test("survival over worlds is the product of shares that stay, and its interval leaves worlds out", () => {
  // Four lives in each world, watched for 3 days: one leaves at age 1, another at age 2, another is unwatched from 1.5 on.
  const world = { entry: [0, 0, 0, 0], exit: [1, 2, 1.5, 3], event: [1, 1, 0, 0] };
  const curve = survivalOverWorlds([world, world], 3, 0.95);
  expect(curve.x).toEqual([0, 1, 2, 3]);
  [1, 3 / 4, 3 / 8, 3 / 8].forEach((share, age) => expect(curve.y[age]).toBeCloseTo(share, 12));
  // Worlds that are alike leave nothing uncertain.
  expect(curve.lower).toEqual(curve.y);
  const stays = { entry: [0], exit: [3], event: [0] };
  const goes = { entry: [0], exit: [1], event: [1] };
  const unlike = survivalOverWorlds([stays, stays, goes], 3, 0.95);
  expect(unlike.y[3]).toBeCloseTo(2 / 3, 12);
  // Without one world: 1/2, 1/2, 1; jackknife √(2/3 · (2 · 1/36 + 1/9)) = 1/3, times t with 2 degrees of freedom.
  expect(unlike.lower![3]).toBe(0);
  expect(unlike.upper![3]).toBe(1);
  const narrow = survivalOverWorlds([stays, stays, goes], 3, 0.5);
  expect(narrow.upper![3]! - 2 / 3).toBeCloseTo(0.816497 / 3, 5);
  expect(survivalOverWorlds([stays], 3, 0.95).lower).toBeNull();
});

const reportOf = (value: ComparedFigures): EcosystemReport =>
  ({
    policies: ["heuristic", "run:runs/quick"],
    days: 60,
    exchangeRates: { unit: "utility", scale: "day" },
    ecosystem: { value, stakeholders: [], parts: null },
  }) as unknown as EcosystemReport;

test("the headline says no more than the interval does", () => {
  const values = [
    { mean: 9, interval: null },
    { mean: 6, interval: null },
  ];
  const said = (interval: [number, number] | null): string =>
    headline(reportOf({ values, difference: { mean: 3, interval } }));
  expect(said([1, 5])).toBe("Heuristic is worth 3 utility a day more to the ecosystem than run:runs/quick");
  expect(said([-1, 7])).toMatch(/can’t be told apart/);
  expect(said(null)).toMatch(/\+3 utility a day in one world$/);
  expect(headline(reportOf({ values, difference: { mean: -3, interval: [-5, -1] } }))).toMatch(/3 .* less /);
  expect(headline(reportOf({ values, difference: null }))).toMatch(/worth 9 utility a day over 60 days$/);
  expect(headline(reportOf({ values: [{ unavailable: "no users" }], difference: null }))).toMatch(/60 days/);
});

test("a map of topics by age leaves out ages that nothing has", () => {
  const { text } = topicAgeTable(
    [
      [4, 0.25, 0],
      [0, 12.4, 0],
    ],
    [0, 1, 3],
  );
  expect(text.match(/<td /g)).toHaveLength(4);
  expect(text).toMatch(/<th>0<\/th>.*<th>1–3<\/th>/);
  expect(text).toMatch(/>4<\/td>.*>0\.3<\/td>.*>0<\/td>.*>12<\/td>/s);
});
