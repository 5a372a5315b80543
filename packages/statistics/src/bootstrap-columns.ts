import { COUNT_OF_BYTE } from "./bootstrap-counts.ts";

/** Drawn bytes of a block of rows: four resamples a word, word j of row i at `j · stride + i` (see `bootstrapWordsInto`). */
export interface DrawnBlock {
  readonly words: Int32Array;
  readonly stride: number;
  readonly rows: number;
  readonly replicates: number;
}

/** Sums of one resample after the other, `width` numbers each. */
export interface ResampleSums {
  readonly sums: Float64Array;
  readonly width: number;
}

/**
 * Adds count · value of every row to column k of each resample's sums. Each sum is added up row by row, so blocks of any size give
 * the same bits.
 */
export function addColumn(into: ResampleSums, k: number, column: Float64Array, drawn: DrawnBlock): void {
  const { sums, width } = into;
  const { words, stride, rows, replicates } = drawn;
  let b = 0;
  // Four sums at once: one word read, and four chains of additions that do not wait for each other.
  for (; b + 4 <= replicates; b += 4) {
    const from = (b >> 2) * stride;
    const at = b * width + k;
    let first = sums[at]!;
    let second = sums[at + width]!;
    let third = sums[at + 2 * width]!;
    let fourth = sums[at + 3 * width]!;
    for (let i = 0; i < rows; i++) {
      const word = words[from + i]!;
      const value = column[i]!;
      first += COUNT_OF_BYTE[word & 255]! * value;
      second += COUNT_OF_BYTE[(word >>> 8) & 255]! * value;
      third += COUNT_OF_BYTE[(word >>> 16) & 255]! * value;
      fourth += COUNT_OF_BYTE[word >>> 24]! * value;
    }
    sums[at] = first;
    sums[at + width] = second;
    sums[at + 2 * width] = third;
    sums[at + 3 * width] = fourth;
  }
  for (; b < replicates; b++) {
    const from = (b >> 2) * stride;
    const shift = (b & 3) * 8;
    const at = b * width + k;
    let sum = sums[at]!;
    for (let i = 0; i < rows; i++) sum += COUNT_OF_BYTE[(words[from + i]! >>> shift) & 255]! * column[i]!;
    sums[at] = sum;
  }
}

/**
 * {@link addColumn} of three columns and of the counts in one loop, for an even number of resamples: half the time of four loops.
 */
export function addThreeColumns(
  sums: Float64Array,
  counts: Float64Array,
  columns: readonly [Float64Array, Float64Array, Float64Array],
  drawn: DrawnBlock,
): void {
  const { words, stride, rows, replicates } = drawn;
  const [x, y, z] = columns;
  for (let b = 0; b < replicates; b += 2) {
    const from = (b >> 2) * stride;
    const shift = (b & 2) * 8;
    const at = b * 3;
    let firstCount = 0;
    let firstX = sums[at]!;
    let firstY = sums[at + 1]!;
    let firstZ = sums[at + 2]!;
    let secondCount = 0;
    let secondX = sums[at + 3]!;
    let secondY = sums[at + 4]!;
    let secondZ = sums[at + 5]!;
    for (let i = 0; i < rows; i++) {
      const word = words[from + i]! >>> shift;
      const first = COUNT_OF_BYTE[word & 255]!;
      const second = COUNT_OF_BYTE[(word >>> 8) & 255]!;
      const xi = x[i]!;
      const yi = y[i]!;
      const zi = z[i]!;
      firstCount += first;
      secondCount += second;
      firstX += first * xi;
      secondX += second * xi;
      firstY += first * yi;
      secondY += second * yi;
      firstZ += first * zi;
      secondZ += second * zi;
    }
    counts[b] = counts[b]! + firstCount;
    counts[b + 1] = counts[b + 1]! + secondCount;
    sums[at] = firstX;
    sums[at + 1] = firstY;
    sums[at + 2] = firstZ;
    sums[at + 3] = secondX;
    sums[at + 4] = secondY;
    sums[at + 5] = secondZ;
  }
}
