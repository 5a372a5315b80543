import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { verdictSchema, type GateSpecInput, type Verdict } from "@longview/formats";
import {
  BOLD,
  COLUMNS,
  csvText,
  EVEN,
  madeUpLog,
  SPEC,
  TIMID,
  writeTable,
  writeYaml,
} from "./made-up-log.ts";
import { runInProcess, type Told } from "./run-in-process.ts";

/** What a gate is asked in place of the clear gain on the made-up log. */
export interface Asked {
  readonly log?: readonly string[];
  /** Undefined: no mapping. */
  readonly columns?: string | undefined;
  readonly candidate?: string;
  readonly spec?: Partial<GateSpecInput>;
  readonly more?: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), "gate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A place in the test's folder. */
export const at = (name: string): string => join(folder, name);

/** Writes a file there. */
export function text(name: string, content: string): string {
  writeFileSync(at(name), content);
  return at(name);
}

/** The made-up log's decisions, its mapping, and it as CSV. */
export const rows = madeUpLog();
export const columns = writeYaml(at("columns.yaml"), COLUMNS);
export const log = text("log.csv", csvText(rows));

/** Candidates that gain, lose, and are worth the same. */
export const tables = {
  bold: `table:${writeTable(at("bold.csv"), BOLD)}`,
  timid: `table:${writeTable(at("timid.csv"), TIMID)}`,
  even: `table:${writeTable(at("even.csv"), EVEN)}`,
};

let runs = 0;
const outOf = (run: number): string => at(`out-${run}`);

/** A gate's command line, with a specification of its own and, last but for `more`, a new `--out`. */
export function gateLine({ candidate = tables.bold, spec = {}, more = [], ...asked }: Asked = {}): string[] {
  const mapping = "columns" in asked ? asked.columns : columns;
  return [
    "gate",
    "--log",
    ...(asked.log ?? [log]),
    ...(mapping === undefined ? [] : ["--columns", mapping]),
    "--candidate",
    candidate,
    "--spec",
    writeYaml(at(`spec-${++runs}.yaml`), { ...SPEC, ...spec }),
    "--out",
    outOf(runs),
    ...more,
  ];
}

/** The verdict in a folder. */
export const verdictIn = (out: string): Verdict =>
  verdictSchema.parse(JSON.parse(readFileSync(join(out, "verdict.json"), "utf8")));

/** Runs a gate, holds its exit code and files against its verdict, and hands that back. */
export async function gate(asked: Asked = {}): Promise<Told & { verdict: Verdict }> {
  const told = await runInProcess(gateLine(asked));
  expect(told.errors).toBe("");
  const verdict = verdictIn(outOf(runs));
  expect(told.code).toBe({ SHIP: 0, HOLD: 1, "NO-DECISION": 2 }[verdict.verdict]);
  expect(readdirSync(outOf(runs))).toEqual(["review.html", "verdict.json"]);
  return { ...told, verdict };
}

/** The verdict's name and the codes of its reasons. */
export const why = ({ verdict, reasons }: Verdict): string[] => [verdict, ...reasons.map(({ code }) => code)];

/** The primary metric's lift. */
export const lift = (verdict: Verdict): Verdict["metrics"][number]["lift"] => verdict.metrics[0]!.lift;
