import type { GapAxes } from "./evidence.ts";
import type { ServedSupply } from "./topic-prices.ts";

/** Groups of users of a log: deletion of each gives the error of everything that was fitted. */
export const LOG_GROUPS = 20;
/** Decisions at whose number an effect is believed half. */
const HALF_BELIEF = 10;

/**
 * Mean outcomes of a log, by groups of users: `u(item, cell) = mean(topic, segment, context) + effect(item)`, each shrunk towards
 * what lies above it (the cell to its topic, the topic to all; the item to 0) by `n / (n + 10)`.
 *
 * Groups of even and of odd number are the two halves. Of each half a model is fitted on its own decisions alone, and once more
 * without each of its groups.
 */
export class OutcomeModel {
  readonly #axes: GapAxes;
  readonly #columns: number;
  /** Decisions and outcomes by (cell, group). */
  readonly #cellCount: Float64Array;
  readonly #cellSum: Float64Array;
  /** Cell means by (fit, cell); see {@link fitCells}. */
  readonly #cellMean: Float64Array;
  /** Showings and residuals by (item, group). */
  readonly #itemCount: Float64Array;
  readonly #itemSum: Float64Array;

  constructor(axes: GapAxes, items: number) {
    this.#axes = axes;
    this.#columns = axes.segments.length * axes.contexts.length;
    const cells = axes.topics.length * this.#columns;
    this.#cellCount = new Float64Array(cells * LOG_GROUPS);
    this.#cellSum = new Float64Array(cells * LOG_GROUPS);
    this.#cellMean = new Float64Array(cells * FITS);
    this.#itemCount = new Float64Array(items * LOG_GROUPS);
    this.#itemSum = new Float64Array(items * LOG_GROUPS);
  }

  /** Adds a showing of a cell's topic. Before {@link fitCells}. */
  addShowing(cell: number, group: number, outcome: number): void {
    const at = cell * LOG_GROUPS + group;
    this.#cellCount[at] = this.#cellCount[at]! + 1;
    this.#cellSum[at] = this.#cellSum[at]! + outcome;
  }

  /** Fits the means of cells, of both halves and without each group. */
  fitCells(): void {
    const { topics } = this.#axes;
    for (let fit = 0; fit < FITS; fit++) {
      const [all, allCount] = this.#sums(0, topics.length * this.#columns, fit);
      const center = allCount > 0 ? all / allCount : 0;
      for (let topic = 0; topic < topics.length; topic++) {
        const first = topic * this.#columns;
        const ofTopic = shrunk(this.#sums(first, first + this.#columns, fit), center);
        for (let cell = first; cell < first + this.#columns; cell++)
          this.#cellMean[cell * FITS + fit] = shrunk(this.#sums(cell, cell + 1, fit), ofTopic);
      }
    }
  }

  #sums(from: number, to: number, fit: number): readonly [sum: number, count: number] {
    let sum = 0;
    let count = 0;
    for (let cell = from; cell < to; cell++)
      for (let group = halfOf(fit); group < LOG_GROUPS; group += 2) {
        if (leftOut(fit) === group) continue;
        sum += this.#cellSum[cell * LOG_GROUPS + group]!;
        count += this.#cellCount[cell * LOG_GROUPS + group]!;
      }
    return [sum, count];
  }

  /** Adds a showing of an item: its residual from the mean that its half fitted. After {@link fitCells}. */
  addItem(item: number, cell: number, showing: { readonly group: number; readonly outcome: number }): void {
    const at = item * LOG_GROUPS + showing.group;
    this.#itemCount[at] = this.#itemCount[at]! + 1;
    this.#itemSum[at] = this.#itemSum[at]! + showing.outcome - this.cellMean(cell, showing.group % 2);
  }

  /** Mean outcome of a cell in a fit. */
  cellMean(cell: number, fit: number): number {
    return this.#cellMean[cell * FITS + fit]!;
  }

  /** Showings and mean outcomes of all cells. */
  served(weeks: number): ServedSupply {
    const cells = this.#cellMean.length / FITS;
    const exposures = Float64Array.from({ length: cells }, (_, cell) => {
      let count = 0;
      for (let group = 0; group < LOG_GROUPS; group++) count += this.#cellCount[cell * LOG_GROUPS + group]!;
      return count;
    });
    const worth = exposures.map((_, cell) => (this.cellMean(cell, 0) + this.cellMean(cell, 1)) / 2);
    return { exposures, worth, weeks };
  }

  /** Shrunk effect of an item in a fit. */
  itemEffect(item: number, fit: number): number {
    let sum = 0;
    let count = 0;
    for (let group = halfOf(fit); group < LOG_GROUPS; group += 2) {
      if (leftOut(fit) === group) continue;
      sum += this.#itemSum[item * LOG_GROUPS + group]!;
      count += this.#itemCount[item * LOG_GROUPS + group]!;
    }
    return sum / (count + HALF_BELIEF);
  }

  /** How often an item was shown to a half's users. */
  itemShowings(item: number, half: number): number {
    let count = 0;
    for (let group = half; group < LOG_GROUPS; group += 2)
      count += this.#itemCount[item * LOG_GROUPS + group]!;
    return count;
  }
}

/** Fits: 0 and 1 are the halves; 2 + g is the half of group g without it. */
export const FITS = 2 + LOG_GROUPS;
/** The fit of a group's half without that group. */
export const fitWithout = (group: number): number => 2 + group;
const leftOut = (fit: number): number => fit - 2;
const halfOf = (fit: number): number => fit % 2;

function shrunk([sum, count]: readonly [sum: number, count: number], towards: number): number {
  return (sum + HALF_BELIEF * towards) / (count + HALF_BELIEF);
}
