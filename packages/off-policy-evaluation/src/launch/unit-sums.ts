import { OffPolicyEvaluationError } from "../error.ts";

/** Units that are told apart; more of them share groups. */
export const LARGEST_UNIT_COUNT = 2 ** 20;

/** Options of {@link UnitSums}. */
export interface UnitSumsOptions {
  /** Numbers of one row, >= 1. */
  readonly columns: number;
  /** Rows that will be added: up to 2^20 of them every unit is told apart. */
  readonly rowCount: number;
}

/**
 * Sums of columns by independent unit, in one pass and bounded memory, whatever the rows.
 *
 * A log of more than 2^20 rows is gathered in 2^20 groups of units, by a hash of the unit: units that are independent stay so
 * when they are added up in groups chosen without looking at their outcomes, so every interval over groups is valid, and over
 * a million of them it is as sharp.
 */
export class UnitSums {
  readonly columns: number;
  readonly #exact: boolean;
  readonly #slots = new Map<number, number>();
  #sums: Float64Array;
  #used: Uint8Array;
  #slotCount = 0;
  #rows = 0;

  /** @throws OffPolicyEvaluationError `BAD_OPTION` */
  constructor(options: UnitSumsOptions) {
    const { columns, rowCount } = options;
    if (!(Number.isSafeInteger(columns) && columns >= 1))
      throw new OffPolicyEvaluationError(
        "BAD_OPTION",
        `UnitSums: columns must be a whole number >= 1, got ${columns}`,
      );
    this.columns = columns;
    this.#exact = rowCount <= LARGEST_UNIT_COUNT;
    const slots = this.#exact ? Math.max(1, rowCount) : LARGEST_UNIT_COUNT;
    this.#sums = new Float64Array(slots * columns);
    this.#used = new Uint8Array(slots);
  }

  /** Whether each unit has sums of its own. */
  get exact(): boolean {
    return this.#exact;
  }

  /** Units, or groups of them. */
  get unitCount(): number {
    return this.#slotCount;
  }

  /** Rows added. */
  get rowCount(): number {
    return this.#rows;
  }

  /**
   * The place of a unit's sums in what {@link add} takes.
   *
   * @param unit - a whole number that stands for the unit; undefined: the next row is a unit of its own
   * @throws OffPolicyEvaluationError `BAD_LENGTH` for more units than rows were announced
   */
  slotOf(unit: number | undefined): number {
    const capacity = this.#used.length;
    if (!this.#exact) return unit === undefined ? this.#rows % capacity : unit % capacity;
    if (unit === undefined) return this.#checked(this.#rows);
    const known = this.#slots.get(unit);
    if (known !== undefined) return known;
    const slot = this.#checked(this.#slots.size);
    this.#slots.set(unit, slot);
    return slot;
  }

  /** Adds one row. */
  add(slot: number, values: ArrayLike<number>): void {
    const { columns } = this;
    const sums = this.#sums;
    for (let k = 0, at = slot * columns; k < columns; k++, at++) sums[at] = sums[at]! + values[k]!;
    if (this.#used[slot] === 0) {
      this.#used[slot] = 1;
      this.#slotCount++;
    }
    this.#rows++;
  }

  /** One array a column, one entry a unit that has rows: its sum, times units ÷ rows, so that the mean over units is the mean over rows. */
  means(): Float64Array[] {
    const { columns } = this;
    const scale = this.#slotCount / this.#rows;
    const out = Array.from({ length: columns }, () => new Float64Array(this.#slotCount));
    let unit = 0;
    for (let slot = 0; slot < this.#used.length; slot++) {
      if (this.#used[slot] === 0) continue;
      for (let k = 0; k < columns; k++) out[k]![unit] = this.#sums[slot * columns + k]! * scale;
      unit++;
    }
    return out;
  }

  #checked(slot: number): number {
    if (slot >= this.#used.length)
      throw new OffPolicyEvaluationError(
        "BAD_LENGTH",
        `UnitSums: more units than the ${this.#used.length} rows that were announced`,
      );
    return slot;
  }
}
