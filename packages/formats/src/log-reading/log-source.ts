import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import { DecisionLogError } from "./decision-log-error.ts";
import { missingColumn } from "./near-miss.ts";
import { fileLiteral, identifier, literal, oneLine, textRows } from "./sql.ts";
import { headerOf, scanTextFile } from "./text-file.ts";

/** A file's format, by its name's ending. */
export type LogFormat = "parquet" | "csv" | "jsonl";

/** How SQL reaches one column of a file. */
export interface ColumnAccess {
  /** The value as text, or NULL. */
  readonly text: string;
  /** The value as a number; NULL where it is none. */
  readonly number: string;
  /** Whether nothing is there. */
  readonly missing: string;
  /** Seconds since 1970-01-01 UTC, or the plain number; NULL where it is neither number nor time. */
  readonly time: string;
  /** The value as JSON text. */
  readonly json: string;
}

/** One file of a log, as SQL sees it. */
export interface LogSource {
  readonly path: string;
  readonly format: LogFormat;
  readonly columns: readonly string[];
  /** A FROM clause with the file's columns, `longview_source_row` (from 1) and `longview_source_fault` (NULL for a whole row). */
  readonly relation: string;
  /** The whole row as JSON, for quarantine. */
  readonly wholeRow: string;
  /** @throws DecisionLogError `MISSING_COLUMN` */
  readonly column: (name: string) => Promise<ColumnAccess>;
  /** Names inside a struct or a JSON object; empty where it is none. */
  readonly namesInside: (name: string) => Promise<readonly string[]>;
  /** A column as a SQL value of `type`: lists and structs. */
  readonly typed: (name: string, type: string) => string;
}

const ENDINGS: readonly (readonly [RegExp, LogFormat])[] = [
  [/\.parquet$/i, "parquet"],
  [/\.(csv|tsv)(\.gz)?$/i, "csv"],
  [/\.(jsonl|ndjson)(\.gz)?$/i, "jsonl"],
];

/** Columns that a source adds to a file's own. */
const TAKEN = ["longview_source_row", "longview_source_fault"];

/** Opens one file: checks that it is whole, and finds its columns. @throws DecisionLogError */
export async function openLogSource(connection: DuckDBConnection, path: string): Promise<LogSource> {
  const format = ENDINGS.find(([ending]) => ending.test(path))?.[1];
  if (format === undefined)
    throw new DecisionLogError(
      "UNREADABLE_FILE",
      `${path}: unknown ending; allowed: .parquet, .csv, .tsv, .jsonl, .ndjson, and .gz after all but the first`,
    );
  if (!existsSync(path)) throw new DecisionLogError("UNREADABLE_FILE", `${path}: there is no such file`);
  if (!statSync(path).isFile()) throw new DecisionLogError("UNREADABLE_FILE", `${path}: is not a file`);
  if (format === "jsonl") return openJsonLines(path);
  const source = await (format === "parquet" ? openParquet(connection, path) : openDelimited(path));
  const names = format === "parquet" ? [...TAKEN, "file_row_number"] : TAKEN;
  const taken = source.columns.find((name) => names.includes(name.toLowerCase()));
  if (taken !== undefined)
    throw new DecisionLogError(
      "BAD_MAPPING",
      `${path}: a column is named ${JSON.stringify(taken)}, which reading a log needs for itself; give it another name`,
    );
  return source;
}

function textAccess(text: string): ColumnAccess {
  return {
    text,
    number: `TRY_CAST(${text} AS DOUBLE)`,
    missing: `coalesce(trim(${text}) = '', true)`,
    time: `coalesce(TRY_CAST(${text} AS DOUBLE), epoch(TRY_CAST(${text} AS TIMESTAMP)))`,
    json: `to_json(${text})`,
  };
}

async function openParquet(connection: DuckDBConnection, path: string): Promise<LogSource> {
  const descriptor = openSync(path, "r");
  try {
    const { size } = fstatSync(descriptor);
    if (size === 0) throw new DecisionLogError("EMPTY", `${path}: is empty; a Parquet file is needed`);
    const marks = Buffer.alloc(8);
    readSync(descriptor, marks, 0, 4, 0);
    readSync(descriptor, marks, 4, 4, Math.max(0, size - 4));
    if (marks.toString("latin1", 0, 4) !== "PAR1")
      throw new DecisionLogError(
        "UNREADABLE_FILE",
        `${path}: is not a Parquet file: it does not begin with PAR1`,
      );
    if (size < 12 || marks.toString("latin1", 4, 8) !== "PAR1")
      throw new DecisionLogError(
        "UNREADABLE_FILE",
        `${path}: is cut short: a Parquet file ends with PAR1, this one of ${size} bytes does not`,
      );
  } finally {
    closeSync(descriptor);
  }
  const file = `read_parquet(${fileLiteral(path)}, file_row_number = true)`;
  const described = await textRows(
    connection,
    `DESCRIBE SELECT * EXCLUDE (file_row_number) FROM ${file}`,
  ).catch((cause: unknown) => {
    throw new DecisionLogError("UNREADABLE_FILE", `${path}: cannot be read as Parquet: ${oneLine(cause)}`, {
      cause,
    });
  });
  const columns = described.map((row) => row[0]!);
  const types = new Map(described.map((row) => [row[0]!, row[1]!]));
  const resolve = async (name: string): Promise<{ sql: string; type: string }> => {
    const type = types.get(name);
    if (type !== undefined) return { sql: identifier(name), type };
    const [head = "", ...inside] = name.split(".");
    if (inside.length > 0 && types.has(head)) {
      const nested = inside.reduce(
        (outer, part) => `struct_extract(${outer}, ${literal(part)})`,
        identifier(head),
      );
      const found = await textRows(connection, `DESCRIBE SELECT ${nested} AS x FROM ${file}`).catch(
        () => undefined,
      );
      if (found !== undefined) return { sql: nested, type: found[0]![1]! };
      const names = await namesInside(head);
      throw missingColumn(path, name, names.length > 0 ? names.map((part) => `${head}.${part}`) : columns);
    }
    throw missingColumn(path, name, columns);
  };
  const namesInside = async (name: string): Promise<readonly string[]> => {
    if (types.get(name)?.startsWith("STRUCT(") !== true || types.get(name)!.endsWith("[]")) return [];
    const rows = await textRows(connection, `DESCRIBE SELECT unnest(${identifier(name)}) FROM ${file}`);
    return rows.map((row) => row[0]!);
  };
  return {
    path,
    format: "parquet",
    columns,
    relation: `(SELECT *, file_row_number + 1 AS longview_source_row, NULL::VARCHAR AS longview_source_fault FROM ${file})`,
    wholeRow: `to_json(struct_pack(${columns.map((name) => `${identifier(name)} := ${identifier(name)}`).join(", ")}))`,
    column: async (name) => {
      const { sql, type } = await resolve(name);
      const json = `to_json(${sql})`;
      if (/^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/.test(type)) {
        const number = `CAST(${sql} AS DOUBLE)`;
        return { text: `CAST(${sql} AS VARCHAR)`, number, missing: `${sql} IS NULL`, time: number, json };
      }
      const text = `CAST(${sql} AS VARCHAR)`;
      if (type === "BOOLEAN")
        return {
          text,
          number: `CAST(${sql} AS DOUBLE)`,
          missing: `${sql} IS NULL`,
          time: "NULL::DOUBLE",
          json,
        };
      if (type.startsWith("TIMESTAMP") || type === "DATE")
        return { text, number: "NULL::DOUBLE", missing: `${sql} IS NULL`, time: `epoch(${sql})`, json };
      return { ...textAccess(text), json };
    },
    namesInside,
    typed: (name) => identifier(name),
  };
}

// No log holds these control characters; to the reader they stand for what must never be found.
const NEVER = "\u0002";
/** Room for fields beyond the header's, so that a row that is too wide is counted instead of ending the reading. */
const SPARE_FIELDS = 8;

async function openDelimited(path: string): Promise<LogSource> {
  const { head, quoteCount } = await scanTextFile(path);
  const { names, delimiter } = headerOf(path, head);
  if (names.length === 1)
    throw new DecisionLogError(
      "UNREADABLE_FILE",
      `${path}: its first line holds one field, ${JSON.stringify(names[0]!.slice(0, 40))}; a header of several is needed`,
    );
  if (quoteCount % 2 === 1)
    throw new DecisionLogError(
      "UNREADABLE_FILE",
      `${path}: holds ${quoteCount} double quotes, an odd number: one field is never closed`,
    );
  const spare = Array.from({ length: SPARE_FIELDS }, (_, i) => `${NEVER}${i}`);
  const given = names.map((name, at) => (name === "" ? `column ${at}` : name));
  const types = [...given, ...spare].map((name) => `${literal(name)}: 'VARCHAR'`).join(", ");
  const file =
    `read_csv(${fileLiteral(path)}, auto_detect = false, header = true, delim = ${literal(delimiter)}, quote = '"', ` +
    `escape = '"', nullstr = ${literal(NEVER)}, null_padding = true, parallel = false, columns = {${types}})`;
  const fault =
    `CASE WHEN ${identifier(spare[0]!)} IS NOT NULL THEN 'more than ${names.length} fields' ` +
    `WHEN ${identifier(given.at(-1)!)} IS NULL THEN 'fewer than ${names.length} fields' END`;
  const packed = given.map((name) => `${identifier(name)} := ${identifier(name)}`).join(", ");
  return {
    path,
    format: "csv",
    columns: given,
    relation: `(SELECT *, row_number() OVER () AS longview_source_row, ${fault} AS longview_source_fault FROM ${file})`,
    wholeRow: `CASE WHEN ${identifier(spare[0]!)} IS NULL THEN to_json(struct_pack(${packed})) ELSE to_json(struct_pack(${packed}, ${identifier("more fields")} := list_filter([${spare.map(identifier).join(", ")}], lambda x: x IS NOT NULL))) END`,
    column: (name) =>
      given.includes(name)
        ? Promise.resolve(textAccess(identifier(name)))
        : Promise.reject(missingColumn(path, name, given)),
    namesInside: () => Promise.resolve([]),
    typed: (name, type) => `TRY_CAST(${identifier(name)} AS ${type})`,
  };
}

async function openJsonLines(path: string): Promise<LogSource> {
  const { head } = await scanTextFile(path);
  const names = new Map<string, Set<string>>();
  for (const line of head.split("\n").slice(0, 1000)) {
    for (const [name, value] of entriesOf(line)) {
      const inside = names.get(name) ?? new Set();
      names.set(name, inside);
      if (typeof value === "object" && value !== null && !Array.isArray(value))
        for (const key of Object.keys(value)) inside.add(key);
    }
  }
  const columns = [...names.keys()];
  if (columns.length === 0)
    throw new DecisionLogError(
      "UNREADABLE_FILE",
      `${path}: its first lines hold no JSON object; one a line is needed`,
    );
  const file =
    `read_csv(${fileLiteral(path)}, auto_detect = false, header = false, delim = ${literal("\u0001")}, quote = '', ` +
    `escape = '', nullstr = ${literal(NEVER)}, null_padding = true, parallel = false, ` +
    `max_line_size = 4194304, columns = {'line': 'VARCHAR'})`;
  const fault =
    `CASE WHEN NOT json_valid(line) THEN 'not JSON' ` +
    `WHEN json_type(line) <> 'OBJECT' THEN 'not a JSON object' END`;
  const pathTo = (name: string): string => {
    const parts = names.has(name) ? [name] : name.split(".");
    if (!names.has(parts[0]!)) throw missingColumn(path, name, columns);
    return literal(`$${parts.map((part) => `.${JSON.stringify(part)}`).join("")}`);
  };
  const whole = (sql: string): string => `CASE WHEN longview_source_fault IS NULL THEN ${sql} END`;
  return {
    path,
    format: "jsonl",
    columns,
    relation: `(SELECT line, row_number() OVER () AS longview_source_row, ${fault} AS longview_source_fault FROM ${file})`,
    wholeRow: `CASE WHEN json_valid(line) THEN line::JSON ELSE to_json(line) END`,
    column: async (name) => {
      const at = await Promise.resolve(pathTo(name));
      const access = textAccess(whole(`json_extract_string(line, ${at})`));
      const flag = `CASE lower(${access.text}) WHEN 'true' THEN 1.0 WHEN 'false' THEN 0.0 END`;
      return {
        ...access,
        number: `coalesce(${access.number}, ${flag})`,
        json: whole(`json_extract(line, ${at})`),
      };
    },
    namesInside: (name) => Promise.resolve([...(names.get(name) ?? [])]),
    typed: (name, type) => `TRY_CAST(${whole(`json_extract(line, ${pathTo(name)})`)} AS ${type})`,
  };
}

function entriesOf(line: string): [string, unknown][] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  } catch {
    return []; // Counted where the rows are read.
  }
}
