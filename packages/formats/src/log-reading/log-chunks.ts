import type { DuckDBConnection, DuckDBVector } from "@duckdb/node-api";
import { readingError } from "./reading-error.ts";
import { ROWS_PER_FILE } from "./canonical-rows.ts";

/** Kept rows of a log, column by column; every array has `rowCount` entries. */
export interface DecisionLogChunk {
  readonly rowCount: number;
  /** Index into the log's files. */
  readonly file: Int32Array;
  /** Row in the file, from 1. */
  readonly row: Float64Array;
  /** Probability with which the logged action was chosen, in (0, 1]. */
  readonly propensity: Float64Array | undefined;
  /** One array a metric, in the reader's order. */
  readonly rewards: readonly Float64Array[];
  /** Number of the item shown, an index into the reader's `actions`. */
  readonly action: Int32Array | undefined;
  /** Position, from 0. */
  readonly position: Int32Array | undefined;
  /** Index into the reader's `policies`. */
  readonly policy: Int32Array | undefined;
  /** A whole number below 2^53 that stands for the unit: the same for the same id (a hash: no table of ids is kept). */
  readonly unit: Float64Array | undefined;
  /** A whole number below 2^53 that stands for the session of its unit (a hash, as `unit`). */
  readonly session: Float64Array | undefined;
  /** Number of the decision in its session, from 0. */
  readonly step: Int32Array | undefined;
  /** Candidates that a decision could have shown; undefined for logs without slates. */
  readonly candidateCount: Int32Array | undefined;
  /** Items in the slate; undefined for logs without slates. */
  readonly slateSize: Int32Array | undefined;
  /** Seconds. */
  readonly time: Float64Array | undefined;
  /** Other policies' probability of the logged action, in the reader's order. */
  readonly probabilities: readonly Float64Array[];
  /** The columns asked for, by name; null where nothing stood. */
  readonly carried: Readonly<Record<string, readonly unknown[]>>;
}

/** Which columns to yield. */
export interface ChunkSettings {
  readonly connection: DuckDBConnection;
  readonly files: readonly string[];
  readonly rows: number;
  readonly metricCount: number;
  readonly probabilityCount: number;
  readonly propensity: boolean;
  readonly positionBase: number | undefined;
  readonly action: boolean;
  readonly policy: boolean;
  readonly unit: boolean;
  readonly time: boolean;
  readonly session: boolean;
  readonly step: boolean;
  readonly slates: boolean;
  readonly carry: readonly string[];
}

/** Streams the view `kept`. */
export async function* chunksOf(settings: ChunkSettings): AsyncGenerator<DecisionLogChunk, void, undefined> {
  const doubles: [name: string, sql: string][] = [["ordinal", "ordinal::DOUBLE"]];
  const number = (wanted: boolean, name: string, sql: string): void => {
    if (wanted) doubles.push([name, `(${sql})::DOUBLE`]);
  };
  number(settings.propensity, "propensity", "propensity");
  for (let k = 0; k < settings.metricCount; k++) number(true, `reward_${k}`, `reward_${k}`);
  number(settings.action, "action", `enum_code(action::"action_number")`);
  number(settings.positionBase !== undefined, "position", `position - ${settings.positionBase ?? 0}`);
  number(settings.policy, "policy", `enum_code(policy_id::"policy_id_number")`);
  number(settings.unit, "unit", "hash(unit_id) >> 11");
  number(settings.time, "time", "time");
  const session = settings.unit ? "hash(unit_id, session_id)" : "hash(session_id)";
  number(settings.session, "session", `${session} >> 11`);
  number(settings.step, "step", "step");
  number(settings.slates, "candidate_count", "candidate_count");
  number(settings.slates, "slate_size", "slate_size");
  for (let k = 0; k < settings.probabilityCount; k++) number(true, `probability_${k}`, `probability_${k}`);
  const carried = settings.carry.map((_, k) => `carried_${k}`);
  const result = await settings.connection
    .stream(`SELECT ${[...doubles.map(([, sql]) => sql), ...carried].join(", ")} FROM kept`)
    .catch((cause: unknown) => {
      throw readingError(cause, settings.files);
    });
  let pending = new Pending(doubles.length, settings);
  const names = doubles.map(([name]) => name);
  for (;;) {
    const piece = await result.fetchChunk().catch((cause: unknown) => {
      throw readingError(cause, settings.files);
    });
    if (piece === null || piece.rowCount === 0) break;
    let from = 0;
    while (from < piece.rowCount) {
      const count = Math.min(piece.rowCount - from, settings.rows - pending.rowCount);
      doubles.forEach((_, k) =>
        pending.take(k, numbersOf(piece.getColumnVector(k), piece.rowCount), from, count),
      );
      carried.forEach((_, k) => {
        const values = piece.getColumnValues(doubles.length + k);
        for (let i = from; i < from + count; i++) pending.carry(k, values[i]);
      });
      pending.rowCount += count;
      from += count;
      if (pending.rowCount === settings.rows) {
        yield pending.chunk(names);
        pending = new Pending(doubles.length, settings);
      }
    }
  }
  if (pending.rowCount > 0) yield pending.chunk(names);
}

function numbersOf(vector: DuckDBVector, count: number): Float64Array {
  if ("items" in vector && vector.items instanceof Float64Array) return vector.items;
  return Float64Array.from({ length: count }, (_, i) => Number(vector.getItem(i)));
}

class Pending {
  rowCount = 0;
  readonly #columns: Float64Array[];
  readonly #carried: unknown[][];
  readonly #settings: ChunkSettings;

  constructor(columnCount: number, settings: ChunkSettings) {
    this.#columns = Array.from({ length: columnCount }, () => new Float64Array(settings.rows));
    this.#carried = settings.carry.map(() => []);
    this.#settings = settings;
  }

  take(column: number, values: Float64Array, from: number, count: number): void {
    this.#columns[column]!.set(values.subarray(from, from + count), this.rowCount);
  }

  carry(column: number, value: unknown): void {
    const parsed: unknown = typeof value === "string" ? JSON.parse(value) : null;
    this.#carried[column]!.push(parsed);
  }

  chunk(names: readonly string[]): DecisionLogChunk {
    const { rowCount } = this;
    const optional = (name: string): Float64Array | undefined => {
      const at = names.indexOf(name);
      return at < 0 ? undefined : this.#columns[at]!.subarray(0, rowCount);
    };
    const whole = (name: string): Int32Array | undefined => {
      const values = optional(name);
      return values === undefined ? undefined : new Int32Array(values);
    };
    const group = (prefix: string, count: number): Float64Array[] =>
      Array.from({ length: count }, (_, k) => optional(`${prefix}_${k}`)!);
    const ordinal = optional("ordinal")!;
    return {
      rowCount,
      file: Int32Array.from(ordinal, (value) => Math.floor(value / ROWS_PER_FILE)),
      row: ordinal.map((value) => value % ROWS_PER_FILE),
      propensity: optional("propensity"),
      rewards: group("reward", this.#settings.metricCount),
      action: whole("action"),
      position: whole("position"),
      policy: whole("policy"),
      unit: optional("unit"),
      time: optional("time"),
      session: optional("session"),
      step: whole("step"),
      candidateCount: whole("candidate_count"),
      slateSize: whole("slate_size"),
      probabilities: group("probability", this.#settings.probabilityCount),
      carried: Object.fromEntries(this.#settings.carry.map((name, k) => [name, this.#carried[k]!])),
    };
  }
}
