import type { LaunchBlock, LaunchLog } from "./launch-log.ts";

/** Rows up to which a log is also held in memory, for estimators that need all of it at once. */
export const LARGEST_ROWS_IN_MEMORY = 2 ** 21;

/** A launch's log in memory, column by column. */
export interface LaunchRows {
  readonly rowCount: number;
  /** One array a metric of the log. */
  readonly rewards: readonly Float64Array[];
  readonly propensity: Float64Array;
  readonly candidate: Float64Array;
  readonly incumbent: Float64Array | undefined;
  readonly unit: Float64Array | undefined;
  readonly time: Float64Array | undefined;
  readonly action: Int32Array | undefined;
  readonly position: Int32Array | undefined;
  readonly policy: Int32Array | undefined;
  /** Features and segments by column. */
  readonly carried: ReadonlyMap<string, readonly unknown[]>;
}

/** Collects blocks into {@link LaunchRows}. */
export class LaunchRowsBuilder {
  readonly #rowCount: number;
  readonly #rewards: Float64Array[];
  readonly #numbers = new Map<string, Float64Array>();
  readonly #whole = new Map<string, Int32Array>();
  readonly #carried = new Map<string, unknown[]>();
  #at = 0;

  constructor(log: LaunchLog) {
    this.#rowCount = log.rowCount;
    this.#rewards = log.metrics.map(() => new Float64Array(log.rowCount));
  }

  add(block: LaunchBlock): void {
    const { propensity, candidate, incumbent, unit, time, action, position, policy } = block;
    this.#rewards.forEach((out, k) => out.set(block.rewards[k]!, this.#at));
    for (const [name, values] of Object.entries({ propensity, candidate, incumbent, unit, time }))
      if (values !== undefined) this.#column(this.#numbers, name, Float64Array).set(values, this.#at);
    for (const [name, values] of Object.entries({ action, position, policy }))
      if (values !== undefined) this.#column(this.#whole, name, Int32Array).set(values, this.#at);
    for (const [name, values] of Object.entries(block.carried ?? {})) {
      let into = this.#carried.get(name);
      if (into === undefined) this.#carried.set(name, (into = []));
      for (const value of values) into.push(value);
    }
    this.#at += block.rowCount;
  }

  rows(): LaunchRows {
    return {
      rowCount: this.#rowCount,
      rewards: this.#rewards,
      propensity: this.#numbers.get("propensity") ?? new Float64Array(this.#rowCount),
      candidate: this.#numbers.get("candidate") ?? new Float64Array(this.#rowCount),
      incumbent: this.#numbers.get("incumbent"),
      unit: this.#numbers.get("unit"),
      time: this.#numbers.get("time"),
      action: this.#whole.get("action"),
      position: this.#whole.get("position"),
      policy: this.#whole.get("policy"),
      carried: this.#carried,
    };
  }

  #column<T>(columns: Map<string, T>, name: string, make: new (length: number) => T): T {
    let column = columns.get(name);
    if (column === undefined) columns.set(name, (column = new make(this.#rowCount)));
    return column;
  }
}
