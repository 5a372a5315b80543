import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { DuckDBInstance } from "@duckdb/node-api";
import { openDecisionLog, type DecisionLogChunk, type OpenDecisionLogOptions } from "../../src/index.ts";

/** A folder that is removed after the file's tests. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "longview-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const MAPPING = {
  reward: { click: "click" },
  propensity: "propensity",
  action: "item",
  position: "position",
  decision_id: "id",
  unit_id: "user",
  timestamp: "time",
  policy_id: "policy",
  outcomes_complete: "complete",
} as const;

/** One good row; a test breaks what it is about. */
export function row(number: number, changed: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: `d${number}`,
    user: `u${number % 3}`,
    time: 100 + number,
    policy: "p1",
    item: `i${number % 4}`,
    position: number % 2,
    propensity: 0.25,
    click: number % 2,
    complete: true,
    ...changed,
  };
}

/** Rows 1 to 5, of which row 3 is changed. */
export function rowsWith(changed: Record<string, unknown>): Record<string, unknown>[] {
  return [1, 2, 3, 4, 5].map((number) => row(number, number === 3 ? changed : {}));
}

export function csvText(rows: readonly Record<string, unknown>[]): string {
  const names = Object.keys(row(1));
  const field = (value: unknown): string =>
    value === null || value === undefined ? "" : `${value as string}`;
  return (
    [names.join(","), ...rows.map((entry) => names.map((name) => field(entry[name])).join(","))].join("\n") +
    "\n"
  );
}

export function jsonText(rows: readonly Record<string, unknown>[]): string {
  return rows.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}

/** Writes a query's rows as Parquet. */
export async function writeParquet(path: string, query: string): Promise<string> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  return path;
}

export function write(path: string, content: string | Uint8Array): string {
  writeFileSync(path, content);
  return path;
}

/** Opens, reads all, closes. */
export async function readAll(
  options: OpenDecisionLogOptions,
): Promise<{ report: Awaited<ReturnType<typeof openDecisionLog>>["report"]; chunks: DecisionLogChunk[] }> {
  const reader = await openDecisionLog(options);
  try {
    const chunks: DecisionLogChunk[] = [];
    for await (const chunk of reader.chunks()) chunks.push(chunk);
    return { report: reader.report, chunks };
  } finally {
    reader.close();
  }
}

/** The one message a log is refused with; '' when it is not. */
export async function refusal(options: OpenDecisionLogOptions): Promise<string> {
  return readAll(options).then(
    () => "",
    (error: unknown) =>
      error instanceof Error && error.name === "DecisionLogError" ? error.message : String(error),
  );
}
