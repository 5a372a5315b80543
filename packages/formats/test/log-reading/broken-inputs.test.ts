import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  csvText,
  jsonText,
  MAPPING,
  readAll,
  refusal,
  row,
  rowsWith,
  testFolder,
  write,
  writeParquet,
} from "./helpers.ts";

const folder = testFolder();
const good = [1, 2, 3, 4, 5].map((number) => row(number));
const own = (message: string): string => message.replaceAll(`${folder}/`, "");

describe("one bad row is refused in one line that names rule, file, row and value", () => {
  test.each([
    [
      { propensity: null },
      "PROPENSITY_MISSING: propensity is missing in 1 row, first F row 3; allowed: above 0 and at most 1",
    ],
    [
      { propensity: "NaN" },
      'PROPENSITY_NAN: propensity is NaN in 1 row, first F row 3 ("NaN"); allowed: above 0 and at most 1',
    ],
    [
      { propensity: "high" },
      'PROPENSITY_NOT_A_NUMBER: propensity is not a number in 1 row, first F row 3 ("high"); allowed: above 0 and at most 1',
    ],
    [
      { propensity: 0 },
      'PROPENSITY_NOT_POSITIVE: propensity is not above 0 in 1 row, first F row 3 ("0"); allowed: above 0 and at most 1',
    ],
    [
      { propensity: -0.5 },
      'PROPENSITY_NOT_POSITIVE: propensity is not above 0 in 1 row, first F row 3 ("-0.5"); allowed: above 0 and at most 1',
    ],
    [
      { propensity: 1.7 },
      'PROPENSITY_ABOVE_ONE: propensity is above 1 in 1 row, first F row 3 ("1.7"); allowed: above 0 and at most 1',
    ],
    [
      { propensity: "Infinity" },
      'PROPENSITY_ABOVE_ONE: propensity is above 1 in 1 row, first F row 3 ("Infinity"); allowed: above 0 and at most 1',
    ],
    [{ click: null }, "REWARD_MISSING: click is missing in 1 row, first F row 3; allowed: a finite number"],
    [
      { click: "NaN" },
      'REWARD_NOT_FINITE: click is NaN or infinite in 1 row, first F row 3 ("NaN"); allowed: a finite number',
    ],
    [
      { click: "-inf" },
      'REWARD_NOT_FINITE: click is NaN or infinite in 1 row, first F row 3 ("-inf"); allowed: a finite number',
    ],
    [
      { click: "yes" },
      'REWARD_NOT_A_NUMBER: click is not a number in 1 row, first F row 3 ("yes"); allowed: a finite number',
    ],
    [{ item: null }, "ACTION_MISSING: item is missing in 1 row, first F row 3; allowed: an item's id"],
    [
      { item: "i9" },
      'ACTION_UNKNOWN: item is not a known item in 1 row, first F row 3 ("i9"); allowed: one of 4 items',
    ],
    [
      { position: -1 },
      'POSITION_INVALID: position is not a position in 1 row, first F row 3 ("-1"); allowed: a whole number from 0',
    ],
    [
      { position: 0.5 },
      'POSITION_INVALID: position is not a position in 1 row, first F row 3 ("0.5"); allowed: a whole number from 0',
    ],
    [
      { position: "top" },
      'POSITION_INVALID: position is not a position in 1 row, first F row 3 ("top"); allowed: a whole number from 0',
    ],
    [
      { id: null },
      "DECISION_ID_MISSING: id is missing in 1 row, first F row 3; allowed: an id, unique in the log",
    ],
    [
      { id: "d1" },
      'DECISION_ID_DUPLICATE: id was seen before in 1 row, first F row 3 ("d1"); allowed: an id, unique in the log',
    ],
    [{ user: null }, "UNIT_MISSING: user is missing in 1 row, first F row 3; allowed: an id"],
    [
      { time: "soon" },
      'TIMESTAMP_INVALID: time is not a time in 1 row, first F row 3 ("soon"); allowed: seconds, or a date and time',
    ],
    [
      { user: "u1", time: 100.5 },
      'TIME_BACKWARD: time runs backward within a unit in 1 row, first F row 3 ("100.5"); allowed: each unit\'s rows in order of time',
    ],
    [{ policy: null }, "POLICY_MISSING: policy is missing in 1 row, first F row 3; allowed: an id"],
    [
      { policy: "p9" },
      'POLICY_UNKNOWN: policy names an unknown policy in 1 row, first F row 3 ("p9"); allowed: p1, p2',
    ],
    [
      { complete: "maybe" },
      'OUTCOMES_FLAG_INVALID: complete is neither true nor false in 1 row, first F row 3 ("maybe"); allowed: true or false',
    ],
  ])(
    "%j",
    async (changed, expected) => {
      const rows = rowsWith(changed);
      for (const [name, text] of [
        ["log.csv", csvText(rows)],
        ["log.jsonl", jsonText(rows)],
      ] as const) {
        const file = write(join(folder, name), text);
        const settings = {
          files: [file],
          mapping: MAPPING,
          policies: ["p1", "p2"],
          actions: ["i0", "i1", "i2", "i3"],
        };
        expect(own(await refusal(settings))).toBe(expected.replace(" F ", ` ${name} `));

        if (name === "log.jsonl") continue;
        const quarantine = join(folder, "aside", "quarantine.jsonl");
        const { report, chunks } = await readAll({ ...settings, quarantine });
        expect([report.rowsRead, report.rowsKept, report.rowsQuarantined, report.rowsLeftOut]).toEqual([
          5, 4, 1, 0,
        ]);
        expect([...chunks[0]!.row]).toEqual([1, 2, 4, 5]);
        const line: unknown = JSON.parse(readFileSync(quarantine, "utf8"));
        expect(line).toMatchObject({ file, row: 3, violated: [expected.split(":")[0]] });
      }
    },
    20_000,
  );
});

describe("a file that cannot be read is refused in one line", () => {
  const csv = csvText(good);
  const gz = gzipSync(csvText(Array.from({ length: 2000 }, (_, k) => row(k, { user: `u${Math.sin(k)}` }))));
  test.each<[string, string | Uint8Array, string | RegExp]>([
    ["empty.csv", "", "empty.csv: is empty; a header and rows are needed"],
    ["header.csv", `${csv.split("\n")[0]}\n`, "header.csv: has no rows; at least one is needed"],
    ["empty.jsonl", "", "empty.jsonl: is empty; a header and rows are needed"],
    ["empty.csv.gz", gzipSync(""), "empty.csv.gz: is empty; a header and rows are needed"],
    ["empty.parquet", "", "empty.parquet: is empty; a Parquet file is needed"],
    ["text.parquet", csv, "text.parquet: is not a Parquet file: it does not begin with PAR1"],
    [
      "cut.csv.gz",
      gz.subarray(0, gz.length >> 1),
      /^cut\.csv\.gz: cannot be read to its end \(.*\); is it cut short\?$/,
    ],
    [
      "plain.csv.gz",
      csv,
      /^plain\.csv\.gz: cannot be read to its end \(incorrect header check\); is it cut short\?$/,
    ],
    [
      "quote.csv",
      csv.replace("d2,", '"d2,'),
      "quote.csv: holds 1 double quotes, an odd number: one field is never closed",
    ],
    ["one.csv", "a\n1\n", 'one.csv: its first line holds one field, "a"; a header of several is needed'],
    ["case.csv", "id,Id\n1,2\n", 'case.csv: columns "id" and "Id" differ in case alone'],
    [
      "long.jsonl",
      `${jsonText(good)}{"id":"${"x".repeat(5e6)}"}\n`,
      /^long\.jsonl: line 6 cannot be read: Maximum line size/,
    ],
    [
      "pairs.csv",
      csv.replace("d2,", '"d2,').replace("d4,", '"d4,'),
      /^pairs\.csv: line \d cannot be read: .*quote/,
    ],
    ["twice.csv", "id,id\n1,2\n", 'twice.csv: two columns are named "id"'],
    [
      "binary.csv",
      Buffer.concat([Buffer.from(csv), Buffer.from([0xff, 0xfe, 44, 10])]),
      /^binary\.csv: line 7 cannot be read: .*(utf-8|unicode)/i,
    ],
    [
      "wide.csv",
      `${csv}${"1,".repeat(40)}\n`,
      /^wide\.csv: line 7 cannot be read: Expected Number of Columns/,
    ],
    [
      "narrow.csv",
      `${csv}d6,u1\n`,
      'ROW_UNREADABLE: row cannot be read in 1 row, first narrow.csv row 6 ("fewer than 9 fields"); allowed: a whole row',
    ],
    [
      "broad.csv",
      csv.replace("d2,", "d2,d2,"),
      'ROW_UNREADABLE: row cannot be read in 1 row, first broad.csv row 2 ("more than 9 fields"); allowed: a whole row',
    ],
    [
      "words.jsonl",
      "hello\nthere\n",
      "words.jsonl: its first lines hold no JSON object; one a line is needed",
    ],
    [
      "half.jsonl",
      jsonText(good).slice(0, -20),
      'ROW_UNREADABLE: row cannot be read in 1 row, first half.jsonl row 5 ("not JSON"); allowed: a whole row',
    ],
    [
      "list.jsonl",
      `${jsonText(good)}[1]\n`,
      'ROW_UNREADABLE: row cannot be read in 1 row, first list.jsonl row 6 ("not a JSON object"); allowed: a whole row',
    ],
    [
      "log.xlsx",
      "x",
      "log.xlsx: unknown ending; allowed: .parquet, .csv, .tsv, .jsonl, .ndjson, and .gz after all but the first",
    ],
    [
      "name.csv",
      csv.replace("propensity", "propensity_score"),
      'name.csv: there is no column "propensity"; did you mean "propensity_score"? it has: id, user, time, policy, item, position, propensity_score, click, complete',
    ],
    [
      "name.jsonl",
      jsonText(good).replaceAll("propensity", "Propnsity"),
      'name.jsonl: there is no column "propensity"; did you mean "Propnsity"? it has: id, user, time, policy, item, position, Propnsity, click, complete',
    ],
  ])("%s", async (name, content, expected) => {
    const message = own(await refusal({ files: [write(join(folder, name), content)], mapping: MAPPING }));
    if (typeof expected === "string") expect(message).toBe(expected);
    else expect(message).toMatch(expected);
    expect(message.split("\n")).toHaveLength(1);
  });

  test("Parquet: cut short, broken inside, without rows, without the column", async () => {
    const path = await writeParquet(
      join(folder, "good.parquet"),
      "SELECT random() AS p, i % 7 AS item, 1 AS click FROM range(5000) t(i)",
    );
    const bytes = readFileSync(path);
    const mapping = { reward: "click", propensity: "p", action: "item" };
    const cut = write(join(folder, "cut.parquet"), bytes.subarray(0, bytes.length - 100));
    expect(own(await refusal({ files: [cut], mapping }))).toBe(
      `cut.parquet: is cut short: a Parquet file ends with PAR1, this one of ${bytes.length - 100} bytes does not`,
    );
    const torn = write(
      join(folder, "torn.parquet"),
      Buffer.concat([bytes.subarray(0, 200), Buffer.alloc(4000, 0xee), bytes.subarray(4200)]),
    );
    const said = own(await refusal({ files: [torn], mapping }));
    expect(said).toMatch(/^PROPENSITY_NOT_POSITIVE.* first torn\.parquet row \d+ /);
    expect(said.split("\n")).toHaveLength(1);
    const none = await writeParquet(
      join(folder, "none.parquet"),
      "SELECT .5 AS p, 1 AS item, 1 AS click WHERE false",
    );
    expect(own(await refusal({ files: [none], mapping }))).toBe(
      "none.parquet: has no rows; at least one is needed",
    );
    expect(own(await refusal({ files: [path], mapping: { ...mapping, reward: "clicks" } }))).toBe(
      'good.parquet: there is no column "clicks"; did you mean "click"? it has: p, item, click',
    );
  });

  test("files and mapping that make no sense", async () => {
    const file = write(join(folder, "good.csv"), csv);
    expect(own(await refusal({ files: [] }))).toBe("files: none is given; at least one is needed");
    expect(own(await refusal({ files: [join(folder, "no.csv")] }))).toBe("no.csv: there is no such file");
    expect(own(await refusal({ files: [file, file] }))).toBe("files: good.csv is given twice");
    expect(own(await refusal({ files: [file], quarantine: file }))).toBe(
      "quarantine: good.csv is a file of the log itself",
    );
    expect(own(await refusal({ files: [file] }))).toBe(
      "good.csv: its columns (id, user, time, policy, item, position, propensity, click, complete) are neither " +
        "Open Bandit's nor a decision log's; a column mapping is needed",
    );
  });
});

describe("refusals leave nothing half done", () => {
  test("every rule that is broken has its line, and a refused log writes no file", async () => {
    const rows = [
      ...rowsWith({ propensity: 0 }),
      row(6, { propensity: 2, click: "x" }),
      row(7, { propensity: 3 }),
    ];
    const file = write(join(folder, "many.csv"), csvText(rows));
    expect(own(await refusal({ files: [file], mapping: MAPPING })).split("\n")).toEqual([
      'PROPENSITY_NOT_POSITIVE: propensity is not above 0 in 1 row, first many.csv row 3 ("0"); allowed: above 0 and at most 1',
      'PROPENSITY_ABOVE_ONE: propensity is above 1 in 2 rows, first many.csv row 6 ("2"); allowed: above 0 and at most 1',
      'REWARD_NOT_A_NUMBER: click is not a number in 1 row, first many.csv row 6 ("x"); allowed: a finite number',
    ]);
    const bad = write(join(folder, "bad.csv"), csvText(good.map((entry) => ({ ...entry, propensity: 0 }))));
    const quarantine = join(folder, "never", "q.jsonl");
    expect(own(await refusal({ files: [bad], mapping: MAPPING, quarantine }))).toBe(
      "bad.csv: none of 5 rows may be kept: 5 break the contract, 0 have incomplete outcomes; " +
        'PROPENSITY_NOT_POSITIVE: propensity is not above 0 in 5 rows, first bad.csv row 1 ("0"); allowed: above 0 and at most 1',
    );
    expect(existsSync(join(folder, "never"))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith(".writing"))).toEqual([]);
  });
});
