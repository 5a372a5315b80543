import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { ROWS_PER_FILE } from "./canonical-rows.ts";
import { maskTypeOf } from "./contract-audit.ts";
import type { ContractRule } from "./contract-rules.ts";
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
  files: readonly string[],
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
      `COPY (SELECT ([${files.map(literal).join(", ")}])[(ordinal // ${ROWS_PER_FILE})::INTEGER + 1] AS file, ` +
        `ordinal % ${ROWS_PER_FILE} AS row, ` +
        `list_sort(list_distinct(list_filter(list_concat([${named.join(", ")}], coalesce(others, [])), lambda x: x IS NOT NULL))) AS violated, ` +
        `whole_row AS source FROM checked LEFT JOIN (SELECT ordinal AS rejected_ordinal, list(rule ORDER BY rule) AS others FROM rejected ` +
        `GROUP BY 1) ON rejected_ordinal = ordinal WHERE mask <> 0 OR others IS NOT NULL ORDER BY ordinal) ` +
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
