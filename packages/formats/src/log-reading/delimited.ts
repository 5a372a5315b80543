import { DecisionLogError } from "./decision-log-error.ts";
import { missingColumn } from "./near-miss.ts";

/** Splits one line of delimited text; fields may be in double quotes, with `""` for a quote. */
export function splitRecord(line: string, delimiter = ","): string[] {
  if (!line.includes('"')) return line.split(delimiter).map((field) => field.trim());
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const letter = line[i]!;
    if (quoted) {
      if (letter !== '"') field += letter;
      else if (line[i + 1] === '"') field += line[++i]!;
      else quoted = false;
    } else if (letter === '"') quoted = true;
    else if (letter === delimiter) {
      fields.push(field.trim());
      field = "";
    } else field += letter;
  }
  return [...fields, field.trim()];
}

/** A small table of text. */
export interface TextTable {
  readonly columns: readonly string[];
  /** Rows in the file's order, each as wide as `columns`. */
  readonly rows: readonly (readonly string[])[];
  /** Index of a column. @throws DecisionLogError `MISSING_COLUMN` with the nearest name */
  readonly indexOf: (column: string) => number;
}

/** Lines with what a quoted field carries over a break put together again, each with its number, from 1. */
function recordsOf(text: string): { readonly line: number; readonly record: string }[] {
  const records: { line: number; record: string }[] = [];
  let open = false;
  for (const [at, record] of text.split(/\r\n|\n|\r/).entries()) {
    const last = records.at(-1);
    if (open && last !== undefined) last.record += `\n${record}`;
    else records.push({ line: at + 1, record });
    if ((record.split('"').length - 1) % 2 === 1) open = !open;
  }
  return records;
}

/**
 * Parses a small comma-separated table with a header (a candidate's probabilities, a list of items): all of it in
 * memory. A line break inside a quoted field is read as `\n`.
 *
 * @param where - the file's name, for messages
 * @throws DecisionLogError `EMPTY`, or `UNREADABLE_FILE` naming the first line that is not as wide as the header
 */
export function parseTextTable(text: string, where: string): TextTable {
  const [header, ...records] = recordsOf(text.replace(/^\uFEFF/, ""));
  const columns = splitRecord(header!.record);
  const rows: string[][] = [];
  for (const { line, record } of records) {
    if (record.trim() === "") continue;
    const row = splitRecord(record);
    if (row.length !== columns.length)
      throw new DecisionLogError(
        "UNREADABLE_FILE",
        `${where}: line ${line} has ${row.length} fields; its header has ${columns.length}`,
      );
    rows.push(row);
  }
  if (rows.length === 0)
    throw new DecisionLogError("EMPTY", `${where}: has no rows; a header and rows are needed`);
  return {
    columns,
    rows,
    indexOf: (column) => {
      const at = columns.indexOf(column);
      if (at < 0) throw missingColumn(where, column, columns);
      return at;
    },
  };
}
