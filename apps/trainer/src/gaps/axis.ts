import { sortedQuantile } from "@longview/statistics";
import { UsageError } from "../exit-codes.ts";

/** Values of a column from which quartiles are told. */
const SAMPLE = 50_000;
/** Numbers with more different values are put into quartiles. */
const AS_THEY_ARE = 12;
const MOST = 50;

/** Groups rows by one column: each value by itself, or numbers by quartiles. */
export class Axis {
  readonly #option: string;
  readonly #column: string | undefined;
  readonly #place: number | undefined;
  readonly #everything: string;
  readonly #values = new Map<string, number>();
  readonly #sample: number[] = [];
  #cuts: readonly number[] = [];
  #names: readonly string[] = [];

  /**
   * @param option - the option's name, for messages
   * @param column - the column, `context.K` for a number of the context; undefined: one group of everything
   * @param everything - that group's name
   */
  constructor(option: string, column: string | undefined, everything: string) {
    const numbered = /^context\.(\d+)$/.exec(column ?? "");
    this.#option = option;
    this.#column = numbered === null ? column : "context";
    this.#place = numbered === null ? undefined : Number(numbered[1]);
    this.#everything = everything;
  }

  /** The log's column that it needs. */
  get column(): string | undefined {
    return this.#column;
  }

  /** Sees a row's value before the groups are made. @throws {UsageError} for more different values than make groups */
  observe(cell: unknown): void {
    if (this.#column === undefined) return;
    const value = this.#valueOf(cell);
    if (typeof value === "number" && this.#sample.length < SAMPLE) this.#sample.push(value);
    // Beyond this many, numbers go by quartiles and need no list.
    const whole = this.#values.size > MOST;
    if (whole && typeof value === "number") return;
    this.#values.set(String(value), (this.#values.get(String(value)) ?? 0) + 1);
    if (this.#values.size > MOST && typeof value !== "number")
      throw new UsageError(
        `${this.#option}: column ${this.#column} has more than ${MOST} different texts; allowed: at most ${MOST}, or numbers`,
      );
  }

  /** Makes the groups. */
  settle(): void {
    if (this.#column === undefined) {
      this.#names = [this.#everything];
      return;
    }
    const label = this.#place === undefined ? this.#column : `${this.#column}.${this.#place}`;
    if (this.#sample.length > 0 && this.#values.size > AS_THEY_ARE) {
      const sorted = Float64Array.from(this.#sample).sort();
      this.#cuts = Array.from(new Set([0.25, 0.5, 0.75].map((p) => sortedQuantile(sorted, p))));
      this.#names = [...this.#cuts.map((cut) => `${label} up to ${rounded(cut)}`), `${label} above`];
    } else {
      this.#values.delete("");
      this.#names = Array.from(this.#values.keys()).sort((one, other) =>
        Number.isFinite(Number(one)) && Number.isFinite(Number(other))
          ? Number(one) - Number(other)
          : one < other
            ? -1
            : 1,
      );
    }
  }

  /** Names of the groups. After {@link settle}. */
  get names(): readonly string[] {
    return this.#sample.length > 0 && this.#cuts.length === 0
      ? this.#names.map((name) => `${this.#column} ${name}`)
      : this.#names;
  }

  /** The group of a row's value. */
  groupOf(cell: unknown): number {
    if (this.#column === undefined) return 0;
    const value = this.#valueOf(cell);
    if (this.#cuts.length > 0) {
      const group = this.#cuts.findIndex((cut) => Number(value) <= cut);
      return group < 0 ? this.#cuts.length : group;
    }
    return this.#names.indexOf(String(value));
  }

  #valueOf(cell: unknown): string | number {
    const value: unknown =
      this.#place === undefined ? cell : Array.isArray(cell) ? cell[this.#place] : undefined;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (typeof value === "string" || typeof value === "boolean") return String(value);
    if (this.#place !== undefined)
      throw new UsageError(`${this.#option}: the context has no number ${this.#place}; it begins at 0`);
    return "unknown";
  }
}

const rounded = (value: number): string => String(Number(value.toPrecision(3)));
