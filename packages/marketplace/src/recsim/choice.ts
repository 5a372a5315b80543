/**
 * Which of `count` alternatives is chosen, by inversion of the cumulative weights; −1 is "none of them".
 *
 * @param weights - nonnegative weights of the alternatives, in slate order
 * @param total - sum of the weights and of the weight of choosing nothing, which comes last
 * @param uniform - one draw in (0, 1)
 */
export function chooseByWeight(weights: Float64Array, count: number, total: number, uniform: number): number {
  let remaining = uniform * total;
  for (let i = 0; i < count; i++) {
    remaining -= weights[i]!;
    if (remaining < 0) return i;
  }
  return -1;
}
