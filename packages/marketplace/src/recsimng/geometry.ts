/** Euclidean distance of `a[aStart …]` and `b[bStart …]` over `length` numbers. */
export function distance(
  a: Float64Array,
  aStart: number,
  b: Float64Array,
  bStart: number,
  length: number,
): number {
  let squares = 0;
  for (let i = 0; i < length; i++) {
    const difference = a[aStart + i]! - b[bStart + i]!;
    squares += difference * difference;
  }
  return Math.sqrt(squares);
}

/**
 * The first index whose cumulative weight exceeds `uniform · total`; the last one when rounding leaves none.
 *
 * @param cumulative - nondecreasing, `[start, start + count)`; the last is the total
 */
export function searchCumulative(
  cumulative: Float64Array,
  start: number,
  count: number,
  uniform: number,
): number {
  const wanted = uniform * cumulative[start + count - 1]!;
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[start + middle]! > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * How many providers share what is given as if equally: `exp(−Σ s log s)` of the shares `s`, the exponential of the
 * entropy. From 1 (all to one) to `count`; 0 when nothing is given.
 */
export function effectiveNumber(amounts: Float64Array, start: number, count: number): number {
  let total = 0;
  for (let i = start; i < start + count; i++) total += amounts[i]!;
  if (!(total > 0)) return 0;
  let entropy = 0;
  for (let i = start; i < start + count; i++) {
    const share = amounts[i]! / total;
    if (share > 0) entropy -= share * Math.log(share);
  }
  return Math.exp(entropy);
}
