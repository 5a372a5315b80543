import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { openDecisionLog, type DecisionLogReport } from "@longview/formats";
import { openServedLog, type ServedLog, type ServedLogOptions } from "../../src/decision-log/index.ts";

/** A new folder under the system's. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), "longview-served-log-"));

/** A clock that a test moves. */
export interface TestClock {
  time: number;
}

/** A log that does by itself only what is asked for. */
export function openTestLog(
  folder: string,
  clock: TestClock,
  change: Partial<ServedLogOptions> = {},
): Promise<ServedLog> {
  return openServedLog(folder, {
    objectives: ["click"],
    costs: ["harm"],
    attributionSeconds: 100,
    rotateBytes: 1e6,
    rotateSeconds: 50,
    durability: "process",
    now: () => clock.time,
    maintenanceMilliseconds: 0,
    ...change,
  });
}

export function parquetFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".parquet"))
    .sort()
    .map((name) => join(folder, name));
}

const CARRIED = [
  "decision_id",
  "unit_id",
  "session_id",
  "step",
  "timestamp",
  "policy_id",
  "random_key",
  "context",
  "candidates",
  "slate",
  "slate_propensity",
  "position_propensities",
  "objectives",
  "costs",
  "terminated",
  "truncated",
  "outcomes_complete",
] as const;
export type LoggedRow = Readonly<Record<(typeof CARRIED)[number], unknown>>;

/** How many rows the Parquet files hold, and of how many the outcomes are complete. */
export async function countRows(folder: string): Promise<{ rows: number; complete: number }> {
  const connection = await engine();
  const files = parquetFiles(folder).map((path) => `'${path}'`);
  const result = await connection.runAndReadAll(
    `SELECT count(*)::INT, count_if(outcomes_complete)::INT FROM read_parquet([${files.join(", ")}])`,
  );
  const [rows, complete] = result.getRowsJson()[0] ?? [];
  return { rows: Number(rows), complete: Number(complete) };
}

let connected: Promise<DuckDBConnection> | undefined;
/** One engine for a file's tests: it takes long to start. */
export function engine(): Promise<DuckDBConnection> {
  connected ??= import("@duckdb/node-api").then(async ({ DuckDBInstance }) =>
    (await DuckDBInstance.create(":memory:", { threads: "1" })).connect(),
  );
  return connected;
}

/** What the log's reader says of the Parquet files, without a mapping and with every rule refusing, and their rows. */
export async function readLog(
  folder: string,
  carry: readonly (typeof CARRIED)[number][] = CARRIED,
): Promise<{ report: DecisionLogReport; rows: LoggedRow[] }> {
  const log = await openDecisionLog({ files: parquetFiles(folder), carry });
  const rows: LoggedRow[] = [];
  for await (const chunk of log.chunks()) {
    for (let i = 0; i < chunk.rowCount; i++) {
      const at = (name: string): unknown => chunk.carried[name]?.[i];
      rows.push({
        decision_id: at("decision_id"),
        unit_id: at("unit_id"),
        session_id: at("session_id"),
        step: at("step"),
        timestamp: at("timestamp"),
        policy_id: at("policy_id"),
        random_key: at("random_key"),
        context: at("context"),
        candidates: at("candidates"),
        slate: at("slate"),
        slate_propensity: at("slate_propensity"),
        position_propensities: at("position_propensities"),
        objectives: at("objectives"),
        costs: at("costs"),
        terminated: at("terminated"),
        truncated: at("truncated"),
        outcomes_complete: at("outcomes_complete"),
      });
    }
  }
  log.close();
  return { report: log.report, rows };
}

/** Float32 numbers come back as decimals that round to the same float32. */
export function rounded(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, entry: unknown) =>
    typeof entry === "number" ? Math.fround(entry) : entry,
  );
}
