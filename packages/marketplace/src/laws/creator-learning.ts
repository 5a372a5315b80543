/**
 * Exponential weights (Hedge): writes chances proportional to `exp(rate · cumulative)`, largest exponent 0.
 *
 * With utilities in an interval of length 1 the regret against the best fixed strategy is at most `ln n / rate + rate · T / 8`
 * after T rounds in which the utilities of all n strategies are known.
 *
 * @param out - chances, length n
 * @param cumulative - sums of utilities; n of them from `offset` on
 * @see Cesa-Bianchi & Lugosi (2006), "Prediction, Learning, and Games", theorem 2.2
 */
export function exponentialWeightsInto(
  out: Float64Array,
  cumulative: Float32Array | Float64Array,
  offset: number,
  rate: number,
): void {
  let largest = -Infinity;
  for (let i = 0; i < out.length; i++) {
    const sum = cumulative[offset + i]!;
    if (sum > largest) largest = sum;
  }
  let total = 0;
  for (let i = 0; i < out.length; i++) {
    const weight = Math.exp(rate * (cumulative[offset + i]! - largest));
    out[i] = weight;
    total += weight;
  }
  for (let i = 0; i < out.length; i++) out[i] = out[i]! / total;
}

/** The strategy on which the draw `uniforms[draw]` lands under `chances`. */
export function drawnStrategy(chances: Float64Array, uniforms: Float64Array, draw: number): number {
  const last = chances.length - 1;
  let left = uniforms[draw]!;
  for (let i = 0; i < last; i++) {
    left -= chances[i]!;
    if (left < 0) return i;
  }
  return last;
}
