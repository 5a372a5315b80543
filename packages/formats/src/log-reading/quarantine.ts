import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { ROWS_PER_FILE } from "./canonical-rows.ts";
import { maskTypeOf } from "./contract-audit.ts";
import type { ContractRule } from "./contract-rules.ts";
import type { LogSource } from "./log-source.ts";
import { literal } from "./sql.ts";

/** A file aside, made whole; `keep` gives it its name, `drop` removes it. */
export interface QuarantineFile {
  readonly keep: () => void;
  readonly drop: () => void;
}

/**
 * Writes every rejected row as one JSON line (`file`, `row`, `violated`, `source`: the row as it stood) beside `path`.
 */
export async function writeQuarantine(
  connection: DuckDBConnection,
  path: string,
  sources: readonly LogSource[],
  rules: readonly ContractRule[],
): Promise<QuarantineFile> {
  mkdirSync(dirname(path), { recursive: true });
  const aside = join(dirname(path), `.${basename(path)}.writing`);
  const drop = (): void => rmSync(aside, { force: true });
  const named = rules.map(
    ({ code }, k) =>
      `CASE WHEN (mask & ${2n ** BigInt(k)}::${maskTypeOf(rules)}) <> 0 THEN ${literal(code)} END`,
  );
  const compression = path.endsWith(".gz") ? "gzip" : "none";
  try {
    await connection.run(
      `CREATE TEMP TABLE bad AS SELECT ordinal, list_sort(list_distinct(flatten(list(violated)))) AS violated FROM (` +
        `SELECT ordinal, list_filter([${named.join(", ")}], lambda x: x IS NOT NULL) AS violated FROM checked ` +
        `WHERE mask <> 0 UNION ALL SELECT ordinal, [rule] FROM rejected) GROUP BY ordinal`,
    );
    // Rows become JSON after the join: only those that are set aside.
    const selects = sources.map(
      ({ path: file, relation, wholeRow }, at) =>
        `SELECT ${literal(file)} AS file, longview_source_row AS row, violated, ${wholeRow} AS source, ordinal ` +
        `FROM ${relation} AS source JOIN bad ON ordinal = ${at}::BIGINT * ${ROWS_PER_FILE} + longview_source_row`,
    );
    await connection.run(
      `COPY (SELECT file, row, violated, source FROM (${selects.join(" UNION ALL ")}) ORDER BY ordinal) ` +
        `TO ${literal(aside)} (FORMAT json, COMPRESSION ${compression})`,
    );
    const descriptor = openSync(aside, "r+");
    fsyncSync(descriptor);
    closeSync(descriptor);
  } catch (cause) {
    drop();
    throw cause;
  }
  return { keep: () => renameSync(aside, path), drop: () => (existsSync(aside) ? drop() : undefined) };
}
