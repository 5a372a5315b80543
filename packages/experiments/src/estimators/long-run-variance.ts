import { checkedCount } from "../checks.ts";

/**
 * Newey and West's estimate of the long-run variance of a stationary series of mean 0, `γ₀ + 2 Σ_{j ≤ L} (1 − j / (L + 1)) γ_j`
 * with `γ_j = Σ x_t x_{t+j} / n`: `n` times the variance of its mean. Never negative.
 *
 * @param values - deviations from the mean, in order of time
 * @param lags - `L`, >= 0 and below the count; 0 gives the plain variance
 * @see Newey & West (1987), "A simple, positive semi-definite, heteroskedasticity and autocorrelation consistent covariance matrix"
 */
export function longRunVariance(values: ArrayLike<number>, lags: number): number {
  checkedCount("longRunVariance: lags", lags, 0);
  const n = values.length;
  if (lags >= n) throw new RangeError(`longRunVariance: lags must be below the ${n} values, got ${lags}`);
  let sum = 0;
  for (let lag = 0; lag <= lags; lag++) {
    let products = 0;
    for (let i = lag; i < n; i++) products += values[i]! * values[i - lag]!;
    sum += (lag === 0 ? 1 : 2 * (1 - lag / (lags + 1))) * products;
  }
  return sum / n;
}
