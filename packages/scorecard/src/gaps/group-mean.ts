/** A mean over users, with what its error is judged by. */
export interface GroupMean {
  readonly mean: number;
  /** NaN where fewer than two groups hold anything. */
  readonly standardError: number;
  /** Of the Student distribution that `(mean − truth) / standardError` is held against. */
  readonly degreesOfFreedom: number;
}

/**
 * Demand-weighted mean `Σ V_g / Σ W_g` over independent groups of users, with the standard error of groups: users who decide
 * often, and whose decisions resemble each other, count once.
 *
 * Variance `Σ e_g² / (1 − h_g) / W²` with residuals `e_g = V_g − mean · W_g` and `h_g = W_g / W`: unbiased where a group's
 * variance grows with its weight (the HC2 form of a ratio). Degrees of freedom are those of groups whose variance grows with the
 * square of the weight, `(Σ h²)² / Σ h⁴ − 1`, which is the fewer: a few heavy groups do not pass for many.
 *
 * @param weights - W_g ≥ 0
 * @param values - V_g = Σ demand · value
 * @see MacKinnon & White (1985) for HC2; Satterthwaite (1946)
 */
export function groupMean(weights: Readonly<Float64Array>, values: Readonly<Float64Array>): GroupMean {
  let weight = 0;
  let value = 0;
  for (let g = 0; g < weights.length; g++) {
    weight += weights[g]!;
    value += values[g]!;
  }
  const mean = value / weight;
  let squares = 0;
  let second = 0;
  let fourth = 0;
  for (let g = 0; g < weights.length; g++) {
    const share = weights[g]! / weight;
    if (share === 0) continue;
    const residual = values[g]! - mean * weights[g]!;
    squares += (residual * residual) / (1 - share);
    second += share * share;
    fourth += share ** 4;
  }
  return {
    mean,
    standardError: Math.sqrt(squares) / weight,
    degreesOfFreedom: (second * second) / fourth - 1,
  };
}
