import type { QuantileGrid } from "@longview/statistics";

/** Bins of a population stability index, made of the cells of a quantile grid. */
export interface DecileBins {
  /** The bin of each cell. */
  readonly binOfCell: Uint8Array;
  /** The reference's share of each bin. */
  readonly shares: Float64Array;
}

/**
 * Bins by the reference's deciles, each reaching through its upper decile; deciles that are tied make one bin. Where the
 * minimum itself is a decile, what lies below it is a bin of its own, and where the maximum is one, what lies above: their
 * shares are 0, so a constant that changes, or a category that is new, shows.
 */
export function decileBins(grid: QuantileGrid): DecileBins {
  const length = grid.values.length;
  const binOfCell = new Uint8Array(2 * length + 1);
  const shares: number[] = [];
  let taken = 0;
  const close = (through: number): void => {
    shares.push(through - taken);
    taken = through;
  };
  for (let i = 0; i < length; i++) {
    const decile = standsAtDecile(grid, i);
    binOfCell[2 * i] = shares.length;
    if (decile && i === 0) close(0);
    binOfCell[2 * i + 1] = shares.length;
    if (decile) close(grid.through[i]!);
  }
  binOfCell[2 * length] = shares.length;
  close(1);
  return { binOfCell, shares: Float64Array.from(shares) };
}

/** Whether one of the levels 10 %, 20 % … 90 % is among those at which the value stands; they are rounded multiples. */
function standsAtDecile({ below, through }: QuantileGrid, index: number): boolean {
  const first = Math.max(1, Math.ceil(below[index]! * 10 - 1e-9));
  return first <= Math.min(9, Math.floor(through[index]! * 10 + 1e-9));
}
