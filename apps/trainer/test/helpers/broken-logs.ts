import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { BrokenCase, Inputs } from "./broken-launch.ts";
import { csvText, jsonLines, madeUpLog, SPEC } from "./made-up-log.ts";

const own = { columns: undefined } as const;

/** Files that can't be read. */
export function brokenFiles({ folder, good, file, csv, rows, parquet }: Inputs): BrokenCase[] {
  const zipped = gzipSync(csvText(madeUpLog()));
  const spoilt = (from: number, to: number): Buffer =>
    Buffer.concat([parquet.subarray(0, from), Buffer.alloc(200, 0xee), parquet.subarray(to)]);
  const other = join(folder, "folder.csv", "..", "good.csv").replace("/good.csv", "/./good.csv");
  return [
    ["an empty file", { log: file("log.csv", "") }, "log.csv: is empty; a header and rows are needed"],
    [
      "a header alone",
      { log: file("log.csv", csv.slice(0, csv.indexOf("\n") + 1)) },
      "log.csv: has no rows; at least one is needed",
    ],
    ["a missing file", { log: join(folder, "none.csv") }, "none.csv: there is no such file"],
    ["a folder", { log: join(folder, "folder.csv") }, "folder.csv: is not a file"],
    [
      "a wrong ending",
      { log: file("log.txt", csv) },
      "log.txt: unknown ending; allowed: .parquet, .csv, .tsv, .jsonl, .ndjson, and .gz after all but the first",
    ],
    [
      "bytes that are not UTF-8",
      { log: file("log.csv", Buffer.concat([Buffer.from(csv), Buffer.from([0xff, 0xfe, 10])])) },
      "log.csv: line 42 cannot be read: …",
    ],
    [
      "an unclosed quote",
      { log: file("log.csv", csv.replace("u2,", '"u2,')) },
      "log.csv: holds 1 double quotes, an odd number: one field is never closed",
    ],
    [
      "a short row",
      { log: file("log.csv", `${csv}d99,u99\n`) },
      'ROW_UNREADABLE: row cannot be read in 1 row, first log.csv row 41 ("fewer than 13 fields"); allowed: a whole row',
    ],
    [
      "Parquet cut short",
      { ...own, log: file("log.parquet", parquet.subarray(0, -50)) },
      "log.parquet: is cut short: a Parquet file ends with PAR1…",
    ],
    [
      "Parquet with a damaged footer",
      { ...own, log: file("log.parquet", spoilt(parquet.length - 300, parquet.length - 100)) },
      "log.parquet: cannot be read as Parquet: …",
    ],
    [
      "Parquet with a damaged page",
      { ...own, log: file("log.parquet", spoilt(100, 300)) },
      "log.parquet: cannot be read: …",
    ],
    [
      "text called Parquet",
      { log: file("log.parquet", csv) },
      "log.parquet: is not a Parquet file: it does not begin with PAR1",
    ],
    [
      "gzip cut short",
      { log: file("log.csv.gz", zipped.subarray(0, zipped.length >> 1)) },
      "log.csv.gz: cannot be read to its end (unexpected end of file); is it cut short?",
    ],
    [
      "text called gzip",
      { log: file("log.csv.gz", csv) },
      "log.csv.gz: cannot be read to its end (incorrect header check); is it cut short?",
    ],
    [
      "lines that are not JSON",
      { log: file("log.jsonl", "hello\nworld\n") },
      "log.jsonl: its first lines hold no JSON object; one a line is needed",
    ],
    [
      "JSON cut short",
      { log: file("log.jsonl", jsonLines(rows).slice(0, -9)) },
      'ROW_UNREADABLE: row cannot be read in 1 row, first log.jsonl row 40 ("not JSON"); allowed: a whole row',
    ],
    ["a file twice", { log: [good.log, good.log] }, "files: good.csv is given twice"],
    ["a file twice in other words", { log: [good.log, other] }, "files: ./good.csv is given twice"],
    [
      "a second file without a column",
      { log: [good.log, file("log.csv", csv.replace("propensity", "prop"))] },
      'log.csv: there is no column "propensity"; did you mean "prop"? it has: id, user, …',
    ],
    [
      "a column with a name of the reader's own",
      { log: file("log.csv", csv.replace("bold", "longview_source_row")) },
      'log.csv: a column is named "longview_source_row", which reading a log needs for itself; give it another name',
    ],
    [
      "a foreign layout without a mapping",
      own,
      "good.csv: its columns (id, user, session, step, time, policy, item, country, propensity, bold, click, revenue, …) are neither…",
    ],
  ];
}

/** Rows that break the log's contract, or do not fit the specification. */
export function brokenRows({ file, rows, row, position, columns, spec }: Inputs): BrokenCase[] {
  const byPosition = { columns: columns({ position: "position", position_base: 1 }) };
  const inRow = (fault: string, value?: string | number): string =>
    `${fault} in 1 row, first log.csv row 3${value === undefined ? "" : ` (${JSON.stringify(String(value))})`}; allowed: `;
  const probability = "above 0 and at most 1";
  const propensity = (value: string | number, code: string, fault: string): BrokenCase => [
    `propensity ${String(value)}`,
    { log: row({ propensity: value }) },
    `PROPENSITY_${code}: ${inRow(`propensity is ${fault}`, value)}${probability}`,
  ];
  const reward = (value: string | number, code: string, fault: string): BrokenCase => [
    `reward ${String(value)}`,
    { log: row({ click: value }) },
    `REWARD_${code}: ${inRow(`click is ${fault}`, value)}a finite number`,
  ];
  const sessions = madeUpLog(2000, 4).slice(0, 40);
  const valued = { estimand: { ...SPEC.estimand, horizon: 3 } };
  return [
    propensity(0, "NOT_POSITIVE", "not above 0"),
    propensity(-0.5, "NOT_POSITIVE", "not above 0"),
    propensity(1.7, "ABOVE_ONE", "above 1"),
    propensity(Infinity, "ABOVE_ONE", "above 1"),
    propensity(NaN, "NAN", "NaN"),
    propensity("high", "NOT_A_NUMBER", "not a number"),
    [
      "no propensity",
      { log: row({ propensity: "" }) },
      `PROPENSITY_MISSING: ${inRow("propensity is missing")}${probability}`,
    ],
    [
      "a propensity that no weight can stand",
      { log: row({ propensity: 1e-310 }) },
      "log.csv row 3: its propensity is 1e-310, so small that its weight overflows; allowed: from 1e-100 to 1",
    ],
    reward("yes", "NOT_A_NUMBER", "not a number"),
    reward(NaN, "NOT_FINITE", "NaN or infinite"),
    reward(-Infinity, "NOT_FINITE", "NaN or infinite"),
    ["no reward", { log: row({ click: "" }) }, `REWARD_MISSING: ${inRow("click is missing")}a finite number`],
    [
      "an outcome outside its range",
      { log: row({ click: 7 }) },
      "log.csv row 3: click is 7; its range is given as [0, 1]",
    ],
    [
      "an id twice",
      { log: row({ id: "d1" }) },
      `DECISION_ID_DUPLICATE: ${inRow("id was seen before", "d1")}an id, unique in the log`,
    ],
    [
      "time running backward",
      { log: row({ user: "u1", time: 5 }) },
      `TIME_BACKWARD: ${inRow("time runs backward within a unit", 5)}each unit's rows in order of time`,
    ],
    [
      "no time",
      { log: row({ time: "soon" }) },
      `TIMESTAMP_INVALID: ${inRow("time is not a time", "soon")}seconds, or a date and time`,
    ],
    [
      "a time in microseconds",
      { log: row({ time: 1.6e15 }) },
      `TIMESTAMP_INVALID: ${inRow("time is not a time", 1.6e15)}seconds, or a date and time`,
    ],
    [
      "a policy that the specification's shares do not name",
      { log: row({ policy: "third" }), spec: spec({ assignment: { first: 1, second: 1 } }) },
      `POLICY_UNKNOWN: ${inRow("policy names an unknown policy", "third")}first, second`,
    ],
    ["no item", { log: row({ item: "" }) }, `ACTION_MISSING: ${inRow("item is missing")}an item's id`],
    ["no unit", { log: row({ user: "" }) }, `UNIT_MISSING: ${inRow("user is missing")}an id`],
    ...[0, 1.5, "top"].map((value): BrokenCase => [
      `position ${value} where they count from 1`,
      { ...byPosition, log: position(value) },
      `POSITION_INVALID: ${inRow("position is not a position", value)}a whole number from 1`,
    ]),
    [
      "step -1",
      { log: row({ step: -1 }) },
      `STEP_INVALID: ${inRow("step is not a step", -1)}a whole number from 0`,
    ],
    [
      "two rules broken",
      { log: row({ propensity: 2, click: "x" }) },
      `PROPENSITY_ABOVE_ONE: ${inRow("propensity is above 1", 2)}${probability}`,
      `REWARD_NOT_A_NUMBER: ${inRow("click is not a number", "x")}a finite number`,
    ],
    [
      "a session with a gap",
      { log: file("log.csv", csvText(sessions.filter((_, k) => k !== 5))), spec: spec(valued) },
      "log.csv row 6 is step 2 of its session where step 1 is due: …",
    ],
    [
      "sessions without steps",
      { columns: columns({ step: undefined }), spec: spec(valued) },
      "log: has no session_id and step columns, which a horizon above 1 needs",
    ],
    [
      "units that come back, looked at without limit",
      {
        log: file("log.csv", csvText(rows.map((each, k) => ({ ...each, user: `u${k >> 1}` })))),
        spec: spec({ looks: "unlimited" }),
      },
      "gate.yaml: looks: unlimited needs one decision a unit, and this log has 40 of 20 units; …",
    ],
    [
      "every row broken, set aside",
      {
        log: file("log.csv", csvText(rows.map((each) => ({ ...each, propensity: 2 })))),
        more: ["--quarantine", "RESULTS/aside.jsonl"],
      },
      "log.csv: none of 40 rows may be kept: 40 break the contract, 0 have incomplete outcomes; PROPENSITY_ABOVE_ONE: …",
    ],
  ];
}

/** Mappings that name no log's columns. */
export function brokenMappings({ file, columns }: Inputs): BrokenCase[] {
  const text = (content: string): string => file("columns.yaml", content);
  const rewards = "columns.yaml: reward: must name a column, or be entries `metric: column`";
  return [
    [
      "an unknown key",
      { columns: columns({ propensty: "propensity" }) },
      'columns.yaml: there is no entry "propensty"; did you mean "propensity"? allowed: reward, propensity, …',
    ],
    [
      "a missing column",
      { columns: columns({ propensity: "propensty" }) },
      'good.csv: there is no column "propensty"; did you mean "propensity"? it has: id, …',
    ],
    [
      "a missing feature",
      { columns: columns({ features: ["nation"] }) },
      'good.csv: there is no column "nation"; it has: id, …',
    ],
    [
      "no metric",
      { columns: columns({ reward: {} }) },
      "columns.yaml: reward names no column; at least one is needed",
    ],
    ["no reward", { columns: text("propensity: propensity\n") }, rewards],
    ["a list of rewards", { columns: columns({ reward: ["click"] }) }, rewards],
    ["nothing", { columns: text("") }, rewards],
    [
      "a number",
      { columns: columns({ propensity: 3 }) },
      "columns.yaml: propensity: found 3, allowed: a text",
    ],
    [
      "a text for a list",
      { columns: columns({ features: "country" }) },
      'columns.yaml: features: found "country", allowed: a list',
    ],
    [
      "a negative base",
      { columns: columns({ position_base: -1 }) },
      "columns.yaml: position_base: found -1, allowed: at least 0",
    ],
    [
      "a list",
      { columns: text("- click\n") },
      "columns.yaml: found a list at the top, allowed: a map of keys",
    ],
    [
      "a missing file",
      { columns: text("") + "x" },
      "columns.yamlx: no such file; give a YAML or JSON configuration",
    ],
    [
      "no propensities and no actions",
      { columns: columns({ propensity: undefined, action: undefined }), candidate: "column:bold" },
      "--columns: the log has neither propensities nor an action column; …",
    ],
  ];
}
