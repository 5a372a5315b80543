/**
 * What an estimator yields: columns of per-unit terms and the smooth function of their means that is the estimate.
 *
 * Value, interval and diagnostics are generic over this form: a resample changes the means of every column, so a
 * self-normaliser is resampled with its numerator; and the influence of a unit is the derivative of `value` in
 * direction of its terms.
 *
 * Examples: IPS has one column `w·r` and `value = m₀`; SNIPS has `w·r` and `w`, `value = m₀ / m₁`; SNDR has the direct
 * term, the weighted residual and the weight, `value = m₀ + m₁ / m₂`.
 */
export interface EstimatorTerms {
  /** One array a column, one entry a unit (decision, slate or trajectory), all of the same length. */
  readonly columns: readonly Float64Array[];
  /** The estimate from the columns' means. */
  readonly value: (means: ArrayLike<number>) => number;
  /** Writes ∂value/∂meanₖ at `means` into `out`. */
  readonly gradientInto: (out: Float64Array, means: ArrayLike<number>) => void;
}

/** Means of the terms' columns. */
export function columnMeans(terms: EstimatorTerms): Float64Array {
  return Float64Array.from(terms.columns, (column) => {
    let sum = 0;
    let compensation = 0;
    for (let i = 0; i < column.length; i++) {
      const y = column[i]! - compensation;
      const next = sum + y;
      compensation = next - sum - y;
      sum = next;
    }
    return sum / column.length;
  });
}

/** The estimate. */
export function estimateValue(terms: EstimatorTerms): number {
  return terms.value(columnMeans(terms));
}

/** First-order influence of each unit on the estimate, mean 0: the input of delta-method intervals. */
export function influenceValues(terms: EstimatorTerms): Float64Array {
  const means = columnMeans(terms);
  const gradient = new Float64Array(means.length);
  terms.gradientInto(gradient, means);
  const count = terms.columns[0]?.length ?? 0;
  const influence = new Float64Array(count);
  terms.columns.forEach((column, k) => {
    const slope = gradient[k]!;
    if (slope === 0) return;
    for (let i = 0; i < count; i++) influence[i] = influence[i]! + slope * (column[i]! - means[k]!);
  });
  return influence;
}
