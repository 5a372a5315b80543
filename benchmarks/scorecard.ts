/**
 * What the scorecard's figures are worth in worlds whose truth is known, and how fast they are made.
 *
 * Written down before any was run:
 * - planted hazards: 2,000 worlds of 240 creators in two groups of equal size; exponential lives of hazard 0.05 a day, times a ratio of
 *   0.5, 1 or 2 in group 1; joining is spread over 20 days and all are watched to day 30 (a third to a half censored). Bar: the ratio
 *   lies in the 95 % interval in ≥ 93 % of worlds, for each ratio. The second half of the worlds enters late (they are watched from an
 *   age of 5 days on, and only if still alive).
 * - intervals: 2,000 worlds of `knownPages` (400 users, 1 to 5 pages each, pages of a user alike), every metric with a known truth, and
 *   an ecosystem value of three of them. Bar: each interval covers its truth in ≥ 93 % of worlds.
 * - closed forms: Pareto(1.5) on 1,000,000 cells (Gini 1/2, top 1 % 21.54 %), and the two published Vendi scores.
 * - speed: pages a second of all metrics, five impressions a page with every field and eight topics: 200,000 pages, ten blocks of 2,000
 *   over and over. Memory: what 200,000 more pages of the same users, items and creators leave behind. Bar: less than 1 MB.
 *
 * `--worlds N` runs fewer; `--users N` gives the intervals' worlds other sizes.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { deriveKey, foldIn, rootKey, uniform } from "@longview/statistics";
import {
  ecosystemValue,
  gini,
  hazardRatio,
  IMPRESSION_FIELDS,
  metricOf,
  PAGE_FIELDS,
  parseExchangeRates,
  Scorecard,
  topShare,
  vendiScore,
  type Lives,
  type PageEvents,
} from "@longview/scorecard";
import { knownPages, knownTruths } from "../packages/scorecard/test/helpers/known-world.ts";
import { Report } from "./row.ts";

const BAR = 0.93;

/** Runs the benchmark. */
export function run(args: readonly string[]): number {
  const worlds = countOf(args, "--worlds", 2000);
  const report = new Report("scorecard", args);
  closedForms(report);
  plantedHazards(report, worlds);
  coverage(report, worlds, countOf(args, "--users", 400));
  speed(report);
  return report.exitCode;
}

function countOf(args: readonly string[], option: string, otherwise: number): number {
  const at = args.indexOf(option);
  return at < 0 ? otherwise : Number(args[at + 1]);
}

function closedForms(report: Report): void {
  const cells = 1_000_000;
  const power = 1 - 1 / 1.5;
  const amounts = new Float64Array(cells).map(
    (_, i) => (cells * ((1 - i / cells) ** power - (1 - (i + 1) / cells) ** power)) / power,
  );
  const figure = (name: string, measured: number, truth: number, tolerance: number): void =>
    report.add({
      name,
      measured,
      unit: "1",
      comparedWith: `closed form or published: ${truth}`,
      ratio: measured / truth,
      bar: `within ${tolerance}`,
      met: Math.abs(measured - truth) <= tolerance,
    });
  figure("Gini of Pareto(1.5)", gini(amounts), 0.5, 1 / cells);
  figure("top 1 % of Pareto(1.5)", topShare(amounts, 0.01), 0.01 ** power, 1e-6);
  const samples = [0, 0, 10, 10, 20, 20];
  const kernel = samples.flatMap((a) => samples.map((b) => Math.exp(-Math.abs(a - b))));
  figure("Vendi score of six samples", vendiScore(kernel), 2.999999996, 1e-9);
  figure("Vendi score of the published kernel", vendiScore([1, 0.9, 0, 0.9, 1, 0, 0, 0, 1]), 2.1573, 5e-5);
}

const CREATORS = 240;

function plantedLives(world: number, ratio: number, late: boolean): { lives: Lives; group: number[] } {
  const key = foldIn(rootKey("planted hazards benchmark"), world);
  const life = deriveKey(key, "life");
  const joined = deriveKey(key, "joined");
  const from = late ? 5 : 0;
  const exit: number[] = [];
  const event: number[] = [];
  const group: number[] = [];
  for (let i = 0; i < CREATORS; i++) {
    const side = i % 2;
    const died = -Math.log(uniform(life, i, 0)) / (0.05 * (side === 1 ? ratio : 1));
    const watched = 30 - 20 * uniform(joined, i, 0);
    if (died <= from) continue;
    exit.push(Math.min(died, watched));
    event.push(died <= watched ? 1 : 0);
    group.push(side);
  }
  return { group, lives: { exit, event, entry: exit.map(() => from) } };
}

function plantedHazards(report: Report, worlds: number): void {
  for (const ratio of [0.5, 1, 2]) {
    let inside = 0;
    for (let world = 0; world < worlds; world++) {
      const { lives, group } = plantedLives(world, ratio, world >= worlds / 2);
      const found = hazardRatio(lives, group);
      if (found !== undefined && found.interval[0] <= ratio && ratio <= found.interval[1]) inside++;
    }
    report.add({
      name: `planted hazard ratio ${ratio} in its 95 % interval`,
      measured: inside / worlds,
      unit: `share of ${worlds} worlds`,
      comparedWith: "nominal 0.95",
      ratio: inside / worlds / 0.95,
      bar: `>= ${BAR}`,
      met: inside / worlds >= BAR,
    });
  }
}

function coverage(report: Report, worlds: number, users: number): void {
  const truths = knownTruths();
  const rates = parseExchangeRates({
    name: "benchmark",
    version: 1,
    unit: "point",
    terms: [
      { metric: "satisfaction", weight: 2 },
      { metric: "creatorGini", weight: -1 },
      { metric: "worstTenthValue", weight: 3 },
    ],
  });
  const worth = 2 * truths["satisfaction"]! - truths["creatorGini"]! + 3 * truths["worstTenthValue"]!;
  const targets: Readonly<Record<string, number>> = { ...truths, "ecosystem value": worth };
  const hits = Object.fromEntries(Object.keys(targets).map((name) => [name, 0]));
  for (let world = 0; world < worlds; world++) {
    const scorecard = new Scorecard({ key: rootKey("coverage") });
    scorecard.addPages(knownPages("coverage benchmark", world, users));
    const summary = scorecard.summarise()[0]!;
    for (const [name, truth] of Object.entries(targets)) {
      const found = name in truths ? metricOf(summary, name)! : ecosystemValue(summary, rates);
      const interval = "reason" in found ? null : found.interval;
      if (interval !== null && interval[0]! <= truth && truth <= interval[1]!) hits[name]!++;
    }
  }
  for (const [name, count] of Object.entries(hits))
    report.add({
      name: `interval of ${name} covers`,
      measured: count / worlds,
      unit: `share of ${worlds} worlds of ${users} users`,
      comparedWith: "nominal 0.95",
      ratio: count / worlds / 0.95,
      bar: `>= ${BAR}`,
      met: count / worlds >= BAR,
    });
}

const PAGES = 200_000;
const BLOCK = 2000;
const SLATE = 5;
const TOPICS = 8;

function speedBlock(block: number): PageEvents {
  const key = foldIn(rootKey("speed"), block);
  const draw = (count: number, lane: number): Float64Array =>
    new Float64Array(count).map((_, i) => uniform(deriveKey(key, String(lane)), i, 0));
  const shown = BLOCK * SLATE;
  return {
    pageCount: BLOCK,
    unit: draw(BLOCK, 0).map((u) => Math.floor(u * 20_000)),
    day: new Float64Array(BLOCK).map((_, i) => ((block * BLOCK + i) / PAGES) * 60),
    page: Object.fromEntries(Object.keys(PAGE_FIELDS).map((name, k) => [name, draw(BLOCK, 1 + k)])),
    offsets: new Int32Array(BLOCK + 1).map((_, i) => i * SLATE),
    item: Int32Array.from(draw(shown, 20), (u) => Math.floor(u * u * 20_000)),
    creator: Int32Array.from(draw(shown, 21), (u) => Math.floor(u * u * 2_000)),
    impression: Object.fromEntries(
      Object.keys(IMPRESSION_FIELDS).map((name, k) => [name, draw(shown, 30 + k)]),
    ),
    topics: draw(shown * TOPICS, 50),
    topicCount: TOPICS,
  };
}

function speed(report: Report): void {
  const blocks = Array.from({ length: 10 }, (_, block) => speedBlock(block));
  const scorecard = new Scorecard({ key: rootKey("speed") });
  const add = (): void => {
    for (let n = 0; n < PAGES / BLOCK; n++) scorecard.addPages(blocks[n % blocks.length]!);
  };
  const before = process.cpuUsage();
  add();
  const [summary] = scorecard.summarise();
  const { user, system } = process.cpuUsage(before);
  report.add({
    name: "pages a CPU second through every metric",
    measured: PAGES / ((user + system) / 1e6),
    unit: `pages of ${SLATE} impressions, ${TOPICS} topics`,
    comparedWith: "nothing",
    ratio: null,
    bar: null,
    met: null,
    note: `${summary!.pages} pages of ${summary!.users} users`,
  });
  const held = bytesInUse();
  add();
  const grown = bytesInUse() - held;
  report.add({
    name: "memory that as many pages again leave behind",
    measured: grown,
    unit: "bytes",
    comparedWith: `${held} bytes in use before`,
    ratio: null,
    bar: "< 1000000",
    met: grown < 1e6,
  });
}

function bytesInUse(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
