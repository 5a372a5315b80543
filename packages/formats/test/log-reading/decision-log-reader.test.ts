import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { openDecisionLog } from "../../src/index.ts";
import {
  csvText,
  jsonText,
  MAPPING,
  readAll,
  refusal,
  row,
  testFolder,
  write,
  writeParquet,
} from "./helpers.ts";

const folder = testFolder();
const data = new URL("../../../../../shared/data/open-bandit/", import.meta.url);
const absent = !existsSync(data);

describe("the same rows", () => {
  const rows = Array.from({ length: 700 }, (_, k) => row(k, { complete: k % 50 !== 7 }));

  test("read alike from CSV, gzip, JSON lines and Parquet, in pieces of any size", async () => {
    const csv = write(join(folder, "same.csv"), `\uFEFF${csvText(rows).replaceAll("\n", "\r\n")}`);
    const gz = write(join(folder, "same.csv.gz"), gzipSync(csvText(rows)));
    const tsv = write(join(folder, "same.tsv"), csvText(rows).replaceAll(",", "\t"));
    const jsonl = write(join(folder, "same.jsonl"), jsonText(rows));
    const parquet = await writeParquet(
      join(folder, "same.parquet"),
      `SELECT * FROM read_json('${jsonl}', columns = {id: 'VARCHAR', user: 'VARCHAR', time: 'DOUBLE', policy: 'VARCHAR', ` +
        `item: 'VARCHAR', position: 'TINYINT', propensity: 'FLOAT', click: 'BOOLEAN', complete: 'BOOLEAN'})`,
    );
    const expected = await readAll({ files: [csv], mapping: MAPPING });
    expect(expected.report).toMatchObject({
      rowsRead: 700,
      rowsKept: 686,
      rowsLeftOut: 14,
      rowsQuarantined: 0,
    });
    expect(expected.report.firstLeftOut).toEqual({ file: csv, row: 8 });
    const [whole] = expected.chunks;
    const kept = rows.filter(({ complete }) => complete === true);
    expect([...whole!.rewards[0]!]).toEqual(kept.map(({ click }) => click));
    expect([...whole!.time!]).toEqual(kept.map(({ time }) => time));
    expect([...whole!.position!]).toEqual(kept.map(({ position }) => position));
    expect(new Set(whole!.unit).size).toBe(3);
    for (const file of [gz, tsv, jsonl, parquet]) {
      const other = await readAll({ files: [file], mapping: MAPPING });
      expect(other.chunks).toEqual(expected.chunks);
    }
    const reader = await openDecisionLog({ files: [parquet], mapping: MAPPING });
    let start = 0;
    for await (const chunk of reader.chunks({ rows: 100 })) {
      expect(chunk.rowCount).toBe(start < 600 ? 100 : 86);
      expect([...chunk.row]).toEqual(Array.from(whole!.row).slice(start, start + 100));
      expect([...chunk.action!]).toEqual(Array.from(whole!.action!).slice(start, start + 100));
      start += chunk.rowCount;
    }
    reader.close();
    expect(start).toBe(686);
  });

  test("in several files count rows by file, and find what repeats between them", async () => {
    const first = write(join(folder, "first.csv"), csvText(rows.slice(0, 300)));
    const second = write(join(folder, "second.jsonl"), jsonText(rows.slice(299)));
    expect((await refusal({ files: [first, second], mapping: MAPPING })).replaceAll(`${folder}/`, "")).toBe(
      'DECISION_ID_DUPLICATE: id was seen before in 1 row, first second.jsonl row 1 ("d299"); allowed: an id, unique in the log',
    );
    const quarantine = join(folder, "twice.jsonl.gz");
    const { report, chunks } = await readAll({ files: [first, second], mapping: MAPPING, quarantine });
    expect(report.files.map((file) => file.rows)).toEqual([300, 401]);
    expect(report).toMatchObject({ rowsRead: 701, rowsKept: 686, rowsLeftOut: 14, rowsQuarantined: 1 });
    expect(chunks[0]!.rowCount).toBe(686);
    const aside: unknown = JSON.parse(gunzipSync(readFileSync(quarantine)).toString());
    expect(aside).toMatchObject({
      file: second,
      row: 1,
      violated: ["DECISION_ID_DUPLICATE"],
      source: { id: "d299" },
    });
  });
});

test("rows of a CSV that are set aside carry more fields only where there were more", async () => {
  const lines = csvText(Array.from({ length: 40 }, (_, k) => row(k)))
    .trimEnd()
    .split("\n");
  lines[4] = `${lines[4]},spare`;
  lines[7] = lines[7]!.replace(/[^,]*/, "");
  const file = write(join(folder, "more.csv"), `${lines.join("\n")}\n`);
  const quarantine = join(folder, "more.jsonl");
  const { report } = await readAll({ files: [file], mapping: MAPPING, quarantine });
  expect(report.rowsQuarantined).toBe(2);
  const sources = readFileSync(quarantine, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => /"more fields":(\[[^\]]*\])/.exec(line)?.[1]);
  expect(sources).toEqual(['["spare"]', undefined]);
});

test("time is checked within each unit, against the latest before, and may stand still", async () => {
  const times: [string, number][] = [
    ["a", 5],
    ["b", 1],
    ["a", 5],
    ["a", 9],
    ["b", 2],
    ["a", 6],
    ["a", 8],
    ["a", 9],
  ];
  const text = csvText(times.map(([user, time], k) => row(k, { user, time })));
  const files = [write(join(folder, "time.csv"), text)];
  const { report, chunks } = await readAll({
    files,
    mapping: MAPPING,
    quarantine: join(folder, "time.jsonl"),
  });
  expect(report.violations).toMatchObject([
    { code: "TIME_BACKWARD", count: 2, first: { row: 6, value: "6" } },
  ]);
  expect([...chunks[0]!.row]).toEqual([1, 2, 3, 4, 5, 8]);
});

test("rows whose outcomes are not complete are left out before any rule looks at them", async () => {
  const rows = [row(1), row(2, { complete: false, click: null, propensity: 9 }), row(2)];
  const files = [write(join(folder, "open.csv"), csvText(rows))];
  const { report } = await readAll({ files, mapping: MAPPING });
  expect(report).toMatchObject({ rowsRead: 3, rowsKept: 2, rowsLeftOut: 1, violations: [] });
});

test("a log without propensities says that they must be estimated", async () => {
  const files = [write(join(folder, "bare.csv"), csvText([row(1), row(2)]))];
  const { report, chunks } = await readAll({ files, mapping: { reward: "click", action: "item" } });
  expect(chunks[0]!.propensity).toBeUndefined();
  expect(report.notChecked[0]).toBe("propensities: they must be estimated (no propensity column)");
});

test("a column of another policy's probabilities is checked and read", async () => {
  const text = "p,r,other\n0.5,1,0\n0.5,0,1\n0.5,0,1.01\n";
  const files = [write(join(folder, "other.csv"), text)];
  const mapping = { reward: "r", propensity: "p", probabilities: { candidate: "other" } };
  expect((await refusal({ files, mapping })).replaceAll(`${folder}/`, "")).toBe(
    'PROBABILITY_INVALID: other is not a probability in 1 row, first other.csv row 3 ("1.01"); allowed: from 0 to 1',
  );
  const { chunks } = await readAll({ files, mapping, quarantine: join(folder, "other.jsonl") });
  expect([...chunks[0]!.probabilities[0]!]).toEqual([0, 1]);
});

test("a file's name is a name, not a pattern that finds other files", async () => {
  const mapping = { reward: "r", propensity: "p" };
  for (const [name, other] of [
    ["a*b.csv", "axb.csv"],
    ["c?.csv", "cc.csv"],
    ["d[1].csv", "d1.csv"],
    ["it's.csv", "its.csv"],
  ] as const) {
    write(join(folder, other), "r,p\n7,0.5\n");
    const { chunks } = await readAll({ files: [write(join(folder, name), "r,p\n1,0.5\n")], mapping });
    expect(chunks.map((chunk) => [...chunk.rewards[0]!])).toEqual([[1]]);
  }
});

test("quoted fields may hold separators, quotes and line breaks; names may clash with the reader's own", async () => {
  const text = 'r,p,line,ordinal\r\n1,0.5,"a,\nb",x\r\n2,0.5,"say ""x""",y\r\n';
  const file = write(join(folder, "quoted.csv"), text);
  const reader = await openDecisionLog({
    files: [file],
    mapping: { reward: "r", propensity: "p", action: "line" },
  });
  expect(reader.report.rowsKept).toBe(2);
  expect(reader.actions).toEqual(["a,\nb", 'say "x"']);
  reader.close();
});

test("dates, decimals and times of Parquet are read as what they are", async () => {
  const file = await writeParquet(
    join(folder, "types.parquet"),
    "SELECT 1.25::DECIMAL(4, 2) AS r, 0.5::REAL AS p, t FROM (VALUES (TIMESTAMP '2020-01-01 00:00:01.5')) v(t)",
  );
  const { chunks } = await readAll({
    files: [file],
    mapping: { reward: "r", propensity: "p", timestamp: "t" },
  });
  expect([...chunks[0]!.rewards[0]!, ...chunks[0]!.time!]).toEqual([1.25, Date.UTC(2020, 0, 1) / 1000 + 1.5]);
});

test("many metrics are checked each by itself", async () => {
  const names = Array.from({ length: 24 }, (_, k) => `m${k}`);
  const line = (bad: number): string => `0.5,${names.map((_, k) => (k === bad ? "x" : k)).join(",")}\n`;
  const file = write(join(folder, "metrics.csv"), `p,${names.join(",")}\n${line(-1)}${line(0)}${line(23)}`);
  const mapping = { propensity: "p", reward: Object.fromEntries(names.map((name) => [name, name])) };
  const { report, chunks } = await readAll({
    files: [file],
    mapping,
    quarantine: join(folder, "metrics.jsonl"),
  });
  expect(report.violations.map(({ fault, first }) => [fault, first.row])).toEqual([
    ["m0 is not a number", 2],
    ["m23 is not a number", 3],
  ]);
  expect(chunks[0]!.rewards.map((values) => values[0])).toEqual(names.map((_, k) => k));
});

describe("Longview's own log", () => {
  const decision = (number: number, slate: string): string =>
    `SELECT 'd${number}' AS decision_id, 'u' AS unit_id, ${number}.0 AS timestamp, 'p' AS policy_id, [0.5, 1.5] AS context, ` +
    `[{item_id: 'x', creator_id: 'c', features: [1.0]}, {item_id: 'y', creator_id: 'c', features: [2.0]}] AS candidates, ` +
    `${slate}::INTEGER[] AS slate, 0.5 AS slate_propensity, {engagement: ${number}.5, revenue: 2.0} AS objectives, ` +
    `{harm: 0.25} AS costs, true AS outcomes_complete`;

  test("is recognised: metrics are its objectives and costs, the action its slate's item", async () => {
    const file = await writeParquet(
      join(folder, "own.parquet"),
      `${decision(1, "[1]")} UNION ALL ${decision(2, "[0]")}`,
    );
    const reader = await openDecisionLog({ files: [file], carry: ["context", "candidates"] });
    expect(reader.report.layout).toBe("decision-log");
    expect(reader.metrics).toEqual(["engagement", "revenue", "harm"]);
    expect(reader.actions).toEqual(["x", "y"]);
    for await (const chunk of reader.chunks()) {
      expect([...chunk.action!]).toEqual([1, 0]);
      expect(chunk.rewards.map((values) => [...values])).toEqual([
        [1.5, 2.5],
        [2, 2],
        [0.25, 0.25],
      ]);
      expect(chunk.carried["context"]).toEqual([
        [0.5, 1.5],
        [0.5, 1.5],
      ]);
      expect(chunk.carried["candidates"]![0]).toMatchObject([
        { item_id: "x" },
        { item_id: "y", features: [2] },
      ]);
    }
    reader.close();
  });

  test("is recognised as JSON lines too", async () => {
    const decision = {
      decision_id: "d1",
      candidates: [
        { item_id: "x", creator_id: "c", features: [1] },
        { item_id: "y", creator_id: "c", features: [2] },
      ],
      slate: [1],
      slate_propensity: 0.5,
      objectives: { engagement: 1.5 },
      costs: { harm: 0 },
    };
    const file = write(
      join(folder, "own.jsonl"),
      jsonText([decision, { ...decision, decision_id: "d2", slate: [2] }]),
    );
    expect(await refusal({ files: [file] })).toMatch(
      /^SLATE_INVALID: .* in 1 row, first .*own\.jsonl row 2 \("\[2\]"\)/,
    );
    const { chunks } = await readAll({
      files: [file],
      quarantine: join(folder, "own-q.jsonl"),
      carry: ["candidates"],
    });
    expect(chunks[0]!.rewards).toEqual([Float64Array.of(1.5), Float64Array.of(0)]);
    expect([...chunks[0]!.action!]).toEqual([0]);
    expect(chunks[0]!.carried["candidates"]).toEqual([decision.candidates]);
  });

  test("with slates of several items has no single action; a slate that cannot be is a broken rule", async () => {
    const slates = ["[1, 0]", "[0]", "[2]", "[0, 0]", "[-1]", "[]"];
    const file = await writeParquet(
      join(folder, "slates.parquet"),
      slates.map((slate, k) => decision(k, slate)).join(" UNION ALL "),
    );
    const quarantine = join(folder, "slates.jsonl");
    const reader = await openDecisionLog({ files: [file], quarantine, carry: ["slate"] });
    expect(reader.slateSize).toBe(2);
    expect(reader.actions).toBeUndefined();
    expect(reader.report.violations).toMatchObject([
      { code: "SLATE_INVALID", count: 4, first: { row: 3, value: "[2]" } },
    ]);
    for await (const chunk of reader.chunks()) expect(chunk.carried["slate"]).toEqual([[1, 0], [0]]);
    reader.close();
  });
});

test("nothing temporary stays behind, whether a log is read or refused", async () => {
  const file = write(join(folder, "tidy.csv"), csvText([row(1), row(2)]));
  const temporary = join(folder, "temporary");
  mkdirSync(temporary);
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = temporary;
  try {
    const reader = await openDecisionLog({ files: [file], mapping: MAPPING });
    expect(readdirSync(temporary)).toHaveLength(1);
    reader.close();
    reader.close();
    await refusal({ files: [file], mapping: { reward: "no such column" } });
    expect(readdirSync(temporary)).toEqual([]);
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
});

describe("Open Bandit's files, without a mapping (skipped where the data is absent)", () => {
  test.skipIf(absent).each([
    ["random", "men"],
    ["bts", "men"],
    ["random", "women"],
    ["bts", "women"],
  ])("%s %s: 10,000 rows, items and positions as the file counts them", async (policy, campaign) => {
    const file = fileURLToPath(new URL(`obd_${policy}_${campaign}.csv.gz`, data));
    const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split("\n").slice(1);
    const count = (keys: readonly string[]): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
      return counts;
    };
    const fields = lines.map((line) => line.split(","));
    const itemLines = gunzipSync(readFileSync(new URL(`obd_${campaign}_items.csv.gz`, data)))
      .toString()
      .trimEnd();
    const actions = itemLines
      .split("\n")
      .slice(1)
      .map((line) => line.split(",")[1]!);
    const reader = await openDecisionLog({ files: [file], actions });
    expect(reader.report).toMatchObject({ layout: "open-bandit", rowsRead: 10_000, rowsKept: 10_000 });
    expect(actions).toHaveLength(campaign === "men" ? 34 : 46);
    const items: string[] = [];
    const positions: string[] = [];
    let clicks = 0;
    let propensities = 0;
    for await (const chunk of reader.chunks()) {
      items.push(...Array.from(chunk.action!, (number) => reader.actions![number]!));
      positions.push(...Array.from(chunk.position!, (position) => `${position + 1}`));
      for (const click of chunk.rewards[0]!) clicks += click;
      for (const propensity of chunk.propensity!) propensities += propensity;
    }
    reader.close();
    expect(count(items)).toEqual(count(fields.map((line) => line[1]!)));
    expect(count(positions)).toEqual(count(fields.map((line) => line[2]!)));
    expect(clicks).toBe(fields.filter((line) => line[3] === "1").length);
    expect(propensities).toBe(fields.reduce((sum, line) => sum + Number(line[4]), 0));
  });
});
