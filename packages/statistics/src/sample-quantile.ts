/**
 * Quantile of sorted numbers by linear interpolation at `(n − 1) · p` (R's type 7, NumPy's default).
 *
 * @param sorted - ascending, at least one
 * @param p - in [0, 1]
 * @throws RangeError for no numbers or `p` outside [0, 1]
 */
export function sortedQuantile(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) throw new RangeError("sortedQuantile: needs at least one number, got none");
  if (!(p >= 0 && p <= 1)) throw new RangeError(`sortedQuantile: p must be from 0 to 1, got ${p}`);
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const low = sorted[below]!;
  if (below + 1 >= sorted.length) return low;
  return low + (position - below) * (sorted[below + 1]! - low);
}
