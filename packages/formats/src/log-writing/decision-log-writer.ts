import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { DecisionLogRow } from "../decision-log.ts";
import { identifier, literal } from "../log-reading/sql.ts";
import { logColumns } from "./log-columns.ts";
import { requireMetricNames, rowProblem, type LogMetrics } from "./row-problem.ts";

/** Writes a decision log in DESIGN.md's schema. */
export interface DecisionLogWriter {
  /** Rows taken so far. */
  readonly rowCount: number;
  /**
   * Takes rows, which must not be changed afterwards: the last 256 wait to be written.
   *
   * @throws RangeError one line naming the decision and what it breaks; the row is not taken
   */
  append(rows: readonly DecisionLogRow[]): void;
  /** Writes the file aside, flushes it and gives it its name: it is whole or not there. */
  close(): Promise<void>;
  /** Gives up: nothing stays on the disk. May be called at any time, also after `close`. */
  abort(): void;
}

/** How a log is written. */
export interface DecisionLogWriterOptions extends LogMetrics {
  /** Memory of the file writer, in MiB; what is beyond it waits on the disk, beside the file. @defaultValue 256 */
  readonly memoryMebibytes?: number;
}

/** Rows of one piece that goes to the engine: small, because a value waits there as an object. */
const PIECE_ROWS = 256;
const ROW_GROUP_ROWS = 4096;

/**
 * Opens a Parquet file to write a decision log, replacing what stands at `path` when it is closed.
 *
 * The same rows give the same bytes. `openDecisionLog` reads the file without a mapping.
 *
 * @throws RangeError when no objective is named, or a name twice
 * @example
 * const writer = await openDecisionLogWriter("log.parquet", { objectives: ["reward"], costs: [] });
 * writer.append(rows);
 * await writer.close();
 */
export async function openDecisionLogWriter(
  path: string,
  options: DecisionLogWriterOptions,
): Promise<DecisionLogWriter> {
  requireMetricNames(options);
  const duckdb = await import("@duckdb/node-api");
  const folder = join(dirname(path), `.${basename(path)}.writing`);
  const aside = join(folder, "log.parquet");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const instance = await duckdb.DuckDBInstance.create(":memory:", {
    // One thread: the same rows give the same bytes.
    threads: "1",
    memory_limit: `${options.memoryMebibytes ?? 256}MiB`,
    temp_directory: folder,
    preserve_insertion_order: "true",
    autoinstall_known_extensions: "false",
  });
  const connection = await instance.connect();
  const columns = logColumns(duckdb, options);
  await connection.run(
    `CREATE TABLE log (${columns.map(({ name, sqlType }) => `${identifier(name)} ${sqlType}`).join(", ")})`,
  );
  const appender = await connection.createAppender("log");
  // One piece for all: its memory is outside the heap, so a new one each time would pile up until it is collected.
  const piece = duckdb.DuckDBDataChunk.create(
    columns.map((_, at) => appender.columnType(at)),
    PIECE_ROWS,
  );
  let waiting: DecisionLogRow[] = [];
  let rowCount = 0;
  let open = true;

  const flush = (): void => {
    if (waiting.length === 0) return;
    const rows = waiting;
    waiting = [];
    piece.reset();
    piece.setColumns(columns.map(({ valueOf }) => rows.map(valueOf)));
    appender.appendDataChunk(piece);
    appender.flushSync();
  };
  const release = (): void => {
    if (!open) return;
    open = false;
    appender.closeSync();
    connection.closeSync();
    instance.closeSync();
  };
  const abort = (): void => {
    release();
    rmSync(folder, { recursive: true, force: true });
  };
  const requireOpen = (): void => {
    if (!open) throw new Error(`${path}: the log is closed`);
  };

  return {
    get rowCount() {
      return rowCount;
    },
    append(rows) {
      requireOpen();
      for (const row of rows) {
        const problem = rowProblem(row, options);
        if (problem !== undefined)
          throw new RangeError(`decision log: ${row.decision_id || `row ${rowCount + 1}`}: ${problem}`);
        waiting.push(row);
        rowCount++;
        if (waiting.length === PIECE_ROWS) flush();
      }
    },
    async close() {
      requireOpen();
      try {
        flush();
        await connection.run(
          `COPY log TO ${literal(aside)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`,
        );
        const descriptor = openSync(aside, "r+");
        fsyncSync(descriptor);
        closeSync(descriptor);
        release();
        renameSync(aside, path);
      } finally {
        abort();
      }
    },
    abort,
  };
}
