import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BrokenCase, Inputs } from "./broken-launch.ts";

/** Candidates that are none, or do not fit the log. */
export function brokenCandidates({
  folder,
  file,
  bundle,
  columns,
  table,
  row,
  position,
  parquet,
}: Inputs): BrokenCase[] {
  const forms = "allowed: uniform, logged, bundle:DIR, column:NAME, table:CSV";
  const byPosition = { columns: columns({ position: "position", position_base: 1 }), log: position(1) };
  const noActions = columns({ action: undefined });
  const ownLog = { columns: undefined, log: join(folder, "good.parquet") };
  const damaged = join(folder, "damaged");
  const shares = "item_id,probability";
  return [
    ["no known form", { candidate: "best" }, `--candidate: found "best", ${forms}`],
    ["no name", { candidate: "" }, `--candidate: found "", ${forms}`],
    ["a column without a name", { candidate: "column:" }, `--candidate: found "column:", ${forms}`],
    [
      "a missing table",
      { candidate: `table:${join(folder, "none.csv")}` },
      "--candidate: none.csv: there is no such file; a CSV with item_id, position, probability is needed",
    ],
    [
      "a missing table as incumbent",
      { more: ["--incumbent", `table:${join(folder, "none.csv")}`] },
      "--incumbent: none.csv: there is no such file; a CSV with item_id, position, probability is needed",
    ],
    [
      "a table that does not sum to 1",
      { candidate: table(shares, "a,.5", "b,.4") },
      "t.csv: the probabilities sum to 0.9; they must sum to 1 within 0.000001",
    ],
    [
      "a negative probability",
      { candidate: table(shares, "b,1", "a,-.1") },
      't.csv: row 2: probability is "-.1"; allowed: from 0 to 1',
    ],
    [
      "an item twice",
      { candidate: table(shares, "a,.5", "a,.5") },
      't.csv: row 2: item "a" is listed before',
    ],
    ["an empty table", { candidate: table("") }, "t.csv: has no rows; a header and rows are needed"],
    [
      "a table of other columns",
      { candidate: table("item,prob", "a,1") },
      't.csv: there is no column "item_id"; did you mean "item"? it has: item, prob',
    ],
    ["a table that is none", { candidate: `table:${file("t.csv", parquet)}` }, "t.csv: …"],
    [
      "a table without a position of the log",
      { ...byPosition, candidate: table("item_id,position,probability", "a,2,1") },
      "table:t.csv: has no position 1, which the log shows; it has: 2",
    ],
    [
      "a table by position for a log without",
      { candidate: table("item_id,position,probability", "a,1,1", "a,2,1") },
      "table:t.csv: has 2 positions, and the log has no position column",
    ],
    [
      "a table of other items",
      { candidate: table(shares, "x,1") },
      'table:t.csv: none of its items is in the log (its first is "x", the log\'s "a")',
    ],
    [
      "a table for a log without items",
      { columns: noActions },
      "table:bold.csv: the log has no action column, so a table says nothing of it",
    ],
    [
      "uniform for a log without items",
      { columns: noActions, candidate: "uniform" },
      "uniform: the log has no action column, so the number of items is unknown",
    ],
    [
      "logged for a log without propensities",
      { columns: columns({ propensity: undefined }), candidate: "logged" },
      "logged: the log holds no propensities, so what its policy would do is not known; choose another policy",
    ],
    [
      "a missing column",
      { candidate: "column:bld" },
      'good.csv: there is no column "bld"; did you mean "bold"? it has: id, …',
    ],
    [
      "a column with 1.2",
      { candidate: "column:bold", log: row({ bold: 1.2 }) },
      'PROBABILITY_INVALID: bold is not a probability in 1 row, first log.csv row 3 ("1.2"); allowed: from 0 to 1',
    ],
    [
      "a column of text",
      { candidate: "column:country" },
      'PROBABILITY_INVALID: country is not a probability in 40 rows, first good.csv row 1 ("home"); allowed: from 0 to 1',
    ],
    [
      "a bundle without a manifest",
      { candidate: `bundle:${join(folder, "no-bundle")}` },
      "bundle:no-bundle: no-bundle/manifest.json: not found; a policy bundle has a manifest.json",
    ],
    [
      "a bundle with a damaged file",
      { ...ownLog, candidate: `bundle:${damaged}` },
      "bundle:damaged: damaged/policy.onnx: its SHA-256 is …",
    ],
    [
      "a bundle for other contexts",
      { ...ownLog, candidate: `bundle:${bundle}` },
      "bundle:bundle: good.parquet row 1: context has 1 numbers, the policy reads 4",
    ],
    [
      "a bundle for a log without contexts",
      { candidate: `bundle:${bundle}` },
      'good.csv: there is no column "context"; it has: id, …',
    ],
  ];
}

/** Places where nothing can be written, or should not. */
export function brokenOutputs({ folder, good, bundle, row }: Inputs): BrokenCase[] {
  const busy = "choose a place that this command does not read or write";
  const inside = "which this command reads or writes as a whole; choose another place";
  const other = join(folder, "other.txt");
  writeFileSync(other, "");
  const aside = (path: string): BrokenCase[1] => ({
    log: row({ propensity: 2 }),
    more: ["--quarantine", path],
  });
  return [
    ["a file in the way", { out: other }, "--out: other.txt is a file, allowed: a new or empty folder"],
    ["a folder of other things", { out: folder }, "--out: . holds …"],
    [
      "a place under a file",
      { out: join(other, "x") },
      "--out: other.txt cannot be made; other.txt is not a folder",
    ],
    [
      "the folder that this runs in",
      { out: process.cwd() },
      `--out: ${process.cwd()} is the folder that this runs in; choose one that can be replaced`,
    ],
    ["no place", { out: "" }, "--out: found an empty text, allowed: a folder"],
    [
      "an unwritable place",
      { out: "/proc/zz" },
      "--out: /proc/zz cannot be written (ENOENT); choose another place",
    ],
    ["a name too long", { out: join(folder, "x".repeat(300)) }, "--out: …"],
    ["the log itself", { out: good.log }, `--out: good.csv is in use as good.csv; ${busy}`],
    [
      "inside the candidate",
      { out: join(bundle, "x"), candidate: `bundle:${bundle}` },
      `--out: bundle/x lies inside bundle, ${inside}`,
    ],
    ["a folder for what is set aside", aside(folder), "--quarantine: . is a folder, allowed: a file"],
    [
      "the log for what is set aside",
      { more: ["--quarantine", good.log] },
      `--quarantine: good.csv is in use as good.csv; ${busy}`,
    ],
    [
      "the specification for what is set aside",
      aside(good.spec),
      `--quarantine: gate.yaml is in use as gate.yaml; ${busy}`,
    ],
    [
      "the table for what is set aside",
      aside(good.candidate.slice(6)),
      `--quarantine: bold.csv is in use as bold.csv; ${busy}`,
    ],
    [
      "inside the verdict for what is set aside",
      aside("RESULTS/out/aside.jsonl"),
      `--quarantine: RESULTS/out/aside.jsonl lies inside --out RESULTS/out, ${inside}`,
    ],
  ];
}
