import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gapsCommand, type GapsCommandOptions } from "../src/commands/gaps.ts";
import { Axis } from "../src/gaps/axis.ts";
import { short } from "../src/gaps/heat-map.ts";
import { placesOf, topicNames } from "../src/gaps/log-row.ts";
import { writeGapLog, type GapLogFiles } from "./helpers/made-up-gap-log.ts";

let folder: string;
let files: GapLogFiles;
/** A log of a few users, for what needs no figures. */
let few: GapLogFiles;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gaps-"));
  files = writeGapLog(folder, 900);
  few = writeGapLog(folder, 30);
});
/** Ten readings of Parquet's engine, on a machine that may do other things. */
const PATIENCE = 60_000;

afterAll(() => rmSync(folder, { recursive: true }));

const defaults = { reference: "0.9", falseDiscoveryRate: "0.05", briefs: "20" };

/** Runs the command with what it prints caught. */
async function gaps(
  inputs: readonly string[],
  options: Partial<GapsCommandOptions> & { readonly out: string },
): Promise<{ code: number; out: string }> {
  const { stdout } = process;
  const before = stdout.write;
  let out = "";
  stdout.write = (piece: string | Uint8Array): boolean => {
    out += String(piece);
    return true;
  };
  try {
    return { code: await gapsCommand(inputs, { ...defaults, ...options }), out };
  } finally {
    stdout.write = before;
  }
}

describe("longview gaps of a log", () => {
  test(
    "finds what is lost at each stage, and writes page, numbers and briefs",
    { timeout: PATIENCE },
    async () => {
      const asked = {
        items: files.items,
        segment: "age",
        context: "place",
        wanted: "query",
        blocked: "blocked",
      };
      const out = join(folder, "atlas");
      const told = await gaps([files.log], { ...asked, out });
      expect(told.code).toBe(0);
      expect(told.out).toMatch(/gaps in \d+ tested cells/);
      expect(told.out).toMatch(/lost at eligibility +\w+, \w+ .* blocked/);
      const json = JSON.parse(readFileSync(join(out, "gaps.json"), "utf8")) as {
        axes: { segments: string[] };
        found: number;
        cells: { topic: string; found: boolean; cause: { stages: string[] } }[];
        briefs: {
          topic: string;
          owners: string[];
          missing: { attribute: string }[];
          existing: { id: string }[];
        }[];
        topicPrices: { topic: string }[];
      };
      expect(json.axes.segments).toEqual(["middle", "old", "young"]);
      const stagesOf = (topic: string): Set<string> =>
        new Set(
          json.cells
            .filter((cell) => cell.topic === topic && cell.found)
            .map(({ cause }) => cause.stages.join()),
        );
      expect(stagesOf("lost at supply")).toEqual(new Set(["supply"]));
      expect(stagesOf("lost at eligibility")).toEqual(new Set(["eligibility"]));
      expect(json.topicPrices).toEqual([]);
      const supply = json.briefs.find(({ topic }) => topic === "lost at supply")!;
      expect(supply.owners).toEqual(["creator team"]);
      expect(supply.existing).toHaveLength(3);
      const page = readFileSync(join(out, "gaps.html"), "utf8");
      expect(page).toContain(`<h1>${json.found} gaps in what is served</h1>`);
      expect(page).not.toMatch(/<script|src=|https?:\/\//);
      expect(readdirSync(join(out, "briefs"))).toHaveLength(json.briefs.length);
    },
  );

  test(
    "reads topics from features, groups a number of the context by quartiles, says what the log can't tell, and gives the same bytes again",
    { timeout: PATIENCE },
    async () => {
      const out = join(folder, "features");
      const told = await gaps([few.log], { out, topicFeatures: "0-4", context: "context.1", json: true });
      expect(JSON.parse(told.out)).toMatchObject({ status: "done", out });
      const json = JSON.parse(readFileSync(join(out, "gaps.json"), "utf8")) as {
        axes: { topics: string[]; segments: string[]; contexts: string[] };
        limits: string[];
        topicPrices: { topic: string }[];
      };
      expect(json.axes.topics).toEqual(["topic 0", "topic 1", "topic 2", "topic 3", "topic 4"]);
      expect(json.topicPrices.map(({ topic }) => topic).toSorted()).toEqual(json.axes.topics);
      expect(json.axes.segments).toEqual(["everyone"]);
      expect(json.axes.contexts).toHaveLength(4);
      expect(json.axes.contexts[3]).toBe("context.1 above");
      expect(json.limits.join(" ")).toContain("can't be told from one that nobody made");
      const again = join(folder, "again");
      await gaps([few.log], { out: again, topicFeatures: "0-4", context: "context.1" });
      for (const name of ["gaps.json", "gaps.html"])
        expect(readFileSync(join(again, name), "utf8")).toBe(readFileSync(join(out, name), "utf8"));
    },
  );

  test("what is wrong is said in one line", { timeout: PATIENCE }, async () => {
    const out = join(folder, "wrong");
    const told = (options: Partial<GapsCommandOptions>, inputs = [few.log]): Promise<unknown> =>
      gaps(inputs, { out, ...options });
    await expect(told({})).rejects.toThrow("doesn't say what its items are about; allowed: --items FILE");
    await expect(told({ topicFeatures: "3" })).rejects.toThrow(
      '--topic-features: found "3", allowed: FIRST-LAST',
    );
    await expect(told({ topicFeatures: "0-9" })).rejects.toThrow("has 5 features, and 0-9 was asked for");
    await expect(told({ topicFeatures: "0-4", metric: "clicks" })).rejects.toThrow(
      '--metric: found "clicks", allowed: click',
    );
    await expect(told({ items: few.items, wanted: "age" })).rejects.toThrow("--wanted: found topic");
    await expect(told({ falseDiscoveryRate: "0" })).rejects.toThrow('--false-discovery-rate: found "0"');
    await expect(told({ items: join(folder, "none.csv") })).rejects.toThrow("none.csv cannot be read");
    const short = join(folder, "short.csv");
    writeFileSync(short, "item_id,topic\ni0,music\n");
    await expect(told({ items: short })).rejects.toThrow(/item i\d+ of the log is not in the table/);
    writeFileSync(short, "item_id,topic\ni0,music\ni0,music\n");
    await expect(told({ items: short })).rejects.toThrow("line 3: item i0 is there twice");
    await expect(told({ topicFeatures: "0-4", segment: "decision_id" })).rejects.toThrow(
      "more than 50 different texts",
    );
    const empty = join(folder, "no-run");
    mkdirSync(empty);
    await expect(told({}, [empty])).rejects.toThrow("not a run folder");
  });
});

describe("the pieces", () => {
  test("an axis of few values has one group each, in order", () => {
    const axis = new Axis("--segment", "level", "everyone");
    for (const value of [10, 2, 2, null]) axis.observe(value);
    axis.settle();
    expect(axis.names).toEqual(["level 2", "level 10", "level unknown"]);
    expect([2, 10, null].map((value) => axis.groupOf(value))).toEqual([0, 1, 2]);
  });

  test("blocked candidates are positions, or one yes or no each", () => {
    expect(placesOf([0, 2], 4, "--blocked b")).toEqual([0, 2]);
    expect(placesOf([true, false, true], 3, "--blocked b")).toEqual([0, 2]);
    expect(placesOf(null, 3, "--blocked b")).toEqual([]);
    expect(() => placesOf([3], 3, "--blocked b")).toThrow(
      "--blocked b: found [3], allowed: positions from 0 to 2",
    );
  });

  test("topics are found by the names that a log notes", () => {
    expect(topicNames({ main: { context: [], candidates: ["age", "topic0", "topic1"] } })).toEqual({
      names: ["topic0", "topic1"],
      places: [1, 2],
    });
    expect(topicNames({ main: { context: [], candidates: ["topic0", "age", "topic1"] } })).toBeUndefined();
  });

  test("numbers in cells are short", () => {
    expect([0, 0.001, 0.12, 4.56, 123.4, 12_345, 1_234_567, -3.21].map(short)).toEqual([
      "0",
      "0",
      "0.12",
      "4.6",
      "123",
      "12k",
      "1.2M",
      "−3.2",
    ]);
  });
});
