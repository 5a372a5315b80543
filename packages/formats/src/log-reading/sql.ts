import type { DuckDBConnection } from "@duckdb/node-api";

/** A SQL string. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A file's name as a SQL string in which nothing stands for other names. */
export function fileLiteral(path: string): string {
  return literal(path.replaceAll(/[*?[]/g, "[$&]"));
}

/** A SQL name. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A query's rows as text, '' for NULL. */
export async function textRows(connection: DuckDBConnection, query: string): Promise<string[][]> {
  const reader = await connection.runAndReadAll(query);
  return reader.getRowsJson().map((row) => row.map((value) => (value === null ? "" : plainText(value))));
}

/** The first line of an error's message, without the engine's prefix and what no terminal can show. */
export function oneLine(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return (message.split("\n")[0] ?? "")
    .replace(/^[A-Za-z ]+ Error: /, "")
    .replaceAll(/\p{Cc}/gu, "")
    .trim();
}

function plainText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
