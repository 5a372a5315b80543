import { closeSync, fdatasyncSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { LevelRuns, type InnerListLevels } from "./parquet-levels.ts";
import { GrowingBytes } from "./growing-bytes.ts";
import { thriftStruct, type ThriftField } from "./thrift-compact.ts";

/** Parquet's numbers for what values are stored as. */
export const STORED = { boolean: 0, int32: 1, float: 4, double: 5, text: 6 } as const;
export type Stored = keyof typeof STORED;

/** A node of a Parquet schema: a leaf has a column's values, a group its members. Nothing is ever NULL. */
export type SchemaNode =
  | { readonly name: string; readonly column: ParquetColumn }
  | { readonly name: string; readonly members: readonly SchemaNode[] }
  | { readonly name: string; readonly entries: SchemaNode };

const REQUIRED = 0;
const REPEATED = 2;
const UTF8 = 0;
const LIST = 3;
const PLAIN = 0;
const RUN_LENGTH = 3;
const UNCOMPRESSED = 0;
const MARK = new TextEncoder().encode("PAR1");

/** Values of one leaf column that wait to become a page: PLAIN bytes, with levels where the column is in a list. */
export class ParquetColumn {
  readonly stored: Stored;
  readonly values = new GrowingBytes();
  readonly definition = new LevelRuns();
  readonly repetition: LevelRuns | InnerListLevels | undefined;
  /** Entries of the page: values, and one for each empty list. */
  count = 0;
  #bits = 0;

  constructor(stored: Stored, repetition?: LevelRuns | InnerListLevels) {
    this.stored = stored;
    this.repetition = repetition;
  }

  /** Appends a truth value: eight are one byte, so one that is not full waits. */
  boolean(value: boolean): void {
    if (value) this.#bits |= 1 << (this.count & 7);
    this.count++;
    if ((this.count & 7) === 0) this.#endBits();
  }

  /** The page's content. */
  page(): Uint8Array[] {
    if (this.stored === "boolean" && (this.count & 7) !== 0) this.#endBits();
    if (this.repetition === undefined) return [this.values.bytes()];
    const levels = [this.repetition.bytes(), this.definition.bytes()];
    return [...levels.flatMap((bytes) => [lengthBytes(bytes.length), bytes]), this.values.bytes()];
  }

  clear(): void {
    this.values.clear();
    this.definition.clear();
    this.repetition?.clear();
    this.count = 0;
    this.#bits = 0;
  }

  #endBits(): void {
    this.values.byte(this.#bits);
    this.#bits = 0;
  }
}

/** A leaf column whose rows are lists. */
export class ListColumn extends ParquetColumn {
  readonly #starts: LevelRuns;

  constructor(stored: Stored) {
    const starts = new LevelRuns();
    super(stored, starts);
    this.#starts = starts;
  }

  /** Appends a row: its first entry begins the list, the others go on; an empty one is an entry without a value. */
  list(values: Uint8Array, length: number): void {
    const entries = Math.max(1, length);
    this.#starts.push(0, 1);
    this.#starts.push(1, entries - 1);
    this.definition.push(length === 0 ? 0 : 1, entries);
    this.values.block(values);
    this.count += entries;
  }
}

/**
 * Writes a Parquet file of columns that hold no NULL, a page a column and row group, uncompressed. The file is written
 * aside and takes its name when it is whole.
 */
export class ParquetFile {
  readonly #path: string;
  readonly #aside: string;
  readonly #schema: readonly SchemaNode[];
  readonly #notes: Readonly<Record<string, string>>;
  readonly #columns: readonly { readonly column: ParquetColumn; readonly path: readonly string[] }[];
  readonly #groups: ThriftField[][] = [];
  #descriptor: number | undefined;
  #size = 0;
  #rows = 0;

  /** @param notes - the file's key-value metadata */
  constructor(path: string, schema: readonly SchemaNode[], notes: Readonly<Record<string, string>> = {}) {
    this.#notes = notes;
    this.#path = path;
    this.#aside = join(dirname(path), `.${basename(path)}.writing`);
    this.#schema = schema;
    this.#columns = schema.flatMap((node) => leaves(node, []));
    rmSync(this.#aside, { recursive: true, force: true });
    this.#descriptor = openSync(this.#aside, "w");
    this.#write([MARK]);
  }

  /** Writes what the columns hold as one row group, and clears them. */
  endRowGroup(rows: number): void {
    if (rows === 0) return;
    const begin = this.#size;
    const chunks = this.#columns.map(({ column, path }): ThriftField[] => {
      const page = column.page();
      const size = page.reduce((sum, bytes) => sum + bytes.length, 0);
      const header = thriftStruct([
        { id: 1, int32: 0 },
        { id: 2, int32: size },
        { id: 3, int32: size },
        {
          id: 5,
          struct: [
            { id: 1, int32: column.count },
            { id: 2, int32: PLAIN },
            { id: 3, int32: RUN_LENGTH },
            { id: 4, int32: RUN_LENGTH },
          ],
        },
      ]);
      const at = this.#size;
      this.#write([header, ...page]);
      const total = header.length + size;
      const entries = column.count;
      column.clear();
      return [
        { id: 2, int64: at },
        {
          id: 3,
          struct: [
            { id: 1, int32: STORED[column.stored] },
            { id: 2, int32s: [PLAIN, RUN_LENGTH] },
            { id: 3, texts: path },
            { id: 4, int32: UNCOMPRESSED },
            { id: 5, int64: entries },
            { id: 6, int64: total },
            { id: 7, int64: total },
            { id: 9, int64: at },
          ],
        },
      ];
    });
    this.#groups.push([
      { id: 1, structs: chunks },
      { id: 2, int64: this.#size - begin },
      { id: 3, int64: rows },
    ]);
    this.#rows += rows;
    // In pieces: one flush of the whole file at its end would hold up whoever else writes to the disk.
    if (this.#descriptor !== undefined) fdatasyncSync(this.#descriptor);
  }

  /** Ends the file and gives it its name; returns its size. */
  close(): number {
    const elements: ThriftField[][] = [
      [
        { id: 4, text: "decision_log" },
        { id: 5, int32: this.#schema.length },
      ],
      ...this.#schema.flatMap((node) => schemaElements(node, REQUIRED)),
    ];
    const notes = Object.entries(this.#notes).map(([key, value]): ThriftField[] => [
      { id: 1, text: key },
      { id: 2, text: value },
    ]);
    const footer = thriftStruct([
      { id: 1, int32: 1 },
      { id: 2, structs: elements },
      { id: 3, int64: this.#rows },
      { id: 4, structs: this.#groups },
      ...(notes.length === 0 ? [] : [{ id: 5, structs: notes }]),
      { id: 6, text: "longview" },
    ]);
    this.#write([footer, lengthBytes(footer.length), MARK]);
    if (this.#descriptor !== undefined) fsyncSync(this.#descriptor);
    this.#release();
    renameSync(this.#aside, this.#path);
    return this.#size;
  }

  /** Gives up: nothing stays on the disk of a file that was not closed. */
  abort(): void {
    this.#release();
    rmSync(this.#aside, { force: true });
  }

  #write(blocks: readonly Uint8Array[]): void {
    if (this.#descriptor === undefined) throw new Error(`${this.#path}: the file is closed`);
    for (const block of blocks) {
      let written = 0;
      while (written < block.length)
        written += writeSync(this.#descriptor, block, written, block.length - written);
      this.#size += block.length;
    }
  }

  #release(): void {
    if (this.#descriptor === undefined) return;
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

function lengthBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length, true);
  return bytes;
}

function leaves(
  node: SchemaNode,
  above: readonly string[],
): { column: ParquetColumn; path: readonly string[] }[] {
  const path = [...above, node.name];
  if ("column" in node) return [{ column: node.column, path }];
  if ("members" in node) return node.members.flatMap((member) => leaves(member, path));
  return leaves(node.entries, [...path, "list"]);
}

/** The schema's elements, depth first; a list is a group of a repeated group of its entry. */
function schemaElements(node: SchemaNode, repetition: number): ThriftField[][] {
  if ("column" in node)
    return [
      [
        { id: 1, int32: STORED[node.column.stored] },
        { id: 3, int32: repetition },
        { id: 4, text: node.name },
        ...(node.column.stored === "text" ? [{ id: 6, int32: UTF8 }] : []),
      ],
    ];
  if ("members" in node)
    return [
      [
        { id: 3, int32: repetition },
        { id: 4, text: node.name },
        { id: 5, int32: node.members.length },
      ],
      ...node.members.flatMap((member) => schemaElements(member, REQUIRED)),
    ];
  return [
    [
      { id: 3, int32: repetition },
      { id: 4, text: node.name },
      { id: 5, int32: 1 },
      { id: 6, int32: LIST },
    ],
    [
      { id: 3, int32: REPEATED },
      { id: 4, text: "list" },
      { id: 5, int32: 1 },
    ],
    ...schemaElements(node.entries, REQUIRED),
  ];
}
