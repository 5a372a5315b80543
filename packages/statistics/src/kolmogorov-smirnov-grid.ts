/**
 * A distribution known by its quantiles at evenly spaced levels, cut into cells: each distinct quantile is a cell of its
 * own, and so is each open interval before, between and behind them. Cell `2i + 1` is the value `values[i]`, cell `2i` what
 * lies between `values[i − 1]` and it.
 */
export interface QuantileGrid {
  /** Distinct quantiles, ascending. */
  readonly values: Float64Array;
  /** The first level at which each value stands: P(X < value) is at most this. */
  readonly below: Float64Array;
  /** The last level at which each value stands: P(X ≤ value) is at least this. */
  readonly through: Float64Array;
  /** Step between two levels: what lies between neighbours is known to this much. */
  readonly step: number;
}

/**
 * The {@link QuantileGrid} of quantiles at the levels 0, 1/k … 1.
 *
 * @param quantiles - ascending, finite, at least 2; the first is the minimum, the last the maximum
 * @throws RangeError for fewer, for one that is not finite, and for one below its predecessor
 */
export function quantileGrid(quantiles: ArrayLike<number>): QuantileGrid {
  const steps = quantiles.length - 1;
  if (steps < 1) throw new RangeError(`quantileGrid: needs at least 2 quantiles, got ${quantiles.length}`);
  const values: number[] = [];
  const below: number[] = [];
  const through: number[] = [];
  for (let i = 0; i <= steps; i++) {
    const value = quantiles[i]!;
    if (!Number.isFinite(value))
      throw new RangeError(`quantileGrid: quantile ${i} must be finite, got ${value}`);
    const last = values.length - 1;
    if (last >= 0 && value < values[last]!)
      throw new RangeError(
        `quantileGrid: quantile ${i} must be at least its predecessor ${values[last]}, got ${value}`,
      );
    if (last >= 0 && value === values[last]!) through[last] = i / steps;
    else {
      values.push(value);
      below.push(i / steps);
      through.push(i / steps);
    }
  }
  return {
    values: Float64Array.from(values),
    below: Float64Array.from(below),
    through: Float64Array.from(through),
    step: 1 / steps,
  };
}

/**
 * The cell of a value among ascending distinct values that lie in `values[start … start + length)`; see
 * {@link QuantileGrid}. Allocates nothing. NaN falls into cell 0.
 */
export function quantileCell(values: Float64Array, start: number, length: number, value: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[start + middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low < length && values[start + low]! === value ? 2 * low + 1 : 2 * low;
}

/**
 * Kolmogorov–Smirnov distance of counted values from a quantile grid: the largest amount by which their distribution
 * function G contradicts what the grid says, `max(G(v−) − below(v), through(v) − G(v))` over the grid's values v.
 *
 * For a continuous distribution this is `max |G(v) − level(v)|`. Ties are no contradiction: a value with a mass of its own
 * only bounds the levels. The distance to the distribution itself is never below this and at most `grid.step` above, as far
 * as the quantiles are exact (interpolated ones of m values: up to 1/m).
 *
 * @param cellCounts - one count a cell of {@link quantileCell}, `2 · values + 1`, not all 0
 * @throws RangeError for another number of cells, or counts that sum to 0
 */
export function gridKolmogorovSmirnov(grid: QuantileGrid, cellCounts: ArrayLike<number>): number {
  const length = grid.values.length;
  if (cellCounts.length !== 2 * length + 1)
    throw new RangeError(
      `gridKolmogorovSmirnov: needs ${2 * length + 1} cells for ${length} distinct quantiles, got ${cellCounts.length}`,
    );
  let total = 0;
  for (let i = 0; i < cellCounts.length; i++) total += cellCounts[i]!;
  if (!(total > 0)) throw new RangeError(`gridKolmogorovSmirnov: counts must sum above 0, got ${total}`);
  let distance = 0;
  let passed = 0;
  for (let i = 0; i < length; i++) {
    passed += cellCounts[2 * i]!;
    distance = Math.max(distance, passed / total - grid.below[i]!);
    passed += cellCounts[2 * i + 1]!;
    distance = Math.max(distance, grid.through[i]! - passed / total);
  }
  return distance;
}
