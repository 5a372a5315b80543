import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A value of a query whose columns are texts and doubles. */
type Value = string | number | null;

/**
 * Rows of a query over the Parquet files of a served log (as `log`), by DuckDB alone: nothing of the log's own reader.
 *
 * @param into - a Parquet file that gets the rows instead
 */
export async function queryServedLog(
  folder: string,
  select: string,
  into?: string,
): Promise<readonly Readonly<Record<string, Value>>[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const query = `WITH log AS (FROM read_parquet(${quoted(join(folder, "decisions-*.parquet"))})) ${select}`;
  try {
    const result = await connection.runAndReadAll(
      into === undefined ? query : `COPY (${query}) TO ${quoted(into)} (FORMAT parquet)`,
    );
    return result
      .getRowObjectsJS()
      .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, valueOf(value)])));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const valueOf = (value: unknown): Value =>
  typeof value === "string" || typeof value === "number" ? value : value === null ? null : Number(value);

/** How often each decision is in the log. */
export async function countsInLog(folder: string): Promise<Map<string, number>> {
  const rows = await queryServedLog(
    folder,
    "SELECT decision_id, count(*)::DOUBLE AS times FROM log GROUP BY 1",
  );
  return new Map(rows.map(({ decision_id: id, times }) => [`${id}`, Number(times)]));
}
