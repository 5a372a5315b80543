import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { comparePolicies, heuristicActor, popularActor } from "@longview/marketplace";
import { deriveKey, rootKey } from "@longview/statistics";
import { afterAll, expect, test } from "vitest";
import { simulateCommand, type SimulateCommandOptions } from "../src/commands/simulate.ts";
import type { EcosystemReport } from "../src/ecosystem/report-type.ts";
import { UsageError } from "../src/exit-codes.ts";
import { contentOf, runInProcess } from "./helpers/run-in-process.ts";
import { CONTENT, worldOf, writeBundle } from "./helpers/simulation.ts";

const LIMIT = 120_000;
const folder = mkdtempSync(join(tmpdir(), "simulate-command-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const command = (options: Partial<SimulateCommandOptions>): Promise<number> =>
  simulateCommand({
    policy: "heuristic",
    option: [],
    days: "4",
    users: "20",
    worlds: "2",
    seed: "1",
    confidence: "0.95",
    ...options,
  });

test(
  "what cannot be simulated is refused in one line, and nothing is written",
  async () => {
    mkdirSync(join(folder, "no-bundle"));
    writeFileSync(
      join(folder, "rates.yaml"),
      "name: mine\nversion: 1\nunit: euro\nterms: [{ metric: joy, weight: 1 }]\n",
    );
    const cases: [Partial<SimulateCommandOptions>, RegExp][] = [
      [{ policy: "heuristc" }, /^--policy: found "heuristc", allowed: random, .*did you mean heuristic\?$/],
      [{ against: "best" }, /^--against: found "best", allowed: random, popular/],
      [{ policy: `bundle:${join(folder, "no-bundle")}` }, /^--policy bundle:.*manifest\.json/],
      [{ policy: `run:${join(folder, "no-run")}` }, /no-run/],
      [
        { world: "marketplace/content-v3" },
        /^--world: found "marketplace\/content-v3", allowed: marketplace\/content-v0, /,
      ],
      [{ world: "CartPole-v1" }, /^--world: found "CartPole-v1", allowed: /],
      [{ option: ["levers.adload=2"] }, /adload/],
      [{ option: ["slots=900"] }, /options\.slots/],
      [{ option: ["levers"] }, /^--option: found "levers", allowed: key\.path=value/],
      [{ option: ["days=9"] }, /^--option days: is said with --days$/],
      [
        { option: ["actionMode=ranker-weights"] },
        /^--option actionMode: found "ranker-weights", allowed: slate/,
      ],
      [{ days: "0" }, /^--days: found "0", allowed: a whole number from 1 to 3,649$/],
      [{ days: "4000" }, /^--days: found "4000"/],
      [{ users: "none" }, /^--users: found "none", allowed: a whole number from 1 to 1,000,000$/],
      [{ users: "0" }, /^--users: found "0"/],
      [{ worlds: "1.5" }, /^--worlds: found "1\.5"/],
      [{ workers: "0" }, /^--workers: found "0"/],
      [{ confidence: "1" }, /^--confidence: found "1", allowed: from 0\.5 to below 1$/],
      [{ exchangeRates: join(folder, "rates.yaml") }, /rates\.yaml: there is no metric joy/],
      [{ out: folder }, /^--out: .* holds no-bundle, which no simulation wrote/],
      [{ out: "" }, /^--out: found an empty text/],
    ];
    const before = contentOf(folder);
    for (const [options, message] of cases) {
      const error: unknown = await command(options).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error, JSON.stringify(options)).toBeInstanceOf(UsageError);
      const { lines } = error as UsageError;
      expect(lines, JSON.stringify(options)).toHaveLength(1);
      expect(lines[0]).toMatch(message);
    }
    expect(contentOf(folder)).toEqual(before);
  },
  LIMIT,
);

const COMPARED =
  "simulate --policy heuristic --against popular --days 5 --users 24 --worlds 2 --seed luck --option creators.capacity=24 --json".split(
    " ",
  );

test(
  "differences are those of the same worlds on the same luck, and their parts add up to them",
  async () => {
    const out = join(folder, "compared");
    const told = await runInProcess([...COMPARED, "--workers", "2", "--out", out]);
    expect(told.errors).toBe("");
    expect(told.code).toBe(0);
    const report = JSON.parse(told.out) as EcosystemReport;
    const { figures } = await comparePolicies({
      id: "marketplace/content-v1",
      options: { creators: { capacity: 24 } },
      users: 24,
      days: 5,
      worlds: 2,
      key: deriveKey(rootKey("luck"), "simulate"),
      first: popularActor,
      second: () => heuristicActor(),
    });
    expect(Object.keys(report.figures).toSorted()).toEqual(Object.keys(figures).toSorted());
    for (const [name, { second, first, difference, interval }] of Object.entries(figures)) {
      const figure = report.figures[name]!;
      expect(figure.values[0], name).toMatchObject({ mean: second });
      expect(figure.values[1], name).toMatchObject({ mean: first });
      expect(figure.difference!.mean, name).toBeCloseTo(difference, 12);
      expect(figure.difference!.interval![0], name).toBeCloseTo(interval[0], 10);
      expect(figure.difference!.interval![1], name).toBeCloseTo(interval[1], 10);
    }
    const { value, parts, stakeholders } = report.ecosystem;
    const sum = (values: readonly { mean: number }[]): number =>
      values.reduce((all, { mean }) => all + mean, 0);
    expect(value.difference!.mean).not.toBe(0);
    expect(sum(parts!)).toBeCloseTo(value.difference!.mean, 9);
    expect(parts!.map(({ player }) => player)).toContain("volume");
    value.values.forEach((each, at) => {
      if ("unavailable" in each) throw new Error(each.unavailable);
      expect(sum(Object.values(stakeholders[at]!))).toBeCloseTo(each.mean, 9);
    });
    const divided = report.metrics.filter(({ mixRate }) => mixRate !== null);
    expect(divided.length).toBeGreaterThan(10);
    for (const { mixRate, difference, definition } of divided)
      expect(mixRate!.mix + mixRate!.rate, definition.name).toBeCloseTo(difference!.mean, 6);

    if ("unavailable" in report.gaps) throw new Error(report.gaps.unavailable);
    expect(report.gaps.axes.topics).toHaveLength(8);
    expect(report.gaps.cells.length + report.gaps.untested).toBeGreaterThan(20);

    const again = await runInProcess([...COMPARED, "--workers", "1"]);
    expect(again.out).toBe(told.out);
    expect(JSON.parse(readFileSync(join(out, "ecosystem.json"), "utf8"))).toEqual(report);
    const page = readFileSync(join(out, "ecosystem.html"), "utf8");
    for (const heading of [
      "Day by day",
      "Who gets what",
      "Supply and exposure",
      "Scorecard",
      "Content gaps: utility lost a week",
    ])
      expect(page).toContain(heading);
    expect(page).not.toMatch(/(?:src|href)=|url\(|@import|NaN|undefined|Infinity/);
    expect(page).toContain("prefers-color-scheme: dark");

    const refused = await runInProcess([...COMPARED, "--out", out]);
    expect(refused).toMatchObject({ code: 3, out: "" });
    expect(refused.errors).toMatch(
      /^longview: --out: .* holds a simulation already; .*--force replaces it\n$/,
    );
  },
  LIMIT,
);

test(
  "one world is told in plain lines, without intervals",
  async () => {
    const told = await runInProcess(
      "simulate --policy random --world marketplace/content-v0 --days 3 --users 16 --worlds 1".split(" "),
    );
    expect(told.code).toBe(0);
    const lines = told.out.split("\n");
    expect(lines[0]).toMatch(/^1 of 1 worlds, last day: users in session [\d.]+, satisfaction 0\.\d+, /);
    expect(lines[1]).toBe(
      "marketplace/content-v0: 1 world of 16 user slots for 3 days; one world has no intervals",
    );
    expect(told.out).toMatch(/simulate-default-without-money version 1/);
    expect(told.out).not.toMatch(/\[[\d−]|NaN|undefined/);
    expect(told.out).toMatch(/not available:[^]*revenue/);
  },
  LIMIT,
);

test(
  "an exported policy plays in the world that it learned in, and not in one that it doesn't fit",
  async () => {
    const bundle = join(folder, "bundle");
    await writeBundle(bundle, (await worldOf("marketplace/content-v0", CONTENT, 1)).environment);
    const shown = [
      "simulate",
      "--policy",
      `bundle:${bundle}`,
      "--days",
      "3",
      "--users",
      "12",
      "--worlds",
      "2",
    ];
    const told = await runInProcess([
      ...shown,
      "--json",
      "--world",
      "marketplace/content-v0",
      ...Object.entries(CONTENT).flatMap(([key, value]) =>
        key === "days" ? [] : ["--option", `${key}=${JSON.stringify(value)}`],
      ),
    ]);
    expect(told.errors).toBe("");
    const report = JSON.parse(told.out) as EcosystemReport;
    expect(report.policies).toEqual([`bundle:${bundle}`]);
    const { decisions } = report.figures;
    expect(decisions!.values[0]).toMatchObject({ mean: expect.any(Number) as number });
    const refused = await runInProcess([...shown, "--world", "marketplace/content-v1"]);
    expect(refused.code).toBe(3);
    expect(refused.errors).toMatch(/^longview: --policy bundle:[^\n]*does not fit: [^\n]*\n$/);
  },
  LIMIT,
);

test("the folder of an interrupted or refused simulation does not come to be", async () => {
  const out = join(folder, "never");
  const refused = await runInProcess(["simulate", "--policy", "random", "--users", "-3", "--out", out]);
  expect(refused.code).toBe(3);
  expect(existsSync(out)).toBe(false);
});
