import { addColumn, addThreeColumns } from "./bootstrap-columns.ts";
import { bootstrapWordCount, bootstrapWordsInto } from "./bootstrap-counts.ts";
import type { RandomKey } from "./random-key.ts";

/** Rows at a time. */
const BLOCK = 128;
const ONES = new Float64Array(BLOCK).fill(1);

/** What {@link BootstrapSums} is made from. */
export interface BootstrapSumsOptions {
  /** Numbers a row carries, >= 1. */
  readonly columns: number;
  /** Resamples, from 1 to 16384. */
  readonly replicates: number;
  /** Decides every resample; shards of one data set share it. */
  readonly key: RandomKey;
}

/**
 * Sums of columns in every bootstrap resample, gathered in ONE pass over the data: memory is `replicates × columns`, whatever
 * the rows.
 *
 * Each row is added with the number of its resampling unit. Rows with the same unit are resampled together, wherever they
 * stand. Accumulators of shards merge by addition.
 */
export class BootstrapSums {
  readonly columns: number;
  readonly replicates: number;
  readonly key: RandomKey;
  /** Rows in each resample. */
  readonly counts: Float64Array;
  /** Sum of column k in resample b at `b · columns + k`. */
  readonly sums: Float64Array;
  /** Drawn bytes of a block of rows, see `DrawnBlock`. */
  readonly #words: Int32Array;
  readonly #wordCount: number;
  /** The block's rows, a column each. */
  readonly #values: readonly Float64Array[];

  /** @throws RangeError for columns or replicates out of range */
  constructor(options: BootstrapSumsOptions) {
    const { columns, replicates, key } = options;
    if (!Number.isSafeInteger(columns) || columns < 1)
      throw new RangeError(`BootstrapSums: columns must be a whole number >= 1, got ${columns}`);
    if (!Number.isSafeInteger(replicates) || replicates < 1 || replicates > 16384)
      throw new RangeError(
        `BootstrapSums: replicates must be a whole number from 1 to 16384, got ${replicates}`,
      );
    this.columns = columns;
    this.replicates = replicates;
    this.key = key;
    this.counts = new Float64Array(replicates);
    this.sums = new Float64Array(replicates * columns);
    this.#wordCount = bootstrapWordCount(replicates);
    this.#words = new Int32Array(this.#wordCount * BLOCK);
    this.#values = Array.from({ length: columns }, () => new Float64Array(BLOCK));
  }

  /**
   * Adds rows, given as one array a column.
   *
   * @param units - the resampling unit of each row; without it row i is unit `firstUnit + i`
   * @throws RangeError when a column or `units` has another length
   */
  add(columns: readonly ArrayLike<number>[], units?: ArrayLike<number>, firstUnit = 0): void {
    const width = this.columns;
    if (columns.length !== width)
      throw new RangeError(`BootstrapSums.add: needs ${width} columns, got ${columns.length}`);
    const rows = columns[0]!.length;
    for (const column of columns)
      if (column.length !== rows)
        throw new RangeError(`BootstrapSums.add: columns must have ${rows} rows, one has ${column.length}`);
    if (units !== undefined && units.length !== rows)
      throw new RangeError(`BootstrapSums.add: units must have ${rows} entries, got ${units.length}`);
    for (let start = 0; start < rows; start += BLOCK) {
      const size = Math.min(BLOCK, rows - start);
      this.#draw(size, start, units, firstUnit);
      this.#values.forEach((values, k) => {
        const column = columns[k]!;
        for (let i = 0; i < size; i++) values[i] = column[start + i]!;
      });
      this.#addBlock(size);
    }
  }

  #draw(rows: number, start: number, units: ArrayLike<number> | undefined, firstUnit: number): void {
    const words = this.#words;
    const count = this.#wordCount;
    let last = -1;
    for (let i = 0; i < rows; i++) {
      const unit = units === undefined ? firstUnit + start + i : units[start + i]!;
      if (unit !== last || i === 0)
        bootstrapWordsInto(words, { at: i, stride: BLOCK, words: count }, this.key, unit);
      else for (let j = 0, at = i; j < count; j++, at += BLOCK) words[at] = words[at - 1]!;
      last = unit;
    }
  }

  #addBlock(rows: number): void {
    const { counts, sums, replicates, columns: width } = this;
    const drawn = { words: this.#words, stride: BLOCK, rows, replicates };
    const [x, y, z] = this.#values;
    if (width === 3 && replicates % 2 === 0 && x !== undefined && y !== undefined && z !== undefined) {
      addThreeColumns(sums, counts, [x, y, z], drawn);
      return;
    }
    addColumn({ sums: counts, width: 1 }, 0, ONES, drawn);
    this.#values.forEach((values, k) => addColumn({ sums, width }, k, values, drawn));
  }

  /**
   * Adds what another accumulator saw (other rows of the same data, under the same key).
   *
   * @throws RangeError when columns, replicates or key differ
   */
  merge(other: BootstrapSums): void {
    if (
      other.columns !== this.columns ||
      other.replicates !== this.replicates ||
      other.key.first !== this.key.first ||
      other.key.second !== this.key.second
    )
      throw new RangeError("BootstrapSums.merge: columns, replicates and key must be equal");
    for (let b = 0; b < this.counts.length; b++) this.counts[b] = this.counts[b]! + other.counts[b]!;
    for (let i = 0; i < this.sums.length; i++) this.sums[i] = this.sums[i]! + other.sums[i]!;
  }

  /** Writes the column means of resample `replicate` into `out`; NaN when it drew no row. */
  meansInto(out: Float64Array, replicate: number): void {
    const count = this.counts[replicate]!;
    for (let k = 0; k < this.columns; k++)
      out[k] = count === 0 ? Number.NaN : this.sums[replicate * this.columns + k]! / count;
  }
}
