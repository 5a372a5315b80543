import { quantileCell, quantileGrid, type QuantileGrid } from "@longview/statistics";
import { decileBins, type DecileBins } from "./decile-bins.ts";

/** The part of a bundle's `features.json` that tells how one feature was distributed in training. */
export interface ReferenceDistribution {
  readonly name: string;
  /** Values seen in training. */
  readonly count: number;
  /** Quantiles at evenly spaced levels from 0 % to 100 %, ascending. */
  readonly quantiles: readonly number[];
}

/** A feature's reference, ready to be compared with. */
export interface ReferenceFeature {
  readonly name: string;
  readonly count: number;
  readonly grid: QuantileGrid;
  readonly bins: DecileBins;
}

/**
 * Histograms of several features over the cells of their references' quantiles, of the last one to two windows of rows: a
 * window that is full is kept while the next one fills, then dropped. Adding a row allocates nothing.
 */
export class FeatureHistograms {
  readonly features: readonly ReferenceFeature[];
  readonly #window: number;
  /** All grids' values behind one another, so that the loop over a row touches one array. */
  readonly #values: Float64Array;
  readonly #starts: Int32Array;
  #current: Uint32Array;
  #previous: Uint32Array;
  #currentRows = 0;
  #previousRows = 0;

  /**
   * @param references - one a feature, in the order of a row
   * @param window - rows a window, at least 1
   */
  constructor(references: readonly ReferenceDistribution[], window: number) {
    this.#window = window;
    this.features = references.map(({ name, count, quantiles }) => {
      // Rows are float32: a value that training saw must meet its quantile exactly.
      const grid = quantileGrid(Float32Array.from(quantiles));
      return { name, count, grid, bins: decileBins(grid) };
    });
    this.#starts = new Int32Array(this.features.length + 1);
    this.features.forEach(({ grid }, f) => (this.#starts[f + 1] = this.#starts[f]! + grid.values.length));
    this.#values = new Float64Array(this.#starts[this.features.length]!);
    this.features.forEach(({ grid }, f) => this.#values.set(grid.values, this.#starts[f]!));
    const cells = 2 * this.#values.length + this.features.length;
    this.#current = new Uint32Array(cells);
    this.#previous = new Uint32Array(cells);
  }

  /** Rows that the histograms hold: between one and two windows once the first is full. */
  get rows(): number {
    return this.#currentRows + this.#previousRows;
  }

  /** Counts the row of one value a feature that begins at `rows[offset]`. */
  add(rows: Float32Array, offset: number): void {
    const starts = this.#starts;
    const values = this.#values;
    const counts = this.#current;
    const length = this.features.length;
    for (let f = 0; f < length; f++) {
      const start = starts[f]!;
      const cell = quantileCell(values, start, starts[f + 1]! - start, rows[offset + f]!);
      counts[2 * start + f + cell]!++;
    }
    if (++this.#currentRows === this.#window) this.#rotate();
  }

  /** Counts a cell of one feature over both windows. */
  cellCounts(feature: number): Uint32Array {
    const start = 2 * this.#starts[feature]! + feature;
    const end = 2 * this.#starts[feature + 1]! + feature + 1;
    const counts = this.#current.slice(start, end);
    for (let i = 0; i < counts.length; i++) counts[i]! += this.#previous[start + i]!;
    return counts;
  }

  #rotate(): void {
    const oldest = this.#previous;
    this.#previous = this.#current;
    this.#previousRows = this.#currentRows;
    this.#current = oldest.fill(0);
    this.#currentRows = 0;
  }
}
